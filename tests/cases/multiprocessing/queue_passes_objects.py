# Queues and connections: their limits, and what they refuse.
import multiprocessing as mp
from queue import Empty, Full


def echo(connection):
    with connection:
        while True:
            try:
                connection.send(connection.recv())
            except EOFError:
                return


def work(queue, results):
    while (item := queue.get()) is not None:
        results.put(item * 2)
        queue.task_done()
    queue.task_done()


def refused(call):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)


def main():
    context = mp.get_context('spawn')
    queue = context.Queue(2)
    queue.put(1)
    queue.put(2)
    print(queue.qsize(), queue.full())
    for call in (queue.put_nowait, lambda x: queue.put(x, timeout=0.01)):
        try:
            call(3)
        except Full:
            print('full')
    print(queue.get(), queue.get(timeout=20), queue.empty())
    try:
        queue.get(timeout=0.01)
    except Empty:
        print('empty')
    queue.close()
    queue.join_thread()
    refused(context.Lock().__getstate__)
    tasks, results = context.JoinableQueue(), context.SimpleQueue()
    child = context.Process(target=work, args=(tasks, results))
    child.start()
    for item in ('a', [1], None):
        tasks.put(item)
    tasks.join()
    print(results.get(), results.get(), child.join(), child.exitcode)
    refused(tasks.task_done)
    here, there = context.Pipe()
    child = context.Process(target=echo, args=(there,))
    child.start()
    there.close()
    for message in ({'a': (1, 2)}, 'x' * 300_000, None):
        here.send(message)
        print(here.recv() == message)
    here.close()
    child.join()
    print(child.exitcode)
    refused(lambda: here.send(1))
    reader, writer = mp.Pipe(duplex=False)
    refused(lambda: reader.send(1))
    refused(writer.recv)
    writer.send_bytes(b'0123456789', 2, 5)
    room = bytearray(3)
    try:
        reader.recv_bytes_into(room)
    except mp.BufferTooShort as error:
        print('too short', error.args)
    writer.send_bytes(b'abc')
    print(reader.poll(), reader.recv_bytes_into(room), room, reader.poll(0.01))
    writer.close()
    try:
        reader.recv()
    except EOFError:
        print('end')
    refused(lambda: writer.fileno())


if __name__ == '__main__':
    main()

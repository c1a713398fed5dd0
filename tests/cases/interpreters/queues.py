# Queues between interpreters.
from concurrent import interpreters
from concurrent.interpreters import QueueEmpty, QueueFull, _queues


def outcome(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return f'{type(error).__name__}: {str(error).split(" at 0x")[0]}'


queue = interpreters.create_queue(2)
print(queue.maxsize, queue.empty(), queue.full(), queue.qsize(), queue is interpreters.Queue(queue.id), repr(queue) == f'Queue({queue.id})')
queue.put(1)
queue.put([1, {'a': (2,)}])
print(queue.full(), outcome(queue.put_nowait, 3).replace(str(queue.id), 'N', 1), outcome(queue.put, 3, timeout=0.01).split()[0])
print(queue.get(), queue.get(), outcome(queue.get, False).split()[0], outcome(queue.get, timeout=0.01).split()[0])
print(issubclass(QueueEmpty, __import__('queue').Empty), issubclass(QueueFull, __import__('queue').Full))

other = interpreters.create()
other.prepare_main(queue=queue)
thread = other.call_in_thread(lambda q: [q.put(n) for n in range(20)], queue)
print([queue.get() for _ in range(20)])
thread.join()
thread = other.call_in_thread(lambda q: q.put(q.get() * 2), queue)
queue.put('waited for ')
thread.join()
print(queue.get())

for thing in (1 << 70, 1.5, bytearray(b'x'), {1}, ValueError('v'), range(3), ..., (1, [2]), None, object, len, queue):
    queue.put(thing)
    got = queue.get()
    print(got if got is not queue else 'the queue', interpreters.is_shareable(thing))


def stateless(a, b):
    return a + b


class Thing:
    pass


queue.put(stateless)
got = queue.get()
print(got is stateless, got(1, 2), got.__module__, got.__globals__ is globals())
queue.put(outcome)
queue.put(Thing)
print(queue.get() is outcome, queue.get() is Thing)
print(outcome(queue.put, lambda: queue), outcome(queue.put, (1, open(__file__))).split('<')[0])

made = {}
for unbound in (_queues.UNBOUND, _queues.UNBOUND_ERROR, _queues.UNBOUND_REMOVE):
    made[unbound] = interpreters.create_queue(unbounditems=unbound)
    other.prepare_main(q=made[unbound])
    other.exec('q.put(1); q.put(2)')
    made[unbound].put('mine')
other.close()
for unbound, left in made.items():
    print(left.qsize(), [outcome(left.get_nowait) for _ in range(left.qsize())])
for wrong in (lambda: interpreters.Queue(999), lambda: interpreters.Queue('x'), lambda: interpreters.create_queue('x'),
              lambda: queue.get(timeout=-1), lambda: queue.put(1, timeout=-1)):
    print(outcome(wrong))

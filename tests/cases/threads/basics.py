# Starting, naming, joining threads; what they share and what they have for themselves.
import threading
import time

results = []


def work(number, *, step):
    for i in range(3):
        results.append((number, i * step))


threads = [threading.Thread(target=work, args=(n,), kwargs={'step': n + 1}) for n in range(3)]
print([thread.name for thread in threads], threads[0].is_alive(), threads[0].ident, threads[0].daemon)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results))
print([thread.is_alive() for thread in threads], threading.active_count())
for wrong in (threads[0].start, threading.Thread().join, threading.current_thread().join):
    try:
        wrong()
    except RuntimeError as error:
        print(error)

main = threading.main_thread()
print(main.name, main is threading.current_thread(), main.ident == threading.get_ident(), main.daemon)

counter = 0


def count():
    global counter
    for _ in range(20_000):
        with lock:
            counter += 1


lock = threading.Lock()
threads = [threading.Thread(target=count, name=f'count-{n}') for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(10)
print(counter, lock.locked())


class Own(threading.Thread):
    def __init__(self):
        super().__init__(name='own', daemon=True)
        self.result = None

    def run(self):
        self.result = threading.current_thread() is self, self.daemon, threading.get_ident() == self.ident


own = Own()
own.start()
own.join()
print(own.result)

# Eight that sleep take as long as one.
start = time.monotonic()
threads = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(8)]
for thread in threads:
    thread.start()
print(threading.active_count())
for thread in threads:
    thread.join()
print(0.2 <= time.monotonic() - start < 1.5)

gate = threading.Event()
slow = threading.Thread(target=gate.wait)
slow.start()
slow.join(0.001)
print(slow.is_alive())
gate.set()
slow.join()
print(slow.is_alive())


class Data(threading.local):
    made = []

    def __init__(self, *args, **kwargs):
        self.args = args, kwargs
        self.made.append(threading.current_thread().name)


data = Data(1, two=2)
data.own = 'main'
seen = []


def look():
    seen.append((data.args, hasattr(data, 'own'), sorted(data.__dict__)))
    data.own = threading.current_thread().name
    seen.append(data.own)


thread = threading.Thread(target=look, name='looker')
thread.start()
thread.join()
print(seen, data.own, data.made)


class Noisy:
    def __del__(self):
        print('gone with its thread')


def keep():
    data.noisy = Noisy()


thread = threading.Thread(target=keep)
thread.start()
thread.join()
print('joined')


end = threading.Event()


def at_the_end():
    end.wait()
    time.sleep(0.02)
    print('waited for')


threading.Thread(target=at_the_end).start()
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print('end of the program')
end.set()

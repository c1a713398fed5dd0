"""Runs small asyncio programs under every order of the loop's ready queue.

A program is an `async def` without parameters that asserts what must hold and returns what came of it as text. A schedule is a list of
numbers: which of the entries left in a turn runs next, and what `choice()` gives the program, wherever there is more than one possibility.
Schedules are tried by the number of places where they leave the usual order, so that the first that fails is a simple one. Time is
virtual: it stands still while anything is ready.

After each run nothing may be left over: no task, no timer, no complaint to the loop's exception handler; and a run must end.

    explore()(program, ...)

prints how often each outcome came. Most programs are small enough for all their schedules; of others it is the first 6000, or as many
as OURO_SCHEDULES says. `ouro FILE PROGRAM 0,2,1` runs one schedule and says what ran. The same files run under CPython, whose counts
must be the same: both have one entry in the queue for one thing to do.
"""

import asyncio
import collections
import gc
import heapq
import os
import sys
import traceback

_schedule = None


class Stuck(Exception):
    """Nothing is ready and no timer is set, but the program has not ended."""


class Failed(Exception):
    """A schedule under which something does not hold."""


class Schedule:
    """What was chosen, and from how many."""

    def __init__(self, given, loud=False):
        self.given = given
        self.loud = loud
        self.chosen = []
        self.sizes = []
        self.ended = False

    def choose(self, size):
        if self.ended:
            return 0
        at = len(self.chosen)
        number = self.given[at] if at < len(self.given) else 0
        self.chosen.append(number)
        self.sizes.append(size)
        return number


def choice(size):
    """A number below `size`; all are tried."""
    number = _schedule.choose(size)
    if _schedule.loud:
        print(f'        choice: {number} of {size}')
    return number


async def pause(most):
    """Lets 0 to `most` turns pass; all are tried."""
    for _ in range(choice(most + 1)):
        await asyncio.sleep(0)


async def cancel_soon(task, most=3, message=None):
    """Cancels the task after 0 to `most` turns; whether there was anything to cancel."""
    await pause(most)
    return task.cancel(message)


def ending(task):
    """How a task that is done has ended."""
    assert task.done(), f'{task!r} is not done'
    if task.cancelled():
        return 'cancelled'
    error = task.exception()
    return repr(task.result()) if error is None else describe(error)


def describe(error):
    if isinstance(error, BaseExceptionGroup):
        return f'{type(error).__name__}({", ".join(sorted(map(describe, error.exceptions)))})'
    return type(error).__name__


def cancelled_if(task, asked):
    """A task that does not catch its cancellation ends by it, once it was accepted, and only then; gives its ending."""
    assert task.cancelled() == asked, f'cancel() gave {asked}, but the task ended with {ending(task)}'
    assert task.cancelling() == asked, f'cancel() gave {asked}, but cancelling() {task.cancelling()}'
    return ending(task)


async def all_of(*tasks):
    """Waits until all are done, one after the other: fewer things are ready at once than with `asyncio.wait`."""
    for task in tasks:
        try:
            await task
        except (Exception, asyncio.CancelledError):
            # How it ended is for the program to look at.
            pass


class _OwnLoop(asyncio.SelectorEventLoop):
    """Chooses in the interpreter's own loop."""

    def __init__(self, schedule):
        super().__init__()
        self.schedule = schedule

    def _run_until_stopped(self):
        if not super()._run_until_stopped(self._choose):
            raise Stuck

    def _choose(self, size):
        return self._say(self.schedule.choose(size), size)

    def _say(self, number, size):
        if self.schedule.loud and not self.schedule.ended:
            shown = self._shown()[:size]
            for at, entry in enumerate(shown):
                print(f'{self.time():6} {"->" if at == number else "  "} {entry}')
            print()
        return number

    def _shown(self):
        return [_named(entry) for entry in self._ready_objects()]


class _CPythonLoop(asyncio.SelectorEventLoop):
    """Does in Python what CPython's loop does in a turn."""

    def __init__(self, schedule):
        self.schedule = schedule
        self.now = 0
        self.numbers = {}
        self.n_timers = 0
        super().__init__()

    _say = _OwnLoop._say

    def time(self):
        return float(self.now)

    def call_at(self, when, callback, *args, context=None):
        handle = super().call_at(when, callback, *args, context=context)
        self.n_timers += 1
        self.numbers[id(handle)] = self.n_timers
        return handle

    def _shown(self):
        return [_named(getattr(handle._callback, '__self__', handle)) for handle in self._ready]

    def _run_once(self):
        timers = self._scheduled
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)._scheduled = False
        if not self._ready and not self._stopping:
            if not timers:
                raise Stuck
            self.now = max(self.now, timers[0]._when)
        due = []
        while timers and timers[0]._when < self.now + 1e-9:
            handle = heapq.heappop(timers)
            handle._scheduled = False
            if not handle._cancelled:
                due.append(handle)
        # A heap gives equal deadlines in no particular order.
        due.sort(key=lambda handle: (handle._when, self.numbers[id(handle)]))
        self._ready.extend(due)
        for n_left in range(len(self._ready), 0, -1):
            if n_left > 1:
                number = self._say(self.schedule.choose(n_left), n_left)
                handle = self._ready[number]
                del self._ready[number]
                self._ready.appendleft(handle)
            handle = self._ready.popleft()
            if not handle._cancelled:
                handle._run()
            handle = None


_Loop = _OwnLoop if hasattr(asyncio.BaseEventLoop, '_ready_objects') else _CPythonLoop


def _named(entry):
    if isinstance(entry, asyncio.Task):
        coroutine = entry.get_coro()
        return f'{entry.get_name()}: {getattr(coroutine, "__qualname__", coroutine)}'
    return getattr(entry, '__qualname__', None) or repr(entry)


def run(program, given, loud=False):
    """One run; the schedule as it was, the outcome, and what went wrong if anything did."""
    global _schedule
    schedule = _schedule = Schedule(given, loud)
    loop = _Loop(schedule)
    complaints = []
    loop.set_exception_handler(lambda loop, context: complaints.append(context['message'] + ': '
                                                                       + repr(context.get('exception'))))
    outcome, wrong = None, []
    main = loop.create_task(program(), name='main')
    try:
        outcome = loop.run_until_complete(main)
    except Stuck:
        wrong.append('stuck:')
        wrong += [f'    {task!r}' for task in asyncio.all_tasks(loop)]
    except AssertionError as error:
        wrong.append(f'{error or "an assertion does not hold"}')
        wrong.append(traceback.format_exc())
    except BaseException as error:
        wrong.append(f'the program raises {error!r}')
        wrong.append(traceback.format_exc())
    schedule.ended = True
    if not wrong:
        wrong += [f'left over: {task!r}' for task in asyncio.all_tasks(loop)]
        ended = loop.time()
        main = None
        try:
            loop.run_forever()
        except Stuck:
            pass
        if loop.time() != ended:
            wrong.append('left over: a timer')
        wrong += complaints
    else:
        for task in asyncio.all_tasks(loop):
            task._log_destroy_pending = False
    loop.close()
    return schedule, outcome, wrong


def _schedules(program, limit):
    """Runs one schedule after the other, those with the fewest changes of order first."""
    todo = collections.deque([()])
    for _ in range(limit):
        if not todo:
            return
        given = todo.popleft()
        schedule, outcome, wrong = run(program, given)
        yield schedule, outcome, wrong
        for at in range(len(given), len(schedule.chosen)):
            before = tuple(schedule.chosen[:at])
            todo.extend(before + (number,) for number in range(1, schedule.sizes[at]))
    if todo:
        yield None


def _explore(program, limit):
    outcomes = collections.Counter()
    complete = True
    for found in _schedules(program, limit):
        if found is None:
            complete = False
            break
        schedule, outcome, wrong = found
        if wrong:
            chosen = ','.join(map(str, schedule.chosen)) or '-'
            print(f'{program.__name__} fails after {outcomes.total()} schedules, with {chosen}')
            print('\n'.join(wrong))
            print(f'Watch it: ouro {sys.argv[0]} {program.__name__} {chosen}')
            return False
        outcomes[outcome] += 1
    print(f'{program.__name__}: {"all" if complete else "the first"} {outcomes.total()} schedules')
    for outcome, count in sorted(outcomes.items(), key=str):
        print(f'{count:8} {outcome}')
    return True


def find_failures(*programs):
    """Says under which schedule each program fails, which it must."""
    for program in programs:
        for tried, (schedule, _, wrong) in enumerate(filter(None, _schedules(program, 10_000)), 1):
            if wrong:
                print(f'{program.__name__}: {wrong[0]} under schedule {tried}, {",".join(map(str, schedule.chosen))}')
                break
        else:
            sys.exit(f'{program.__name__}: no schedule fails')


def explore(limit=int(os.environ.get('OURO_SCHEDULES', 6000))):
    """Gives a function that explores programs, or runs the one that the command line names."""

    def explore_all(*programs):
        wanted = sys.argv[1:]
        if len(wanted) == 2:
            program = next(program for program in programs if program.__name__ == wanted[0])
            given = tuple(map(int, wanted[1].split(','))) if wanted[1] != '-' else ()
            _, outcome, wrong = run(program, given, loud=True)
            print('\n'.join(wrong) if wrong else f'outcome: {outcome}')
            sys.exit(bool(wrong))
        chosen = [program for program in programs if not wanted or program.__name__ in wanted]
        gc.disable()
        # All run, so that one look shows all that fail.
        sys.exit(not all([_explore(program, limit) for program in chosen]))

    return explore_all

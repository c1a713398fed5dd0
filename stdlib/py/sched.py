"""Events at times, run one after the other by a thread that waits for them."""

import heapq
import threading
import time
from collections import namedtuple
from itertools import count
from time import monotonic as _monotonic

__all__ = ['scheduler']

Event = namedtuple('Event', 'time, priority, sequence, action, argument, kwargs')
Event.__doc__ = 'An event of a scheduler; events are ordered by time, priority and sequence.'
for _field, _text in (('time', 'When it runs, as the clock of the scheduler counts.'),
                      ('priority', 'Which of several at one time is first: the lowest.'),
                      ('sequence', 'Its number: at the same time and priority, the older one is first.'),
                      ('action', 'What is called.'), ('argument', 'The positional arguments of the call.'),
                      ('kwargs', 'The keyword arguments of the call.')):
    getattr(Event, _field).__doc__ = _text
del _field, _text
_sentinel = object()


class scheduler:
    """A queue of events, with a clock and a function that waits."""

    def __init__(self, timefunc=_monotonic, delayfunc=time.sleep):
        self._queue = []
        self._lock = threading.RLock()
        self.timefunc = timefunc
        self.delayfunc = delayfunc
        self._sequence_generator = count()

    def enterabs(self, time, priority, action, argument=(), kwargs=_sentinel):
        """An event at a time of the clock; what cancel() takes."""
        with self._lock:
            event = Event(time, priority, next(self._sequence_generator), action, argument,
                          {} if kwargs is _sentinel else kwargs)
            heapq.heappush(self._queue, event)
        return event

    def enter(self, delay, priority, action, argument=(), kwargs=_sentinel):
        """An event after a delay."""
        return self.enterabs(self.timefunc() + delay, priority, action, argument, kwargs)

    def cancel(self, event):
        """Take an event out; ValueError if it is not there."""
        with self._lock:
            self._queue.remove(event)
            heapq.heapify(self._queue)

    def empty(self):
        with self._lock:
            return not self._queue

    def run(self, blocking=True):
        """Run events until there are none. Without `blocking` only those that are due, and the delay to the next one is
        the result."""
        while True:
            with self._lock:
                if not self._queue:
                    return None
                event = self._queue[0]
                now = self.timefunc()
                due = event.time <= now
                if due:
                    heapq.heappop(self._queue)
            if due:
                event.action(*event.argument, **event.kwargs)
                self.delayfunc(0)
            elif blocking:
                self.delayfunc(event.time - now)
            else:
                return event.time - now

    @property
    def queue(self):
        """The events to come, in order."""
        with self._lock:
            return sorted(self._queue)

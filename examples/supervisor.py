"""A supervisor: starts child processes, restarts those that fail, and gives up on one that fails too often.

Between restarts it waits twice as long each time. A child that ends by itself with status 0 is done and left alone; one that
is killed by a signal counts as failed.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from signal import Signals


@dataclass
class Service:
    name: str
    # Run as a program of its own; `attempt` is 1 at the first start.
    code: str
    max_restarts: int = 3
    first_delay: float = 1.0

    def command(self, attempt):
        return [sys.executable, "-c", f"{attempt = }\n{self.code}"]


SERVICES = [
    Service("report", "print('12 pages')"),
    Service("importer", "print('importing')\nif attempt < 3: raise SystemExit(attempt)\nprint('imported')"),
    Service("gateway", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", max_restarts=1),
    Service("broken", "raise SystemExit(7)", max_restarts=2),
]


async def supervise(service, report):
    """Runs a service until it is done or given up, and calls `report` with a line for everything that happens."""
    delay = service.first_delay
    for attempt in range(1, service.max_restarts + 2):
        status = await run_once(service.command(attempt), report)
        if status == 0:
            report("done")
            return
        report(f"failed with {describe(status)}")
        if attempt <= service.max_restarts:
            report(f"restart in {delay:.0f} s")
            await asyncio.sleep(delay)
            delay *= 2
    report("given up")


async def run_once(command, report):
    """Starts a child, reports what it prints, and gives its status."""
    child = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE)
    try:
        async for line in child.stdout:
            report(f"says {line.decode().strip()!r}")
        return await child.wait()
    finally:
        # No child outlives its supervisor, even when that is cancelled.
        if child.returncode is None:
            child.kill()
            await child.wait()
            report("stopped")


def describe(status):
    return Signals(-status).name if status < 0 else f"status {status}"


async def main():
    reports = {service.name: [] for service in SERVICES}
    await asyncio.gather(*(supervise(service, reports[service.name].append) for service in SERVICES))
    for name, lines in reports.items():
        print(f"-- {name}", *lines, sep="\n")

    print("-- a service that does not end is stopped when its supervisor is cancelled")
    lines = asyncio.Queue()
    endless = Service("endless", "import time\nprint('begun', flush=True)\ntime.sleep(3600)")
    task = asyncio.create_task(supervise(endless, lines.put_nowait))
    print(await lines.get())
    task.cancel()
    print(await lines.get())
    await asyncio.wait([task])


if __name__ == "__main__":
    asyncio.run(main())

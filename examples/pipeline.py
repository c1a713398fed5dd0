"""A pipeline of generators: each step pulls what it needs from the one before, and nothing is computed twice or in advance."""

LOG = """\
12:00 GET /index 200
12:01 GET /missing 404
12:02 POST /login 200
12:02 GET /admin 403
12:03 GET /index 200
12:05 GET /broken 500
"""


def lines(text):
    for number, line in enumerate(text.splitlines(), 1):
        print(f"  (reading line {number})")
        yield line


def requests(lines):
    for line in lines:
        time, method, path, status = line.split()
        yield {"time": time, "method": method, "path": path, "status": int(status)}


def failures(requests):
    return (request for request in requests if request["status"] >= 400)


def first(count, items):
    for _, item in zip(range(count), items):
        yield item


def running_total():
    """A generator that is given values as well: send() one, get the sum so far."""
    total = 0
    while True:
        total += yield total


print("the first two failures:")
for failure in first(2, failures(requests(lines(LOG)))):
    print(f"{failure['time']} {failure['path']} -> {failure['status']}")

totals = running_total()
next(totals)
print("totals:", [totals.send(amount) for amount in (5, 10, 20)])
totals.close()

"""A web server on asyncio streams: a small HTTP/1.1 parser, routes with parameters, JSON in and out.

Handlers are coroutines chosen by method and path; connections are kept alive. The program then calls its own server, through
`urllib` on a thread.
"""

import asyncio
import json
import logging
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus

MAX_BODY = 1 << 20


class HTTPError(Exception):
    def __init__(self, status, detail=""):
        super().__init__(detail or HTTPStatus(status).phrase)
        self.status = HTTPStatus(status)


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            raise HTTPError(400, "the body is not JSON") from None


class App:
    def __init__(self):
        self._routes = []

    def route(self, method, pattern):
        """Decorator: `{name}` in the pattern matches one part of the path and is passed as an argument."""
        regex = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern))

        def register(handler):
            self._routes.append((method, regex, handler))
            return handler

        return register

    async def handle(self, request):
        """The status and what to send as JSON."""
        allowed = set()
        for method, regex, handler in self._routes:
            if found := regex.fullmatch(request.path):
                if method == request.method:
                    return await handler(request, **found.groupdict())
                allowed.add(method)
        raise HTTPError(405, f"only {', '.join(sorted(allowed))}") if allowed else HTTPError(404, f"no {request.path}")

    async def serve(self, reader, writer):
        """One connection: request after request until the client closes it or asks for that."""
        try:
            while request := await read_request(reader):
                try:
                    status, result = await self.handle(request)
                except HTTPError as error:
                    status, result = error.status, {"error": str(error)}
                except Exception:
                    # A mistake in a handler is for the log; the client only learns that there was one.
                    logging.exception("%s %s", request.method, request.path)
                    status, result = 500, {"error": "internal error"}
                keep = request.headers.get("connection", "").lower() != "close"
                writer.write(response(status, result, keep))
                await writer.drain()
                if not keep:
                    break
        except HTTPError as error:
            writer.write(response(error.status, {"error": str(error)}, keep=False))
        except ConnectionError, asyncio.IncompleteReadError:
            pass  # The client is gone, and nobody is left to tell.
        finally:
            writer.close()


async def read_request(reader):
    """The next request, or None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    except asyncio.LimitOverrunError:
        raise HTTPError(431) from None
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    try:
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        size = int(headers.get("content-length", 0))
    except ValueError:
        raise HTTPError(400, "malformed request") from None
    if not 0 <= size <= MAX_BODY:
        raise HTTPError(413)
    return Request(method, path, headers, await reader.readexactly(size))


def response(status, result, keep):
    status = HTTPStatus(status)
    body = json.dumps(result).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    return head.encode() + body


app = App()
books = {"1": {"title": "Emma", "year": 1815}}


@app.route("GET", "/books")
async def list_books(request):
    return 200, books


@app.route("GET", "/books/{number}")
async def show_book(request, number):
    if number not in books:
        raise HTTPError(404, f"no book {number}")
    return 200, books[number]


@app.route("POST", "/books")
async def add_book(request):
    number = str(len(books) + 1)
    books[number] = request.json()
    return 201, {"number": number}


def call(base, method, path, body=None):
    """What a client sees: the status and the decoded answer."""
    request = urllib.request.Request(base + path, data=body, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.status, json.load(error)


async def main():
    async with await asyncio.start_server(app.serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        for method, path, body in (
            ("GET", "/books/1", None),
            ("POST", "/books", b'{"title": "Dracula", "year": 1897}'),
            ("GET", "/books", None),
            ("POST", "/books", b"not JSON"),
            ("GET", "/books/7", None),
            ("DELETE", "/books", None),
            ("GET", "/", None),
        ):
            status, answer = await asyncio.to_thread(call, f"http://{host}:{port}", method, path, body)
            print(f"{method:>6} {path:<9} {status} {answer}")


if __name__ == "__main__":
    asyncio.run(main())

"""Downloads files side by side and draws a progress bar; the files come from a web server of the program's own.

Three workers share a queue of addresses. On a terminal the bar is redrawn in place, otherwise a line is printed for each
tenth of the way.
"""

import asyncio
import hashlib
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

CHUNK_SIZE = 16 * 1024
FILES = {f"/file-{number}.bin": bytes([number]) * number * 40_000 for number in range(1, 6)}


class ProgressBar:
    def __init__(self, total, width=30):
        self._total = total
        self._width = width
        self._done = 0
        self._shown = 0

    def advance(self, amount):
        self._done += amount
        tenths = 10 * self._done // self._total
        if sys.stdout.isatty():
            print(f"\r{self._line(self._done / self._total)}", end="\n" if self._done == self._total else "", flush=True)
        elif tenths > self._shown:
            # A chunk may cross more than one tenth; each gets its line.
            for tenth in range(self._shown + 1, tenths + 1):
                print(self._line(tenth / 10))
            self._shown = tenths

    def _line(self, part):
        full = int(part * self._width)
        return f"[{'#' * full}{'.' * (self._width - full)}] {part:4.0%}"


async def serve(reader, writer):
    """Sends one of FILES and closes the connection."""
    request = await reader.readuntil(b"\r\n\r\n")
    body = FILES.get(request.split()[1].decode())
    if body is None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    else:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body)
    try:
        await writer.drain()
    finally:
        writer.close()


async def download(url, folder, bar):
    """Saves what is at the address in the folder, chunk by chunk, and gives the path."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status = head.split(" ", 2)[1]
        if status != "200":
            raise OSError(f"{address.path}: status {status}")
        path = folder / Path(address.path).name
        with path.open("wb") as file:
            while chunk := await reader.read(CHUNK_SIZE):
                file.write(chunk)
                bar.advance(len(chunk))
        return path
    finally:
        writer.close()


async def download_all(urls, folder, bar, n_workers=3):
    """The paths by address; a download that fails has its exception there."""
    results = {}
    remaining = iter(urls)

    async def work():
        # All workers draw from the one iterator.
        for url in remaining:
            try:
                results[url] = await download(url, folder, bar)
            except OSError as error:
                results[url] = error

    await asyncio.gather(*(work() for _ in range(n_workers)))
    return {url: results[url] for url in urls}


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        urls = [f"http://{host}:{port}{path}" for path in [*FILES, "/missing.bin"]]
        bar = ProgressBar(sum(map(len, FILES.values())))
        with tempfile.TemporaryDirectory() as folder:
            results = await download_all(urls, Path(folder), bar)
            for result in results.values():
                if isinstance(result, OSError):
                    print("failed:", result)
                else:
                    content = result.read_bytes()
                    print(f"{result.name} {len(content):>7,} bytes, sha256 {hashlib.sha256(content).hexdigest()[:12]}")


if __name__ == "__main__":
    asyncio.run(main())

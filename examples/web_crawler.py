"""A web crawler: follows the links within a site, several pages at once, and lists what it found.

The site is served by the program itself. Each page is fetched once however many links lead there; the search goes level by
level, so the depth of a page is the smallest number of clicks to it.
"""

import asyncio
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

SITE = {
    "/": '<title>Home</title><a href="/cats">cats</a> <a href="dogs/">dogs</a> <a href="https://example.com/">away</a>',
    "/cats": '<title>Cats</title><a href="/">home</a> <a href="/cats/tom#top">Tom</a> <a href="/cats/felix">Felix</a>',
    "/cats/tom": '<title>Tom</title><a href="felix">Felix</a>',
    "/dogs/": '<title>Dogs</title><a href="rex">Rex</a> <a href="../cats">cats</a>',
    "/dogs/rex": '<title>Rex</title><a href="/dogs/">up</a>',
}


class PageParser(HTMLParser):
    """Collects the title and the targets of links."""

    def __init__(self):
        super().__init__()
        self.title = ""
        self.links = []
        self._in_title = False

    def handle_starttag(self, tag, attributes):
        self._in_title = tag == "title"
        if tag == "a" and (target := dict(attributes).get("href")):
            self.links.append(target)

    def handle_endtag(self, tag):
        self._in_title = False

    def handle_data(self, data):
        if self._in_title:
            self.title += data


@dataclass
class Page:
    url: str
    depth: int
    status: int
    title: str = ""
    links: list[str] = field(default_factory=list)


async def fetch(url):
    """The status and the text at an address."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()
    finally:
        writer.close()


async def crawl(start, limit=3):
    """All pages of the site, nearest first; at most so many are fetched at once."""
    slots = asyncio.Semaphore(limit)
    seen, level, depth = {start}, [start], 0

    async def visit(url):
        async with slots:
            status, text = await fetch(url)
        page = Page(url, depth, status)
        if status == 200:
            parser = PageParser()
            parser.feed(text)
            page.title = parser.title
            page.links = [urldefrag(urljoin(url, link)).url for link in parser.links]
        return page

    while level:
        pages = await asyncio.gather(*map(visit, level))
        level = []
        for page in pages:
            yield page
            for link in page.links:
                if urlsplit(link).netloc == urlsplit(start).netloc and link not in seen:
                    seen.add(link)
                    level.append(link)
        depth += 1


async def serve(reader, writer):
    request = await reader.readuntil(b"\r\n\r\n")
    path = request.split()[1].decode()
    body = SITE.get(path, "nothing here").encode()
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n" if path in SITE else b"HTTP/1.1 404 Not Found\r\n\r\n")
    writer.write(body)
    await writer.drain()
    writer.close()


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        pages = [page async for page in crawl(f"http://{host}:{port}/")]
    for page in pages:
        what = page.title if page.status == 200 else f"broken ({page.status})"
        print(f"{page.depth} clicks  {urlsplit(page.url).path:<12} {what:<13} {len(page.links)} links")
    print(len(pages), "pages")


if __name__ == "__main__":
    asyncio.run(main())

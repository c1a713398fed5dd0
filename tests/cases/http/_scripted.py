"""A server that answers each request line by a script, in the loop of the program that asks."""

import asyncio

asked = []


async def start(answers, closing=()):
    async def serve(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                method, target, _ = head.split(b" ", 2)
                body = b""
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length: "):
                        body = await reader.readexactly(int(line[16:]))
                asked.append((method.decode(), target.decode(), head.decode("latin-1"), body))
                answer = answers[target.decode()]
                for piece in [answer] if isinstance(answer, bytes) else answer:
                    if isinstance(piece, float):
                        await asyncio.sleep(piece)
                    else:
                        writer.write(piece)
                        await writer.drain()
                if target.decode() in closing:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def reply(body=b"", status=b"200 OK", *headers):
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers, b"", body]
    return b"\r\n".join(lines)

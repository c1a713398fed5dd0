# What debug mode writes to the log of connections.
import asyncio
import logging
import re
import sys


class Formatter(logging.Formatter):
    def format(self, record):
        text = super().format(record)
        text = re.sub(r'fd=\d+', 'fd=N', text)
        text = re.sub(r"(127\.0\.0\.1'?, |'127.0.0.1':|127.0.0.1:)\d+", r'\1PORT', text)
        text = re.sub(r'0x[0-9a-f]+', '0x', text)
        return re.sub(r'took [\d.]+ ?(ms|seconds)', 'took N', text)


handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(Formatter('%(levelname)s %(message)s'))
logging.basicConfig(level=logging.DEBUG, handlers=[handler])


class Protocol(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport


async def main():
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 1000
    server = await loop.create_server(Protocol, '127.0.0.1', 0)
    transport, protocol = await loop.create_connection(Protocol, *server.sockets[0].getsockname())
    await asyncio.sleep(0.01)
    transport.pause_reading()
    transport.resume_reading()
    transport.close()
    await asyncio.sleep(0.01)
    server.close()
    endpoint, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=('127.0.0.1', 0))
    endpoint.close()
    await asyncio.sleep(0)


asyncio.run(main(), debug=True)

# The level of transports and protocols: what is called, and in which order.
import asyncio
import re
import subprocess


class Protocol(asyncio.SubprocessProtocol):
    def __init__(self):
        self.calls = []
        self.data = {1: b'', 2: b''}
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.calls.append('made')

    def pipe_data_received(self, fd, data):
        self.data[fd] += data

    def pipe_connection_lost(self, fd, exc):
        self.calls.append(f'pipe {fd} lost {exc}')

    def process_exited(self):
        self.calls.append(f'exited {self.transport.get_returncode()}')

    def connection_lost(self, exc):
        self.calls.append(f'lost {exc}')
        self.done.set_result(None)


async def main():
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.subprocess_exec(Protocol, 'sh', '-c', 'echo out; echo err >&2; cat; exit 6')
    print(type(transport).__mro__[1:3], transport.get_protocol() is protocol, transport.is_closing())
    print(re.sub(r'\d+', 'N', repr(transport)), transport.get_pid() == transport.get_extra_info('subprocess').pid)
    print([type(transport.get_pipe_transport(fd)).__name__ for fd in range(3)], transport.get_pipe_transport(3))
    transport.get_pipe_transport(0).write(b'input\n')
    transport.get_pipe_transport(0).write_eof()
    await protocol.done
    print(protocol.data, protocol.calls[0], sorted(protocol.calls[1:-1]), protocol.calls[-1], transport.get_returncode())
    transport.close()
    print(re.sub(r'\d+', 'N', repr(transport)), transport.is_closing(), type(transport.get_extra_info('subprocess')) is subprocess.Popen)
    transport, protocol = await loop.subprocess_shell(Protocol, 'echo $((6 * 7)); exec sleep 30', stdin=None, stderr=None)
    while not protocol.data[1]:
        await asyncio.sleep(0.001)
    transport.close()
    await protocol.done
    print(protocol.data, protocol.calls, transport.get_returncode())
    try:
        transport.kill()
    except ProcessLookupError:
        print('gone')


asyncio.run(main())

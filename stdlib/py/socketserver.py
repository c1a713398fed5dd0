"""Servers that accept connections or datagrams and hand each to an object of a handler class.

`BaseServer` waits and decides, `TCPServer` and its kin know the socket, the mix-ins say who handles: a thread or a child
process for each request instead of the server itself. `threading` is imported only where threads are used.
"""

import io
import os
import selectors
import socket
import sys
import time

__all__ = [
    "BaseServer",
    "TCPServer",
    "UDPServer",
    "ThreadingUDPServer",
    "ThreadingTCPServer",
    "BaseRequestHandler",
    "StreamRequestHandler",
    "DatagramRequestHandler",
    "ThreadingMixIn",
    "ForkingUDPServer",
    "ForkingTCPServer",
    "ForkingMixIn",
    "UnixStreamServer",
    "UnixDatagramServer",
    "ThreadingUnixStreamServer",
    "ThreadingUnixDatagramServer",
    "ForkingUnixStreamServer",
    "ForkingUnixDatagramServer",
]


class BaseServer:
    """What all servers do; subclasses have `fileno` and `get_request`."""

    timeout = None

    def __init__(self, server_address, RequestHandlerClass):
        import threading

        self.server_address = server_address
        self.RequestHandlerClass = RequestHandlerClass
        # Names as elsewhere, since subclasses of programs reach for them.
        self.__is_shut_down = threading.Event()
        self.__shutdown_request = False

    def server_activate(self):
        """Begins to listen, where there is anything to begin."""

    def serve_forever(self, poll_interval=0.5):
        """Handles requests until `shutdown()`, looking for that every `poll_interval` seconds."""
        self.__is_shut_down.clear()
        try:
            with selectors.PollSelector() as selector:
                selector.register(self, selectors.EVENT_READ)
                while not self.__shutdown_request:
                    is_ready = selector.select(poll_interval)
                    # What came just as the server was told to stop is not served.
                    if self.__shutdown_request:
                        break
                    if is_ready:
                        self._handle_request_noblock()
                    self.service_actions()
        finally:
            self.__shutdown_request = False
            self.__is_shut_down.set()

    def shutdown(self):
        """Ends `serve_forever` of another thread and waits until it has."""
        self.__shutdown_request = True
        self.__is_shut_down.wait()

    def service_actions(self):
        """Called in every turn of `serve_forever`."""

    def handle_request(self):
        """Handles one request, or calls `handle_timeout` after `timeout` seconds."""
        timeouts = [limit for limit in (self.socket.gettimeout(), self.timeout) if limit is not None]
        deadline = time.monotonic() + min(timeouts) if timeouts else None
        with selectors.PollSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            left = min(timeouts) if timeouts else None
            while True:
                if selector.select(left):
                    return self._handle_request_noblock()
                if deadline is not None:
                    left = deadline - time.monotonic()
                    if left < 0:
                        return self.handle_timeout()

    def _handle_request_noblock(self):
        try:
            request, client_address = self.get_request()
        except OSError:
            # Whoever knocked is gone again.
            return
        if not self.verify_request(request, client_address):
            self.shutdown_request(request)
            return
        try:
            self.process_request(request, client_address)
        except Exception:
            self.handle_error(request, client_address)
            self.shutdown_request(request)
        except:
            self.shutdown_request(request)
            raise

    def handle_timeout(self):
        """Called if no request came in time."""

    def verify_request(self, request, client_address):
        """Whether to handle this request."""
        return True

    def process_request(self, request, client_address):
        """Handles it at once; mix-ins do it elsewhere."""
        self.finish_request(request, client_address)
        self.shutdown_request(request)

    def server_close(self):
        """Lets go of what the server holds."""

    def finish_request(self, request, client_address):
        """Makes a handler, which does all there is to do."""
        self.RequestHandlerClass(request, client_address, self)

    def shutdown_request(self, request):
        """Ends one request and closes it."""
        self.close_request(request)

    def close_request(self, request):
        """Closes one request."""

    def handle_error(self, request, client_address):
        """Shows the exception of a handler; the server goes on."""
        import traceback

        line = "-" * 40
        print(line, file=sys.stderr)
        print("Exception occurred during processing of request from", client_address, file=sys.stderr)
        traceback.print_exc()
        print(line, file=sys.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.server_close()


class TCPServer(BaseServer):
    """A listening stream socket."""

    address_family = socket.AF_INET
    socket_type = socket.SOCK_STREAM
    request_queue_size = 5
    allow_reuse_address = False
    allow_reuse_port = False

    def __init__(self, server_address, RequestHandlerClass, bind_and_activate=True):
        super().__init__(server_address, RequestHandlerClass)
        self.socket = socket.socket(self.address_family, self.socket_type)
        if bind_and_activate:
            try:
                self.server_bind()
                self.server_activate()
            except:
                self.server_close()
                raise

    def server_bind(self):
        if self.allow_reuse_address and hasattr(socket, "SO_REUSEADDR"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        is_internet = self.address_family in (socket.AF_INET, socket.AF_INET6)
        if self.allow_reuse_port and hasattr(socket, "SO_REUSEPORT") and is_internet:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def server_activate(self):
        self.socket.listen(self.request_queue_size)

    def server_close(self):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def get_request(self):
        return self.socket.accept()

    def shutdown_request(self, request):
        try:
            # Explicit, as the descriptor may live on elsewhere.
            request.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.close_request(request)

    def close_request(self, request):
        request.close()


class UDPServer(TCPServer):
    """A datagram socket; a request is (data, socket)."""

    allow_reuse_address = False
    allow_reuse_port = False
    socket_type = socket.SOCK_DGRAM
    max_packet_size = 8192

    def get_request(self):
        data, client_address = self.socket.recvfrom(self.max_packet_size)
        return (data, self.socket), client_address

    def server_activate(self):
        """There is nothing to listen to."""

    def shutdown_request(self, request):
        self.close_request(request)

    def close_request(self, request):
        """The socket is the server's own."""


class ForkingMixIn:
    """Handles each request in a child process."""

    timeout = 300
    active_children = None
    max_children = 40
    block_on_close = True

    def collect_children(self, *, blocking=False):
        """Takes note of children that have ended; waits while there are too many."""
        if self.active_children is None:
            return
        while len(self.active_children) >= self.max_children:
            try:
                pid, _ = os.waitpid(-1, 0)
                self.active_children.discard(pid)
            except ChildProcessError:
                self.active_children.clear()
            except OSError:
                break
        for pid in self.active_children.copy():
            try:
                ended, _ = os.waitpid(pid, 0 if blocking else os.WNOHANG)
                self.active_children.discard(ended)
            except ChildProcessError:
                self.active_children.discard(pid)
            except OSError:
                pass

    def handle_timeout(self):
        self.collect_children()

    def service_actions(self):
        self.collect_children()

    def process_request(self, request, client_address):
        pid = os.fork()
        if pid:
            if self.active_children is None:
                self.active_children = set()
            self.active_children.add(pid)
            self.close_request(request)
            return
        status = 1
        try:
            self.finish_request(request, client_address)
            status = 0
        except Exception:
            self.handle_error(request, client_address)
        finally:
            try:
                self.shutdown_request(request)
            finally:
                # The child must not run what its parent would.
                os._exit(status)

    def server_close(self):
        super().server_close()
        self.collect_children(blocking=self.block_on_close)


class _Threads(list):
    """Threads that the server waits for when it closes."""

    def append(self, thread):
        self.reap()
        if not thread.daemon:
            super().append(thread)

    def pop_all(self):
        self[:], result = [], self[:]
        return result

    def join(self):
        for thread in self.pop_all():
            thread.join()

    def reap(self):
        self[:] = [thread for thread in self if thread.is_alive()]


class _NoThreads:
    """Stands for the list where nobody waits."""

    def append(self, thread):
        pass

    def join(self):
        pass


class ThreadingMixIn:
    """Handles each request in a thread."""

    daemon_threads = False
    block_on_close = True
    _threads = _NoThreads()

    def process_request_thread(self, request, client_address):
        """What a thread does."""
        try:
            self.finish_request(request, client_address)
        except Exception:
            self.handle_error(request, client_address)
        finally:
            self.shutdown_request(request)

    def process_request(self, request, client_address):
        import threading

        if self.block_on_close:
            vars(self).setdefault("_threads", _Threads())
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address))
        thread.daemon = self.daemon_threads
        self._threads.append(thread)
        thread.start()

    def server_close(self):
        super().server_close()
        self._threads.join()


class ForkingUDPServer(ForkingMixIn, UDPServer):
    """Datagrams, a process each."""


class ForkingTCPServer(ForkingMixIn, TCPServer):
    """Connections, a process each."""


class ThreadingUDPServer(ThreadingMixIn, UDPServer):
    """Datagrams, a thread each."""


class ThreadingTCPServer(ThreadingMixIn, TCPServer):
    """Connections, a thread each."""


class UnixStreamServer(TCPServer):
    """Connections through the file system."""

    address_family = socket.AF_UNIX


class UnixDatagramServer(UDPServer):
    """Datagrams through the file system."""

    address_family = socket.AF_UNIX


class ThreadingUnixStreamServer(ThreadingMixIn, UnixStreamServer):
    """Connections through the file system, a thread each."""


class ThreadingUnixDatagramServer(ThreadingMixIn, UnixDatagramServer):
    """Datagrams through the file system, a thread each."""


class ForkingUnixStreamServer(ForkingMixIn, UnixStreamServer):
    """Connections through the file system, a process each."""


class ForkingUnixDatagramServer(ForkingMixIn, UnixDatagramServer):
    """Datagrams through the file system, a process each."""


class BaseRequestHandler:
    """Handles one request by being made: `setup`, `handle`, and whatever happens `finish`."""

    def __init__(self, request, client_address, server):
        self.request = request
        self.client_address = client_address
        self.server = server
        self.setup()
        try:
            self.handle()
        finally:
            self.finish()

    def setup(self):
        """Before `handle`."""

    def handle(self):
        """The work; the request is `self.request`."""

    def finish(self):
        """After `handle`, also if that failed."""


class StreamRequestHandler(BaseRequestHandler):
    """A connection as two files: `rfile` to read, `wfile` to write."""

    rbufsize = -1
    wbufsize = 0
    timeout = None
    disable_nagle_algorithm = False

    def setup(self):
        self.connection = self.request
        if self.timeout is not None:
            self.connection.settimeout(self.timeout)
        if self.disable_nagle_algorithm:
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        if self.wbufsize == 0:
            self.wfile = _SocketWriter(self.connection)
        else:
            self.wfile = self.connection.makefile("wb", self.wbufsize)

    def finish(self):
        if not self.wfile.closed:
            try:
                self.wfile.flush()
            except OSError:
                # The other side may have closed; that is no news here.
                pass
        self.wfile.close()
        self.rfile.close()


class _SocketWriter(io.BufferedIOBase):
    """Writes to a socket at once and wholly."""

    def __init__(self, sock):
        self._sock = sock

    def writable(self):
        return True

    def write(self, b):
        self._sock.sendall(b)
        with memoryview(b) as view:
            return view.nbytes

    def fileno(self):
        return self._sock.fileno()


class DatagramRequestHandler(BaseRequestHandler):
    """A datagram as a file `rfile`; what is written to `wfile` is sent back as one."""

    def setup(self):
        self.packet, self.socket = self.request
        self.rfile = io.BytesIO(self.packet)
        self.wfile = io.BytesIO()

    def finish(self):
        self.socket.sendto(self.wfile.getvalue(), self.client_address)

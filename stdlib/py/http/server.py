"""HTTP servers: `BaseHTTPRequestHandler` with a method `do_GET`, `do_POST`, ... for each kind of request.

`SimpleHTTPRequestHandler` serves the files of a folder; `python -m http.server` does that at once. For trusted networks:
there is no more to it than that.
"""

import os
import socket
import socketserver
import sys
import time
from http import HTTPStatus

__version__ = "0.6"

__all__ = [
    "HTTPServer",
    "ThreadingHTTPServer",
    "HTTPSServer",
    "ThreadingHTTPSServer",
    "BaseHTTPRequestHandler",
    "SimpleHTTPRequestHandler",
]

DEFAULT_ERROR_MESSAGE = """\
<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: %(code)d</p>
        <p>Message: %(message)s.</p>
        <p>Error code explanation: %(code)s - %(explain)s.</p>
    </body>
</html>
"""
DEFAULT_ERROR_CONTENT_TYPE = "text/html;charset=utf-8"

#: Bytes of a line of the head.
_MAX_LINE = 65536


class HTTPServer(socketserver.TCPServer):
    """A server whose handlers speak HTTP."""

    allow_reuse_address = True
    allow_reuse_port = False

    def server_bind(self):
        super().server_bind()
        host, port = self.server_address[:2]
        self.server_name = socket.getfqdn(host)
        self.server_port = port


class ThreadingHTTPServer(socketserver.ThreadingMixIn, HTTPServer):
    """A thread for each connection."""

    daemon_threads = True


class HTTPSServer(HTTPServer):
    """HTTP over TLS."""

    def __init__(
        self,
        server_address,
        RequestHandlerClass,
        bind_and_activate=True,
        *,
        certfile,
        keyfile=None,
        password=None,
        alpn_protocols=None,
    ):
        self.certfile = certfile
        self.keyfile = keyfile
        self.password = password
        self.alpn_protocols = ["http/1.1"] if alpn_protocols is None else alpn_protocols
        super().__init__(server_address, RequestHandlerClass, bind_and_activate)

    def _create_context(self):
        import ssl

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certfile, self.keyfile, self.password)
        context.set_alpn_protocols(self.alpn_protocols)
        return context

    def server_activate(self):
        super().server_activate()
        self.socket = self._create_context().wrap_socket(self.socket, server_side=True)


class ThreadingHTTPSServer(socketserver.ThreadingMixIn, HTTPSServer):
    """HTTP over TLS, a thread for each connection."""

    daemon_threads = True


def _http_message():
    from http.client import HTTPMessage

    return HTTPMessage


class _Later:
    """A class attribute that is made when it is first asked for."""

    def __init__(self, make):
        self._make = make

    def __set_name__(self, owner, name):
        self._owner, self._name = owner, name

    def __get__(self, instance, owner):
        value = self._make()
        setattr(self._owner, self._name, value)
        return value


class BaseHTTPRequestHandler(socketserver.StreamRequestHandler):
    """Parses requests and calls `do_` and the method's name; `command`, `path`, `headers`, `rfile` and `wfile` are there."""

    sys_version = "Python/" + sys.version.split()[0]
    server_version = "BaseHTTP/" + __version__
    error_message_format = DEFAULT_ERROR_MESSAGE
    error_content_type = DEFAULT_ERROR_CONTENT_TYPE
    #: What a request of one word is taken for.
    default_request_version = "HTTP/0.9"
    #: HTTP/1.1 keeps connections alive; every response then needs its length.
    protocol_version = "HTTP/1.0"
    MessageClass = _Later(_http_message)
    responses = {status: (status.phrase, status.description) for status in HTTPStatus.__members__.values()}

    weekdayname = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    monthname = [None, "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    def parse_request(self):
        """Parses what `raw_requestline` begins; False if an error has been sent."""
        self.command = None
        self.request_version = version = self.default_request_version
        self.close_connection = True
        line = str(self.raw_requestline, "iso-8859-1").rstrip("\r\n")
        self.requestline = line
        words = line.split()
        if not words:
            return False
        if len(words) >= 3:
            version = words[-1]
            number = self._version_number(version)
            if number is None:
                return self._refuse(HTTPStatus.BAD_REQUEST, f"Bad request version ({version!r})")
            if number >= (1, 1) and self.protocol_version >= "HTTP/1.1":
                self.close_connection = False
            if number >= (2, 0):
                number = version.partition("/")[2]
                return self._refuse(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, f"Invalid HTTP version ({number})")
            self.request_version = version
        if not 2 <= len(words) <= 3:
            return self._refuse(HTTPStatus.BAD_REQUEST, f"Bad request syntax ({line!r})")
        command, path = words[:2]
        if len(words) == 2:
            self.close_connection = True
            if command != "GET":
                return self._refuse(HTTPStatus.BAD_REQUEST, f"Bad HTTP/0.9 request type ({command!r})")
        self.command = command
        # Two slashes would be taken for the beginning of a host by whoever redirects to it.
        self.path = "/" + path.lstrip("/") if path.startswith("//") else path
        if not self._parse_headers():
            return False
        connection = self.headers.get("Connection", "").lower()
        if connection == "close":
            self.close_connection = True
        elif connection == "keep-alive" and self.protocol_version >= "HTTP/1.1":
            self.close_connection = False
        expects = self.headers.get("Expect", "").lower() == "100-continue"
        if expects and self.protocol_version >= "HTTP/1.1" and self.request_version >= "HTTP/1.1":
            return self.handle_expect_100()
        return True

    def _refuse(self, status, message):
        # Whatever it was, it was not HTTP/0.9, whose responses have no head.
        self.request_version = "HTTP/1.0"
        self.send_error(status, message)
        return False

    @staticmethod
    def _version_number(version):
        """(major, minor), or None; RFC 9112 allows digits and nothing else."""
        name, slash, number = version.partition("/")
        parts = number.split(".")
        if name != "HTTP" or not slash or len(parts) != 2:
            return None
        if not all(part.isdigit() and part.isascii() and len(part) <= 10 for part in parts):
            return None
        return int(parts[0]), int(parts[1])

    def _parse_headers(self):
        import http.client

        try:
            self.headers = http.client.parse_headers(self.rfile, _class=self.MessageClass)
        except http.client.LineTooLong as exc:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Line too long", str(exc))
            return False
        except http.client.HTTPException as exc:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Too many headers", str(exc))
            return False
        return True

    def handle_expect_100(self):
        """Lets the client send the body it asks about."""
        self.send_response_only(HTTPStatus.CONTINUE)
        self.end_headers()
        return True

    def handle_one_request(self):
        """Reads and answers one request."""
        try:
            self.raw_requestline = self.rfile.readline(_MAX_LINE + 1)
            if len(self.raw_requestline) > _MAX_LINE:
                self.requestline = self.request_version = self.command = ""
                self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
                return
            if not self.raw_requestline:
                self.close_connection = True
                return
            if not self.parse_request():
                return
            method = getattr(self, "do_" + self.command, None)
            if method is None:
                self.send_error(HTTPStatus.NOT_IMPLEMENTED, f"Unsupported method ({self.command!r})")
                return
            method()
            self.wfile.flush()
        except TimeoutError as exc:
            self.log_error("Request timed out: %r", exc)
            self.close_connection = True

    def handle(self):
        """Requests until one of the two closes."""
        self.close_connection = True
        self.handle_one_request()
        while not self.close_connection:
            self.handle_one_request()

    def send_error(self, code, message=None, explain=None):
        """A whole response that says what is wrong; texts default to those of the status."""
        short, long = self.responses.get(code, ("???", "???"))
        message = short if message is None else message
        explain = long if explain is None else explain
        self.log_error("code %d, message %s", code, message)
        self.send_response(code, message)
        self.send_header("Connection", "close")
        body = None
        if code >= 200 and code not in (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED):
            import html

            # What a client sent must not become markup.
            texts = {
                "code": code,
                "message": html.escape(message, quote=False),
                "explain": html.escape(explain, quote=False),
            }
            body = (self.error_message_format % texts).encode("UTF-8", "replace")
            self.send_header("Content-Type", self.error_content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and body:
            self.wfile.write(body)

    def send_response(self, code, message=None):
        """The status line, and the headers `Server` and `Date`; logs the request."""
        self.log_request(code)
        self.send_response_only(code, message)
        self.send_header("Server", self.version_string())
        self.send_header("Date", self.date_time_string())

    def _buffer(self, line):
        if not hasattr(self, "_headers_buffer"):
            self._headers_buffer = []
        self._headers_buffer.append(line.encode("latin-1", "strict"))

    def send_response_only(self, code, message=None):
        """The status line."""
        if self.request_version == "HTTP/0.9":
            return
        if message is None:
            message = self.responses[code][0] if code in self.responses else ""
        self._buffer(f"{self.protocol_version} {code:d} {message}\r\n")

    def send_header(self, keyword, value):
        """One header; they go out together."""
        if self.request_version != "HTTP/0.9":
            self._buffer(f"{keyword}: {value}\r\n")
        if keyword.lower() == "connection":
            if value.lower() == "close":
                self.close_connection = True
            elif value.lower() == "keep-alive":
                self.close_connection = False

    def end_headers(self):
        """The empty line after the headers, then all of them go out."""
        if self.request_version != "HTTP/0.9":
            if not hasattr(self, "_headers_buffer"):
                self._headers_buffer = []
            self._headers_buffer.append(b"\r\n")
            self.flush_headers()

    def flush_headers(self):
        if hasattr(self, "_headers_buffer"):
            self.wfile.write(b"".join(self._headers_buffer))
            self._headers_buffer = []

    # The log.

    _control_char_table = {code: f"\\x{code:02x}" for code in [*range(0x20), *range(0x7F, 0xA0)]}
    _control_char_table[ord("\\")] = r"\\"

    def log_request(self, code="-", size="-"):
        if isinstance(code, HTTPStatus):
            code = code.value
        self.log_message('"%s" %s %s', self.requestline, str(code), str(size))

    def log_error(self, format, *args):
        self.log_message(format, *args)

    def log_message(self, format, *args):
        """A line on standard error; control characters are shown, as they could change a terminal."""
        text = (format % args).translate(self._control_char_table)
        sys.stderr.write(f"{self.address_string()} - - [{self.log_date_time_string()}] {text}\n")

    def version_string(self):
        return self.server_version + " " + self.sys_version

    def date_time_string(self, timestamp=None):
        """A time, now by default, as the header `Date` has it."""
        when = time.gmtime(time.time() if timestamp is None else timestamp)
        day, month = self.weekdayname[when.tm_wday], self.monthname[when.tm_mon]
        clock = f"{when.tm_hour:02}:{when.tm_min:02}:{when.tm_sec:02}"
        return f"{day}, {when.tm_mday:02} {month} {when.tm_year:04} {clock} GMT"

    def log_date_time_string(self):
        """Now, as the log has it."""
        when = time.localtime()
        clock = f"{when.tm_hour:02}:{when.tm_min:02}:{when.tm_sec:02}"
        return f"{when.tm_mday:02}/{self.monthname[when.tm_mon]:3}/{when.tm_year:04} {clock}"

    def address_string(self):
        return self.client_address[0]


class SimpleHTTPRequestHandler(BaseHTTPRequestHandler):
    """Serves the files below `directory`, the current one by default."""

    server_version = "SimpleHTTP/" + __version__
    index_pages = ("index.html", "index.htm")
    extensions_map = _encodings_map_default = {
        ".gz": "application/gzip",
        ".Z": "application/octet-stream",
        ".bz2": "application/x-bzip2",
        ".xz": "application/x-xz",
    }

    def __init__(self, *args, directory=None, **kwargs):
        self.directory = os.fspath(os.getcwd() if directory is None else directory)
        super().__init__(*args, **kwargs)

    def do_GET(self):
        file = self.send_head()
        if file:
            try:
                self.copyfile(file, self.wfile)
            finally:
                file.close()

    def do_HEAD(self):
        file = self.send_head()
        if file:
            file.close()

    def send_head(self):
        """Everything before the body; the file of the body, or None if there is nothing more to send."""
        path = self.translate_path(self.path)
        if os.path.isdir(path):
            import urllib.parse

            parts = urllib.parse.urlsplit(self.path)
            if not parts.path.endswith("/"):
                # Links in the page would be taken from the folder above.
                where = urllib.parse.urlunsplit((parts[0], parts[1], parts[2] + "/", parts[3], parts[4]))
                self.send_response(HTTPStatus.MOVED_PERMANENTLY)
                self.send_header("Location", where)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None
            for name in self.index_pages:
                index = os.path.join(path, name)
                if os.path.isfile(index):
                    path = index
                    break
            else:
                return self.list_directory(path)
        kind = self.guess_type(path)
        if path.endswith("/"):
            # A file is no folder, whatever `open` thinks.
            self.send_error(HTTPStatus.NOT_FOUND, "File not found")
            return None
        try:
            file = open(path, "rb")
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND, "File not found")
            return None
        try:
            stat = os.fstat(file.fileno())
            if self._is_known(stat.st_mtime):
                self.send_response(HTTPStatus.NOT_MODIFIED)
                self.end_headers()
                file.close()
                return None
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-type", kind)
            self.send_header("Content-Length", str(stat.st_size))
            self.send_header("Last-Modified", self.date_time_string(stat.st_mtime))
            self.end_headers()
        except:
            file.close()
            raise
        return file

    def _is_known(self, changed):
        """Whether the client has what there is since `changed`."""
        if "If-Modified-Since" not in self.headers or "If-None-Match" in self.headers:
            return False
        import datetime
        import email.utils

        try:
            known = email.utils.parsedate_to_datetime(self.headers["If-Modified-Since"])
        except (TypeError, IndexError, OverflowError, ValueError):
            return False
        if known.tzinfo is None:
            known = known.replace(tzinfo=datetime.timezone.utc)
        if known.tzinfo is not datetime.timezone.utc:
            return False
        # Headers have whole seconds.
        return datetime.datetime.fromtimestamp(int(changed), datetime.timezone.utc) <= known

    def list_directory(self, path):
        """A page of what is in a folder."""
        import html
        import io
        import urllib.parse

        try:
            names = os.listdir(path)
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND, "No permission to list directory")
            return None
        names.sort(key=str.lower)
        shown = self.path.partition("#")[0].partition("?")[0]
        try:
            shown = urllib.parse.unquote(shown, errors="surrogatepass")
        except UnicodeDecodeError:
            shown = urllib.parse.unquote(shown)
        encoding = sys.getfilesystemencoding()
        title = f"Directory listing for {html.escape(shown, quote=False)}"
        lines = [
            "<!DOCTYPE HTML>",
            '<html lang="en">',
            "<head>",
            f'<meta charset="{encoding}">',
            f"<title>{title}</title>",
            "</head>",
            "<body>",
            f"<h1>{title}</h1>",
            "<hr>",
            "<ul>",
        ]
        for name in names:
            full = os.path.join(path, name)
            text = link = name
            if os.path.isdir(full):
                text = link = name + "/"
            if os.path.islink(full):
                text = name + "@"
            link = urllib.parse.quote(link, errors="surrogatepass")
            lines.append(f'<li><a href="{link}">{html.escape(text, quote=False)}</a></li>')
        lines += ["</ul>", "<hr>", "</body>", "</html>", ""]
        page = "\n".join(lines).encode(encoding, "surrogateescape")
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-type", f"text/html; charset={encoding}")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        return io.BytesIO(page)

    def translate_path(self, path):
        """The file a path means; it cannot leave the directory."""
        import posixpath
        import urllib.parse

        path = path.partition("#")[0].partition("?")[0]
        is_folder = path.endswith("/")
        try:
            path = urllib.parse.unquote(path, errors="surrogatepass")
        except UnicodeDecodeError:
            path = urllib.parse.unquote(path)
        is_folder = is_folder or path.rstrip().endswith("/")
        result = self.directory
        for word in posixpath.normpath(path).split("/"):
            if word and not os.path.dirname(word) and word not in (os.curdir, os.pardir):
                result = os.path.join(result, word)
        return result + "/" if is_folder else result

    def copyfile(self, source, outputfile):
        import shutil

        shutil.copyfileobj(source, outputfile)

    def guess_type(self, path):
        """The type of a file by its name."""
        import mimetypes
        import posixpath

        ending = posixpath.splitext(path)[1]
        for key in (ending, ending.lower()):
            if key in self.extensions_map:
                return self.extensions_map[key]
        kind, _ = mimetypes.guess_file_type(path)
        return kind or "application/octet-stream"


def _get_best_family(*address):
    infos = socket.getaddrinfo(*address, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, sockaddr = next(iter(infos))
    return family, sockaddr


def test(
    HandlerClass=BaseHTTPRequestHandler,
    ServerClass=ThreadingHTTPServer,
    protocol="HTTP/1.0",
    port=8000,
    bind=None,
    tls_cert=None,
    tls_key=None,
    tls_password=None,
):
    """Serves until Ctrl-C."""
    ServerClass.address_family, address = _get_best_family(bind, port)
    HandlerClass.protocol_version = protocol
    if tls_cert:
        server = ServerClass(address, HandlerClass, certfile=tls_cert, keyfile=tls_key, password=tls_password)
    else:
        server = ServerClass(address, HandlerClass)
    with server:
        host, port = server.socket.getsockname()[:2]
        url_host = f"[{host}]" if ":" in host else host
        scheme = "HTTPS" if tls_cert else "HTTP"
        print(f"Serving {scheme} on {host} port {port} ({scheme.lower()}://{url_host}:{port}/) ...", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nKeyboard interrupt received, exiting.")
            sys.exit(0)


def _main(args=None):
    import argparse

    parser = argparse.ArgumentParser(prog="python -m http.server")
    parser.add_argument("-b", "--bind", metavar="ADDRESS", help="bind to this address (default: all interfaces)")
    parser.add_argument("-d", "--directory", default=os.getcwd(), help="serve this directory (default: current directory)")
    parser.add_argument("-p", "--protocol", metavar="VERSION", default="HTTP/1.0", help="conform to this HTTP version (default: %(default)s)")
    parser.add_argument("--tls-cert", metavar="PATH", help="path to the TLS certificate chain file")
    parser.add_argument("--tls-key", metavar="PATH", help="path to the TLS key file")
    parser.add_argument("--tls-password-file", metavar="PATH", help="path to the password file for the TLS key")
    parser.add_argument("port", default=8000, type=int, nargs="?", help="bind to this port (default: %(default)s)")
    options = parser.parse_args(args)
    if not options.tls_cert and options.tls_key:
        parser.error("--tls-key requires --tls-cert to be set")
    password = None
    if options.tls_password_file:
        with open(options.tls_password_file, encoding="utf-8") as file:
            password = file.read().strip()

    base = ThreadingHTTPSServer if options.tls_cert else ThreadingHTTPServer

    class Server(base):
        def finish_request(self, request, client_address):
            self.RequestHandlerClass(request, client_address, self, directory=options.directory)

    test(
        SimpleHTTPRequestHandler,
        Server,
        protocol=options.protocol,
        port=options.port,
        bind=options.bind,
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
        tls_password=password,
    )


if __name__ == "__main__":
    _main()

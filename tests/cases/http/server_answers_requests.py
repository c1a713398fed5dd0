import io
from http.server import BaseHTTPRequestHandler

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def version_string(self):
        return "test"

    def date_time_string(self, timestamp=None):
        return "now"

    def log_message(self, format, *args):
        print("log:", format % args)

class Socket:
    def __init__(self, request):
        self.file, self.sent = io.BytesIO(request), b""

    def makefile(self, *args):
        return self.file

    def sendall(self, data):
        self.sent += data

for request in [
    b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\nGET /c HTTP/1.1\r\n\r\n",
    b"GET //host/a HTTP/1.0\r\n\r\n",
    b"FOO / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/2.0\r\n\r\n",
    b"GET a b c HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n",
    b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n",
]:
    connection = Socket(request)
    Handler(connection, ("127.0.0.1", 1), None)
    print(connection.sent.partition(b"\r\n")[0].decode(), connection.sent.count(b"HTTP/1.1"))

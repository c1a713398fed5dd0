import io
from http.client import HTTPConnection, HTTPException, HTTPResponse

class Socket:
    def __init__(self, data):
        self.data = data

    def makefile(self, mode):
        return io.BytesIO(self.data)

for data in [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: 1\r\nA: 2\r\n\r\nhello, more",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    b"HTTP/1.0 200\r\n\r\nuntil the end",
    b"",
    b"SSH\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70000 + b"\r\n\r\n",
    b"HTTP/1.1 100 C\r\n\r\n" * 101,
]:
    try:
        response = HTTPResponse(Socket(data))
        response.begin()
        print(response.status, response.reason, response.getheader("a"), response.will_close, response.read())
    except HTTPException as exc:
        print(repr(exc)[:90])
connection = HTTPConnection("host:81")
connection.putrequest("GET", "/")
for name, value in [("a", "b\nc"), ("a b", "c"), ("x", "ĉ"), ("n", 5)]:
    try:
        connection.putheader(name, value)
    except ValueError as exc:
        print(exc)

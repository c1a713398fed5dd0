"""The tree of exceptions, with the words of the public package.

    HTTPError
      RequestError
        TransportError
          TimeoutException  (ConnectTimeout, ReadTimeout, WriteTimeout, PoolTimeout)
          NetworkError      (ConnectError, ReadError, WriteError, CloseError)
          ProtocolError     (LocalProtocolError, RemoteProtocolError)
          ProxyError, UnsupportedProtocol
        DecodingError, TooManyRedirects
      HTTPStatusError
    InvalidURL, CookieConflict
    StreamError (StreamConsumed, StreamClosed, ResponseNotRead, RequestNotRead)
"""


class HTTPError(Exception):
    """Whatever goes wrong between sending a request and a good status."""

    def __init__(self, message):
        super().__init__(message)
        self._request = None

    @property
    def request(self):
        if self._request is None:
            raise RuntimeError("The .request property has not been set.")
        return self._request

    @request.setter
    def request(self, request):
        self._request = request


class RequestError(HTTPError):
    """No response came of a request."""

    def __init__(self, message, *, request=None):
        super().__init__(message)
        self._request = request


class TransportError(RequestError):
    """A failure below the level of HTTP messages."""


class TimeoutException(TransportError):
    """A step took longer than its timeout."""


class ConnectTimeout(TimeoutException):
    """No connection in time."""


class ReadTimeout(TimeoutException):
    """No bytes from the server in time."""


class WriteTimeout(TimeoutException):
    """The server did not take our bytes in time."""


class PoolTimeout(TimeoutException):
    """No connection of the pool became free in time."""


class NetworkError(TransportError):
    """The operating system reported an error."""


class ConnectError(NetworkError):
    """No connection."""


class ReadError(NetworkError):
    """Receiving failed."""


class WriteError(NetworkError):
    """Sending failed."""


class CloseError(NetworkError):
    """Closing failed."""


class ProxyError(TransportError):
    """The proxy refused."""


class UnsupportedProtocol(TransportError):
    """A URL that is neither http nor https."""


class ProtocolError(TransportError):
    """Somebody broke the rules of HTTP."""


class LocalProtocolError(ProtocolError):
    """The request cannot be written as HTTP."""


class RemoteProtocolError(ProtocolError):
    """What the server sent is not HTTP, or beyond the limits."""


class DecodingError(RequestError):
    """The body does not have the encoding its headers claim, or unpacks to more than is allowed."""


class TooManyRedirects(RequestError):
    """More redirects than `max_redirects`."""


class HTTPStatusError(HTTPError):
    """Raised by `Response.raise_for_status`."""

    def __init__(self, message, *, request, response):
        super().__init__(message)
        self.request = request
        self.response = response


class InvalidURL(Exception):
    """Text that is no URL."""


class CookieConflict(Exception):
    """Several cookies of one name, and no domain or path said which."""


class StreamError(RuntimeError):
    """A stream was used in a way its state does not allow."""


class StreamConsumed(StreamError):
    """A body that can be read once was read twice."""

    def __init__(self):
        super().__init__(
            "Attempted to read or stream some content, but the content has "
            "already been streamed. For requests, this could be due to passing "
            "a generator as request content, and then receiving a redirect "
            "response or a secondary request as part of an authentication flow."
            "For responses, this could be due to attempting to stream the response "
            "content more than once."
        )


class StreamClosed(StreamError):
    """A body was read after its response had been closed."""

    def __init__(self):
        super().__init__("Attempted to read or stream content, but the stream has been closed.")


class ResponseNotRead(StreamError):
    """The content of a streamed response was asked for before `read()`."""

    def __init__(self):
        super().__init__("Attempted to access streaming response content, without having called `read()`.")


class RequestNotRead(StreamError):
    """The content of a streamed request was asked for before `read()`."""

    def __init__(self):
        super().__init__("Attempted to access streaming request content, without having called `read()`.")

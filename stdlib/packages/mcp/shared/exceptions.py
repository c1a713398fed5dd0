"""Errors of the protocol as exceptions."""

import functools
import warnings

from mcp.types.jsonrpc import INVALID_REQUEST, URL_ELICITATION_REQUIRED, ErrorData


OLD_CAPABILITY = "The {} capability is deprecated as of 2026-07-28 (SEP-2577)."


class MCPDeprecationWarning(UserWarning):
    """Something of the package goes away; shown by default, unlike DeprecationWarning."""


def deprecated(message):
    """Decorator of an asynchronous method: calling it warns. Unlike that of `warnings` it does not load `inspect`,
    which clients have no other use for."""
    def decorator(function):
        @functools.wraps(function)
        def wrapper(*arguments, **options):
            warnings.warn(message, MCPDeprecationWarning, stacklevel=2)
            return function(*arguments, **options)
        wrapper.__deprecated__ = function.__deprecated__ = message
        return wrapper
    return decorator


class MCPError(Exception):
    """An error that came over a connection, or that is to be sent over it.

    Made of code, message and data, or of one ErrorData, as in the first major version.
    """

    def __init__(self, code, message=None, data=None):
        if isinstance(code, ErrorData):
            code, message, data = code.code, code.message, code.data
        elif message is None:
            raise TypeError("MCPError.__init__() missing 1 required positional argument: 'message'")
        super().__init__(code, message, data)
        given = {"code": code, "message": message}
        if data is not None:
            given["data"] = data
        self.error = ErrorData(**given)

    @property
    def code(self):
        """The number of the error."""
        return self.error.code

    @property
    def message(self):
        """What the error says."""
        return self.error.message

    @property
    def data(self):
        """What else is known."""
        return self.error.data

    @classmethod
    def from_jsonrpc_error(cls, error):
        """The exception of an answer."""
        return cls.from_error_data(error.error)

    @classmethod
    def from_error_data(cls, error):
        """The exception of an error."""
        return cls(code=error.code, message=error.message, data=error.data)

    def __str__(self):
        return self.message


# Its name in the first major version.
McpError = MCPError


class NoBackChannelError(MCPError):
    """A server has no way to ask its client something now."""

    def __init__(self, method):
        super().__init__(INVALID_REQUEST, f"Cannot send {method!r}: this transport context has no back-channel "
                         "for server-initiated requests.")
        self.method = method


class UrlElicitationRequiredError(MCPError):
    """A tool raises this when the user must open pages first."""

    def __init__(self, elicitations, message=None):
        if message is None:
            message = f"URL elicitation{'s' if len(elicitations) > 1 else ''} required"
        self._elicitations = elicitations
        data = {"elicitations": [one.model_dump(by_alias=True, exclude_none=True) for one in elicitations]}
        super().__init__(URL_ELICITATION_REQUIRED, message, data)

    @property
    def elicitations(self):
        """The pages."""
        return self._elicitations

    @classmethod
    def from_error(cls, error):
        """The exception of an error with this code."""
        from mcp.types import ElicitRequestURLParams
        if error.code != URL_ELICITATION_REQUIRED:
            raise ValueError(f"Expected error code {URL_ELICITATION_REQUIRED}, got {error.code}")
        pages = (error.data or {}).get("elicitations", [])
        return cls([ElicitRequestURLParams.model_validate(page) for page in pages], error.message)

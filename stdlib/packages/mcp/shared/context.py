"""The contexts of requests under one name, which callbacks of both sides have in annotations."""

from mcp.client.session import ClientRequestContext
from mcp.server.context import ServerRequestContext


class _Either(type):
    def __getitem__(cls, parameters):
        return cls  # `RequestContext[ClientSession, Any]`

    def __instancecheck__(cls, instance):
        return isinstance(instance, (ClientRequestContext, ServerRequestContext))


class RequestContext(metaclass=_Either):
    """Any of the two."""

"""The side that connects to servers."""

from mcp.client.session import ClientRequestContext, ClientSession

__all__ = ["Client", "ClientRequestContext", "ClientSession"]


def __getattr__(name):
    if name == "Client":
        from mcp.client.client import Client
        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""The side that connects to servers."""

_HOME_OF = {"Client": "client", "ClientRequestContext": "session", "ClientSession": "session"}
__all__ = sorted(_HOME_OF)


def __getattr__(name):
    import importlib
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"mcp.client.{_HOME_OF[name]}"), name)

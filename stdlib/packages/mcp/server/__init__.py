"""The side that offers tools, resources and prompts."""

_HOME_OF = {"Server": "lowlevel", "NotificationOptions": "lowlevel", "MCPServer": "mcpserver",
            "FastMCP": "fastmcp", "ServerRequestContext": "context", "InitializationOptions": "models",
            "ServerSession": "session"}
__all__ = ["InitializationOptions", "MCPServer", "NotificationOptions", "Server", "ServerRequestContext"]


def __getattr__(name):
    import importlib
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"mcp.server.{_HOME_OF[name]}"), name)

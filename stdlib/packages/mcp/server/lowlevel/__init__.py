"""Servers whose handlers get and give the types of the protocol."""

from mcp.server.lowlevel.server import NotificationOptions, Server

__all__ = ["NotificationOptions", "Server"]

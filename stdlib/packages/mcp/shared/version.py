"""The versions that a handshake can agree on, under the name of the first major version."""

from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATEST_PROTOCOL_VERSION

SUPPORTED_PROTOCOL_VERSIONS = list(HANDSHAKE_PROTOCOL_VERSIONS)

__all__ = ["LATEST_PROTOCOL_VERSION", "SUPPORTED_PROTOCOL_VERSIONS"]

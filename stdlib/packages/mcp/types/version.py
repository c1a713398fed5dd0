"""Versions of the protocol, oldest first.

Up to 2025-11-25 a connection begins with a handshake; what came later describes itself with every request.
"""

HANDSHAKE_PROTOCOL_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
MODERN_PROTOCOL_VERSIONS = ("2026-07-28",)
KNOWN_PROTOCOL_VERSIONS = HANDSHAKE_PROTOCOL_VERSIONS + MODERN_PROTOCOL_VERSIONS
SUPPORTED_PROTOCOL_VERSIONS = KNOWN_PROTOCOL_VERSIONS
OLDEST_SUPPORTED_VERSION = KNOWN_PROTOCOL_VERSIONS[0]
LATEST_HANDSHAKE_VERSION = HANDSHAKE_PROTOCOL_VERSIONS[-1]
LATEST_MODERN_VERSION = MODERN_PROTOCOL_VERSIONS[-1]
LATEST_PROTOCOL_VERSION = KNOWN_PROTOCOL_VERSIONS[-1]
DEFAULT_NEGOTIATED_VERSION = "2025-03-26"
# Keys that results have in versions without a handshake only; in others anything may be meant by them.
LATER_KEYS = frozenset({"resultType", "ttlMs", "cacheScope"})


def is_version_at_least(version, minimum):
    """Whether a version is known and not older than another one."""
    least = KNOWN_PROTOCOL_VERSIONS.index(minimum)
    return version in KNOWN_PROTOCOL_VERSIONS[least:]

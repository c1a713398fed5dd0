"""Messages as they go through the streams of a transport."""

from dataclasses import dataclass


@dataclass
class ClientMessageMetadata:
    """How a client's transport sends a message."""

    resumption_token: str | None = None
    on_resumption_token_update: object = None
    headers: dict | None = None


@dataclass
class ServerMessageMetadata:
    """Which request a server's message belongs to."""

    related_request_id: int | str | None = None
    request_context: object = None


@dataclass
class SessionMessage:
    """A JSON-RPC message, and what only the transport needs to know."""

    message: object
    metadata: object = None

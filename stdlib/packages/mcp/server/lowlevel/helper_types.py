"""What handlers may return in place of types of the protocol."""

from dataclasses import dataclass


@dataclass
class ReadResourceContents:
    """A part of a resource: text, or bytes."""

    content: str | bytes
    mime_type: str | None = None
    meta: dict | None = None

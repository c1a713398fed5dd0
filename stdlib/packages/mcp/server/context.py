"""What a handler gets to know about the message it handles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(kw_only=True)
class ServerRequestContext:
    """First argument of the handlers of `Server`."""

    session: Any
    lifespan_context: Any
    protocol_version: str
    method: str
    params: Mapping | None = None
    request_id: int | str | None = None
    meta: Mapping | None = None
    request: Any = None

    def __class_getitem__(cls, parameters):
        return cls

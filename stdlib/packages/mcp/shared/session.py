"""Names of the session layer that programs use in annotations."""

from collections.abc import Awaitable, Callable

from mcp.types import ProgressToken, RequestId

ProgressFnT = Callable[[float, float | None, str | None], Awaitable[None]]

__all__ = ["ProgressFnT", "ProgressToken", "RequestId"]

"""JSON-RPC 2.0: the four kinds of messages, and error codes."""

from typing import Any, Literal

from mcp._model import BaseModel, TypeAdapter, ValidationError
from mcp.types._base import RequestId

JSONRPC_VERSION = "2.0"

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

CONNECTION_CLOSED = -32000
REQUEST_TIMEOUT = -32001
HEADER_MISMATCH = -32020
MISSING_REQUIRED_CLIENT_CAPABILITY = -32021
UNSUPPORTED_PROTOCOL_VERSION = -32022
URL_ELICITATION_REQUIRED = -32042


class JSONRPCRequest(BaseModel):
    """A message that is to be answered."""

    jsonrpc: Literal["2.0"]
    id: RequestId
    method: str
    params: dict[str, Any] | None = None


class JSONRPCNotification(BaseModel):
    """A message that is not answered."""

    jsonrpc: Literal["2.0"]
    method: str
    params: dict[str, Any] | None = None


class JSONRPCResponse(BaseModel):
    """The result of a request."""

    jsonrpc: Literal["2.0"]
    id: RequestId
    result: dict[str, Any]


class ErrorData(BaseModel):
    """What went wrong."""

    code: int
    message: str
    data: Any = None


class JSONRPCError(BaseModel):
    """The answer to a request that failed; without `id` if the request could not be read."""

    jsonrpc: Literal["2.0"]
    id: RequestId | None
    error: ErrorData


JSONRPCMessage = JSONRPCRequest | JSONRPCNotification | JSONRPCResponse | JSONRPCError


class _MessageAdapter(TypeAdapter):
    """Reads any message; which kind it is, its keys tell, so that one check is enough."""

    def validate_python(self, object, /, **options):
        if isinstance(object, dict):
            if "method" in object:
                kind = JSONRPCRequest if "id" in object else JSONRPCNotification
            else:
                kind = JSONRPCResponse if "result" in object else JSONRPCError
            try:
                return kind.model_validate(object)
            except ValidationError:
                pass  # What is wrong, all four kinds tell.
        return super().validate_python(object, **options)


jsonrpc_message_adapter = _MessageAdapter(JSONRPCMessage)



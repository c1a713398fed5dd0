"""What servers ask of clients (a model, the user, roots), and completion."""

from typing import Any, Literal

from mcp._model import Field
from mcp._model.urls import FileUrl
from mcp.types._base import (
    MCPModel, Meta, Notification, NotificationParams, Request, RequestId, RequestParams, Result, TaskMetadata,
)
from mcp.types._features import (
    AudioContent, ImageContent, Role, SamplingMessage, SamplingMessageContentBlock, TextContent, Tool, ResultType,
)

IncludeContext = Literal["none", "thisServer", "allServers"]
StopReason = Literal["endTurn", "stopSequence", "maxTokens", "toolUse"] | str
SamplingContent = TextContent | ImageContent | AudioContent
ElicitRequestedSchema = dict[str, Any]


class ModelHint(MCPModel):
    """A part of the name of a model."""

    name: str | None = None


class ModelPreferences(MCPModel):
    """Which model should be taken; priorities from 0 to 1."""

    hints: list[ModelHint] | None = None
    cost_priority: float | None = None
    speed_priority: float | None = None
    intelligence_priority: float | None = None


class ToolChoice(MCPModel):
    """Whether a model must use tools."""

    mode: Literal["auto", "required", "none"] | None = None


class CreateMessageRequestParams(RequestParams):
    """Parameters of CreateMessageRequest."""

    messages: list[SamplingMessage]
    model_preferences: ModelPreferences | None = None
    system_prompt: str | None = None
    include_context: IncludeContext | None = None
    temperature: float | None = None
    max_tokens: int
    stop_sequences: list[str] | None = None
    metadata: dict[str, Any] | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    task: TaskMetadata | None = None


class CreateMessageRequest(Request):
    """Request `sampling/createMessage`."""

    method: Literal["sampling/createMessage"] = "sampling/createMessage"
    params: CreateMessageRequestParams


class CreateMessageResult(Result):
    """The answer of a model."""

    role: Role
    content: SamplingContent
    model: str
    stop_reason: StopReason | None = None


class CreateMessageResultWithTools(Result):
    """The answer of a model that may call tools."""

    role: Role
    content: SamplingMessageContentBlock | list[SamplingMessageContentBlock]
    model: str
    stop_reason: StopReason | None = None


class ResourceTemplateReference(MCPModel):
    """The resource template whose argument is completed."""

    type: Literal["ref/resource"] = "ref/resource"
    uri: str


class PromptReference(MCPModel):
    """The prompt whose argument is completed."""

    type: Literal["ref/prompt"] = "ref/prompt"
    name: str
    title: str | None = None


class CompletionArgument(MCPModel):
    """The argument as far as it is typed."""

    name: str
    value: str


class CompletionContext(MCPModel):
    """The arguments that are known already."""

    arguments: dict[str, str] | None = None


class CompleteRequestParams(RequestParams):
    """Parameters of CompleteRequest."""

    ref: ResourceTemplateReference | PromptReference
    argument: CompletionArgument
    context: CompletionContext | None = None


class CompleteRequest(Request):
    """Request `completion/complete`."""

    method: Literal["completion/complete"] = "completion/complete"
    params: CompleteRequestParams


class Completion(MCPModel):
    """At most 100 values, and how many there are."""

    values: list[str]
    total: int | None = None
    has_more: bool | None = None


class CompleteResult(Result):
    """Completions of an argument."""

    completion: Completion
    result_type: ResultType = "complete"


class ListRootsRequest(Request):
    """Request `roots/list`."""

    method: Literal["roots/list"] = "roots/list"
    params: RequestParams | None = None


class Root(MCPModel):
    """A folder or file of the client that a server may work in."""

    uri: FileUrl
    name: str | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class ListRootsResult(Result):
    """The roots of a client."""

    roots: list[Root]


class RootsListChangedNotification(Notification):
    """Notification `notifications/roots/list_changed`."""

    method: Literal["notifications/roots/list_changed"] = "notifications/roots/list_changed"
    params: NotificationParams | None = None


class CancelledNotificationParams(NotificationParams):
    """Parameters of CancelledNotification."""

    request_id: RequestId | None = None
    reason: str | None = None


class CancelledNotification(Notification):
    """Notification `notifications/cancelled`."""

    method: Literal["notifications/cancelled"] = "notifications/cancelled"
    params: CancelledNotificationParams


class ElicitCompleteNotificationParams(NotificationParams):
    """Parameters of ElicitCompleteNotification."""

    elicitation_id: str


class ElicitCompleteNotification(Notification):
    """Notification `notifications/elicitation/complete`."""

    method: Literal["notifications/elicitation/complete"] = "notifications/elicitation/complete"
    params: ElicitCompleteNotificationParams


class ElicitRequestFormParams(RequestParams):
    """Parameters of ElicitRequest: a form to be filled in."""

    mode: Literal["form"] = "form"
    message: str
    requested_schema: ElicitRequestedSchema
    task: TaskMetadata | None = None


class ElicitRequestURLParams(RequestParams):
    """Parameters of ElicitRequest: a page to be opened."""

    mode: Literal["url"] = "url"
    message: str
    url: str
    elicitation_id: str | None = None
    task: TaskMetadata | None = None


ElicitRequestParams = ElicitRequestURLParams | ElicitRequestFormParams


class ElicitRequest(Request):
    """Request `elicitation/create`."""

    method: Literal["elicitation/create"] = "elicitation/create"
    params: ElicitRequestParams


class ElicitResult(Result):
    """What the user did, and what the form says."""

    action: Literal["accept", "decline", "cancel"]
    content: dict[str, str | int | float | bool | list[str] | None] | None = None


class ElicitationRequiredErrorData(MCPModel):
    """Data of the error that pages must be opened first."""

    elicitations: list[ElicitRequestURLParams]


InputRequest = CreateMessageRequest | ListRootsRequest | ElicitRequest
InputRequests = dict[str, InputRequest]
InputResponse = CreateMessageResult | CreateMessageResultWithTools | ListRootsResult | ElicitResult
InputResponses = dict[str, InputResponse]


class InputRequiredResult(Result):
    """The server needs answers first; the request is to be made again with them."""

    result_type: Literal["input_required"] = "input_required"
    input_requests: dict[str, InputRequest] | None = None
    request_state: str | None = None

    @classmethod
    def _complaint(cls, values):
        if values["input_requests"] is None and values["request_state"] is None:
            return "InputRequiredResult requires at least one of input_requests or request_state"
        return None

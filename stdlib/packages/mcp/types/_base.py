"""Types that all of the protocol builds on: messages, capabilities, the handshake, tasks.

Fields have Python names; in JSON they are camelCase (`list_changed` is `listChanged`), and both can be given.
"""

from typing import Annotated, Any, Literal

from mcp._model import BaseModel, Field, to_camel
from mcp._model.fields import invalid

Meta = dict[str, Any]
ProgressToken = str | int
RequestId = int | str
ResultType = Literal["complete", "input_required"] | str
IconTheme = Literal["light", "dark"]
TaskStatus = Literal["working", "input_required", "completed", "failed", "cancelled"]


class RequestParamsMeta(dict):
    """Metadata of a request: a dict. With `progress_token` (in JSON `progressToken`), progress is told."""

    @classmethod
    def _validate(cls, value, mode):
        if not isinstance(value, dict):
            raise invalid("dict_type", "Input should be a valid dictionary", value)
        return cls((("progress_token" if key == "progressToken" else key), item) for key, item in value.items())

    def _dump(self, by_alias):
        return {"progressToken" if by_alias and key == "progress_token" else key: item for key, item in self.items()}


class MCPModel(BaseModel):
    """A type of the protocol. What it does not know is left out; fields are also found by their name in JSON."""

    model_config = {"alias_generator": to_camel, "populate_by_name": True}
    # Name in `params` that some transports repeat outside of the message.
    name_param = None

    def __getattr__(self, name):
        # Programs written for the first major version read `tool.inputSchema`.
        if not name.startswith("_"):
            for field in type(self)._fields().values():
                if field.alias == name:
                    return self.__dict__[field.name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class RequestParams(MCPModel):
    """What all requests may carry: metadata such as the progress token."""

    meta: RequestParamsMeta | None = Field(default=None, alias="_meta")


class PaginatedRequestParams(RequestParams):
    """Which page is asked for: the cursor that the page before gave."""

    cursor: str | None = None


class NotificationParams(MCPModel):
    """What all notifications may carry."""

    meta: Meta | None = Field(default=None, alias="_meta")


class Request(MCPModel):
    """A request: something is done, and a result comes back."""

    method: str
    params: Any


class PaginatedRequest(Request):
    """A request for one page of a list."""

    params: PaginatedRequestParams | None = None


class Notification(MCPModel):
    """A message that is not answered."""

    method: str
    params: Any


class Result(MCPModel):
    """What all results may carry."""

    meta: Meta | None = Field(default=None, alias="_meta")


class PaginatedResult(Result):
    """One page of a list, and the cursor of the next one."""

    next_cursor: str | None = None


class CacheableResult(Result):
    """A result that may be kept for `ttl_ms` milliseconds, by whom `cache_scope` says."""

    ttl_ms: Annotated[int, Field(ge=0)] = 0
    cache_scope: Literal["public", "private"] = "private"


class EmptyResult(Result):
    """The result of what has none."""

    result_type: ResultType | None = None


class BaseMetadata(MCPModel):
    """A name for programs and a title for people."""

    name: str
    title: str | None = None


class Icon(MCPModel):
    """A picture of a tool, resource, prompt or implementation."""

    src: str
    mime_type: str | None = None
    sizes: list[str] | None = None
    theme: IconTheme | None = None


class Implementation(BaseMetadata):
    """Name and version of a client or server."""

    version: str
    description: str | None = None
    website_url: str | None = None
    icons: list[Icon] | None = None


class RootsCapability(MCPModel):
    """The client tells its roots, and perhaps when they change."""

    list_changed: bool | None = None


class SamplingContextCapability(MCPModel):
    """Sampling may include context of servers."""


class SamplingToolsCapability(MCPModel):
    """Sampling may use tools."""


class FormElicitationCapability(MCPModel):
    """The client can show forms."""


class UrlElicitationCapability(MCPModel):
    """The client can open pages."""


class ElicitationCapability(MCPModel):
    """How the client can ask its user."""

    form: FormElicitationCapability | None = None
    url: UrlElicitationCapability | None = None


class SamplingCapability(MCPModel):
    """The client can ask a model."""

    context: SamplingContextCapability | None = None
    tools: SamplingToolsCapability | None = None


class TasksListCapability(MCPModel):
    """Tasks can be listed."""


class TasksCancelCapability(MCPModel):
    """Tasks can be cancelled."""


class TasksCreateMessageCapability(MCPModel):
    """Sampling may be a task."""


class TasksSamplingCapability(MCPModel):
    """Which requests of sampling may be tasks."""

    create_message: TasksCreateMessageCapability | None = None


class TasksCreateElicitationCapability(MCPModel):
    """Elicitation may be a task."""


class TasksElicitationCapability(MCPModel):
    """Which requests of elicitation may be tasks."""

    create: TasksCreateElicitationCapability | None = None


class ClientTasksRequestsCapability(MCPModel):
    """Which requests to a client may be tasks."""

    sampling: TasksSamplingCapability | None = None
    elicitation: TasksElicitationCapability | None = None


class ClientTasksCapability(MCPModel):
    """What a client can do with tasks."""

    list: TasksListCapability | None = None
    cancel: TasksCancelCapability | None = None
    requests: ClientTasksRequestsCapability | None = None


class ClientCapabilities(MCPModel):
    """What a client can do for its server."""

    experimental: dict[str, dict[str, Any]] | None = None
    sampling: SamplingCapability | None = None
    elicitation: ElicitationCapability | None = None
    roots: RootsCapability | None = None
    extensions: dict[str, dict[str, Any]] | None = None
    tasks: ClientTasksCapability | None = None


class UnsupportedProtocolVersionErrorData(MCPModel):
    """Data of the error about a version: what was asked for and what there is."""

    supported: list[str]
    requested: str


class MissingRequiredClientCapabilityErrorData(MCPModel):
    """Data of the error that a client lacks something."""

    required_capabilities: ClientCapabilities


class PromptsCapability(MCPModel):
    """The server has prompts."""

    list_changed: bool | None = None


class ResourcesCapability(MCPModel):
    """The server has resources."""

    subscribe: bool | None = None
    list_changed: bool | None = None


class ToolsCapability(MCPModel):
    """The server has tools."""

    list_changed: bool | None = None


class LoggingCapability(MCPModel):
    """The server sends log messages."""


class CompletionsCapability(MCPModel):
    """The server completes arguments."""


class TasksCallCapability(MCPModel):
    """Calls of tools may be tasks."""


class TasksToolsCapability(MCPModel):
    """Which requests of tools may be tasks."""

    call: TasksCallCapability | None = None


class ServerTasksRequestsCapability(MCPModel):
    """Which requests to a server may be tasks."""

    tools: TasksToolsCapability | None = None


class ServerTasksCapability(MCPModel):
    """What a server can do with tasks."""

    list: TasksListCapability | None = None
    cancel: TasksCancelCapability | None = None
    requests: ServerTasksRequestsCapability | None = None


class ServerCapabilities(MCPModel):
    """What a server offers."""

    experimental: dict[str, dict[str, Any]] | None = None
    logging: LoggingCapability | None = None
    prompts: PromptsCapability | None = None
    resources: ResourcesCapability | None = None
    tools: ToolsCapability | None = None
    completions: CompletionsCapability | None = None
    extensions: dict[str, dict[str, Any]] | None = None
    tasks: ServerTasksCapability | None = None


class InitializeRequestParams(RequestParams):
    """Parameters of InitializeRequest."""

    protocol_version: str
    capabilities: ClientCapabilities
    client_info: Implementation


class InitializeRequest(Request):
    """Request `initialize`."""

    method: Literal["initialize"] = "initialize"
    params: InitializeRequestParams


class InitializeResult(Result):
    """Who the server is, what it offers and which version is spoken."""

    protocol_version: str
    capabilities: ServerCapabilities
    server_info: Implementation
    instructions: str | None = None


class InitializedNotification(Notification):
    """Notification `notifications/initialized`."""

    method: Literal["notifications/initialized"] = "notifications/initialized"
    params: NotificationParams | None = None


class PingRequest(Request):
    """Request `ping`."""

    method: Literal["ping"] = "ping"
    params: RequestParams | None = None


class DiscoverRequest(Request):
    """Request `server/discover`."""

    method: Literal["server/discover"] = "server/discover"
    params: RequestParams | None = None


class DiscoverResult(CacheableResult):
    """What a server offers, without a handshake."""

    supported_versions: list[str]
    capabilities: ServerCapabilities
    instructions: str | None = None
    result_type: ResultType = "complete"


class ToolExecution(MCPModel):
    """Whether a tool may be called as a task."""

    task_support: Literal["forbidden", "optional", "required"] | None = None


class TaskMetadata(MCPModel):
    """Makes a request a task, kept for `ttl` milliseconds."""

    ttl: int | None = None


class RelatedTaskMetadata(MCPModel):
    """The task that a message belongs to."""

    task_id: str


class Task(MCPModel):
    """State of a task."""

    task_id: str
    status: TaskStatus
    status_message: str | None = None
    created_at: str
    last_updated_at: str
    ttl: int | None
    poll_interval: int | None = None


class CreateTaskResult(Result):
    """The task that a request became."""

    task: Task


class GetTaskRequestParams(RequestParams):
    """Parameters of GetTaskRequest."""

    task_id: str


class GetTaskRequest(Request):
    """Request `tasks/get`."""

    method: Literal["tasks/get"] = "tasks/get"
    params: GetTaskRequestParams


class GetTaskResult(Result, Task):
    """The state of a task that was asked for."""


class CancelTaskRequestParams(RequestParams):
    """Parameters of CancelTaskRequest."""

    task_id: str


class CancelTaskRequest(Request):
    """Request `tasks/cancel`."""

    method: Literal["tasks/cancel"] = "tasks/cancel"
    params: CancelTaskRequestParams


class CancelTaskResult(Result, Task):
    """The state of a cancelled task."""


class TaskStatusNotificationParams(NotificationParams, Task):
    """Parameters of TaskStatusNotification."""


class TaskStatusNotification(Notification):
    """Notification `notifications/tasks/status`."""

    method: Literal["notifications/tasks/status"] = "notifications/tasks/status"
    params: TaskStatusNotificationParams


class GetTaskPayloadRequestParams(RequestParams):
    """Parameters of GetTaskPayloadRequest."""

    task_id: str


class GetTaskPayloadRequest(Request):
    """Request `tasks/result`."""

    method: Literal["tasks/result"] = "tasks/result"
    params: GetTaskPayloadRequestParams


class GetTaskPayloadResult(Result):
    """The result that a task came to."""


class ListTasksRequest(PaginatedRequest):
    """Request `tasks/list`."""

    method: Literal["tasks/list"] = "tasks/list"


class ListTasksResult(PaginatedResult):
    """One page of tasks."""

    tasks: list[Task]


class InputResponseRequestParams(RequestParams):
    """A request made again, with the answers that its server asked for."""

    input_responses: dict[str, Any] | None = None
    request_state: str | None = None

"""What servers offer: resources, prompts, tools, log messages, progress."""

from typing import Annotated, Any, Literal

from mcp._model import Field
from mcp.types._base import (
    BaseMetadata, CacheableResult, Icon, InputResponseRequestParams, MCPModel, Meta, Notification, NotificationParams,
    PaginatedRequest, PaginatedResult, ProgressToken, Request, RequestParams, Result, ResultType, TaskMetadata,
    ToolExecution,
)

Role = Literal["user", "assistant"]
LoggingLevel = Literal["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]


class ProgressNotificationParams(NotificationParams):
    """Parameters of ProgressNotification."""

    progress_token: ProgressToken
    progress: float
    total: float | None = None
    message: str | None = None


class ProgressNotification(Notification):
    """Notification `notifications/progress`."""

    method: Literal["notifications/progress"] = "notifications/progress"
    params: ProgressNotificationParams


class ListResourcesRequest(PaginatedRequest):
    """Request `resources/list`."""

    method: Literal["resources/list"] = "resources/list"


class Annotations(MCPModel):
    """For whom something is and how important it is."""

    audience: list[Role] | None = None
    priority: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    last_modified: str | None = None


class Resource(BaseMetadata):
    """A resource that can be read by its URI."""

    uri: str
    description: str | None = None
    mime_type: str | None = None
    size: int | None = None
    icons: list[Icon] | None = None
    annotations: Annotations | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class ResourceTemplate(BaseMetadata):
    """A family of resources, by a URI template."""

    uri_template: str
    description: str | None = None
    mime_type: str | None = None
    icons: list[Icon] | None = None
    annotations: Annotations | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class ListResourcesResult(PaginatedResult, CacheableResult):
    """One page of resources."""

    resources: list[Resource]
    result_type: ResultType = "complete"


class ListResourceTemplatesRequest(PaginatedRequest):
    """Request `resources/templates/list`."""

    method: Literal["resources/templates/list"] = "resources/templates/list"


class ListResourceTemplatesResult(PaginatedResult, CacheableResult):
    """One page of resource templates."""

    resource_templates: list[ResourceTemplate]
    result_type: ResultType = "complete"


class ReadResourceRequestParams(InputResponseRequestParams):
    """Parameters of ReadResourceRequest."""

    uri: str


class ReadResourceRequest(Request):
    """Request `resources/read`."""

    method: Literal["resources/read"] = "resources/read"
    params: ReadResourceRequestParams


class ResourceContents(MCPModel):
    """What all contents of resources have."""

    uri: str
    mime_type: str | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class TextResourceContents(ResourceContents):
    """A resource that is text."""

    text: str


class BlobResourceContents(ResourceContents):
    """A resource that is bytes, in base64."""

    blob: str


class ReadResourceResult(CacheableResult):
    """Contents of a resource."""

    contents: list[TextResourceContents | BlobResourceContents]
    result_type: ResultType = "complete"


class ResourceListChangedNotification(Notification):
    """Notification `notifications/resources/list_changed`."""

    method: Literal["notifications/resources/list_changed"] = "notifications/resources/list_changed"
    params: NotificationParams | None = None


class SubscribeRequestParams(RequestParams):
    """Parameters of SubscribeRequest."""

    uri: str


class SubscribeRequest(Request):
    """Request `resources/subscribe`."""

    method: Literal["resources/subscribe"] = "resources/subscribe"
    params: SubscribeRequestParams


class UnsubscribeRequestParams(RequestParams):
    """Parameters of UnsubscribeRequest."""

    uri: str


class UnsubscribeRequest(Request):
    """Request `resources/unsubscribe`."""

    method: Literal["resources/unsubscribe"] = "resources/unsubscribe"
    params: UnsubscribeRequestParams


class ResourceUpdatedNotificationParams(NotificationParams):
    """Parameters of ResourceUpdatedNotification."""

    uri: str


class ResourceUpdatedNotification(Notification):
    """Notification `notifications/resources/updated`."""

    method: Literal["notifications/resources/updated"] = "notifications/resources/updated"
    params: ResourceUpdatedNotificationParams


class SubscriptionFilter(MCPModel):
    """What a subscription is about."""

    model_config = {"extra": "allow"}

    tools_list_changed: bool | None = None
    prompts_list_changed: bool | None = None
    resources_list_changed: bool | None = None
    resource_subscriptions: list[str] | None = None


class SubscriptionsListenRequestParams(RequestParams):
    """Parameters of SubscriptionsListenRequest."""

    notifications: SubscriptionFilter


class SubscriptionsListenRequest(Request):
    """Request `subscriptions/listen`."""

    method: Literal["subscriptions/listen"] = "subscriptions/listen"
    params: SubscriptionsListenRequestParams


class SubscriptionsAcknowledgedNotificationParams(NotificationParams):
    """Parameters of SubscriptionsAcknowledgedNotification."""

    notifications: SubscriptionFilter


class SubscriptionsAcknowledgedNotification(Notification):
    """Notification `notifications/subscriptions/acknowledged`."""

    method: Literal["notifications/subscriptions/acknowledged"] = "notifications/subscriptions/acknowledged"
    params: SubscriptionsAcknowledgedNotificationParams


class SubscriptionsListenResult(Result):
    """The end of a subscription."""

    result_type: ResultType = "complete"


class ListPromptsRequest(PaginatedRequest):
    """Request `prompts/list`."""

    method: Literal["prompts/list"] = "prompts/list"


class PromptArgument(BaseMetadata):
    """An argument that a prompt takes."""

    description: str | None = None
    required: bool | None = None


class Prompt(BaseMetadata):
    """A template of messages."""

    description: str | None = None
    arguments: list[PromptArgument] | None = None
    icons: list[Icon] | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class ListPromptsResult(PaginatedResult, CacheableResult):
    """One page of prompts."""

    prompts: list[Prompt]
    result_type: ResultType = "complete"


class GetPromptRequestParams(InputResponseRequestParams):
    """Parameters of GetPromptRequest."""

    name: str
    arguments: dict[str, str] | None = None


class GetPromptRequest(Request):
    """Request `prompts/get`."""

    method: Literal["prompts/get"] = "prompts/get"
    params: GetPromptRequestParams


class TextContent(MCPModel):
    """Text."""

    type: Literal["text"] = "text"
    text: str
    annotations: Annotations | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class ImageContent(MCPModel):
    """An image, in base64."""

    type: Literal["image"] = "image"
    data: str
    mime_type: str
    annotations: Annotations | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class AudioContent(MCPModel):
    """Sound, in base64."""

    type: Literal["audio"] = "audio"
    data: str
    mime_type: str
    annotations: Annotations | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class ToolUseContent(MCPModel):
    """A model wants a tool called."""

    type: Literal["tool_use"] = "tool_use"
    name: str
    id: str
    input: dict[str, Any]
    meta: Meta | None = Field(default=None, alias="_meta")


class ToolResultContent(MCPModel):
    """What a tool gave, told to a model."""

    type: Literal["tool_result"] = "tool_result"
    tool_use_id: str
    content: list[ContentBlock] = []
    structured_content: Any = None
    is_error: bool | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class SamplingMessage(MCPModel):
    """A message from or to a model."""

    role: Role
    content: SamplingMessageContentBlock | list[SamplingMessageContentBlock]
    meta: Meta | None = Field(default=None, alias="_meta")


class EmbeddedResource(MCPModel):
    """A resource with its contents."""

    type: Literal["resource"] = "resource"
    resource: TextResourceContents | BlobResourceContents
    annotations: Annotations | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class ResourceLink(Resource):
    """A resource that can be read."""

    type: Literal["resource_link"] = "resource_link"


ContentBlock = TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource
SamplingMessageContentBlock = TextContent | ImageContent | AudioContent | ToolUseContent | ToolResultContent


class PromptMessage(MCPModel):
    """A message of a prompt."""

    role: Role
    content: ContentBlock


class GetPromptResult(Result):
    """The messages of a prompt."""

    description: str | None = None
    messages: list[PromptMessage]
    result_type: ResultType = "complete"


class PromptListChangedNotification(Notification):
    """Notification `notifications/prompts/list_changed`."""

    method: Literal["notifications/prompts/list_changed"] = "notifications/prompts/list_changed"
    params: NotificationParams | None = None


class ListToolsRequest(PaginatedRequest):
    """Request `tools/list`."""

    method: Literal["tools/list"] = "tools/list"


class ToolAnnotations(MCPModel):
    """Hints about what a tool does; not to be relied on."""

    title: str | None = None
    read_only_hint: bool | None = None
    destructive_hint: bool | None = None
    idempotent_hint: bool | None = None
    open_world_hint: bool | None = None


class Tool(BaseMetadata):
    """A tool: its name, what it does, and the JSON schema of its arguments."""

    description: str | None = None
    input_schema: dict[str, Any]
    execution: ToolExecution | None = None
    output_schema: dict[str, Any] | None = None
    icons: list[Icon] | None = None
    annotations: ToolAnnotations | None = None
    meta: Meta | None = Field(default=None, alias="_meta")


class ListToolsResult(PaginatedResult, CacheableResult):
    """One page of tools."""

    tools: list[Tool]
    result_type: ResultType = "complete"


class CallToolRequestParams(InputResponseRequestParams):
    """Parameters of CallToolRequest."""

    name: str
    arguments: dict[str, Any] | None = None
    task: TaskMetadata | None = None


class CallToolRequest(Request):
    """Request `tools/call`."""

    method: Literal["tools/call"] = "tools/call"
    params: CallToolRequestParams


class CallToolResult(Result):
    """What a tool gave; `is_error` if it failed."""

    content: list[ContentBlock]
    structured_content: Any = None
    is_error: bool = False
    result_type: ResultType = "complete"


class ToolListChangedNotification(Notification):
    """Notification `notifications/tools/list_changed`."""

    method: Literal["notifications/tools/list_changed"] = "notifications/tools/list_changed"
    params: NotificationParams | None = None


class SetLevelRequestParams(RequestParams):
    """Parameters of SetLevelRequest."""

    level: LoggingLevel


class SetLevelRequest(Request):
    """Request `logging/setLevel`."""

    method: Literal["logging/setLevel"] = "logging/setLevel"
    params: SetLevelRequestParams


class LoggingMessageNotificationParams(NotificationParams):
    """Parameters of LoggingMessageNotification."""

    level: LoggingLevel
    logger: str | None = None
    data: Any


class LoggingMessageNotification(Notification):
    """Notification `notifications/message`."""

    method: Literal["notifications/message"] = "notifications/message"
    params: LoggingMessageNotificationParams

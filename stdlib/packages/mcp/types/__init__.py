"""The types of the protocol, as `mcp.types`.

Three files hold them: `_base` (messages, capabilities, handshake, tasks), `_features` (resources, prompts, tools)
and `_client` (what servers ask of clients); `jsonrpc` and `version` are what their names say.
"""

from mcp._model import TypeAdapter
from mcp.types._base import *
from mcp.types._base import IconTheme, MCPModel, Meta, ProgressToken, RequestId, ResultType, TaskStatus
from mcp.types._client import *
from mcp.types._features import *
from mcp.types.jsonrpc import *
from mcp.types.version import DEFAULT_NEGOTIATED_VERSION, LATEST_PROTOCOL_VERSION

CLIENT_CAPABILITIES_META_KEY = "io.modelcontextprotocol/clientCapabilities"
CLIENT_INFO_META_KEY = "io.modelcontextprotocol/clientInfo"
LOG_LEVEL_META_KEY = "io.modelcontextprotocol/logLevel"
PROTOCOL_VERSION_META_KEY = "io.modelcontextprotocol/protocolVersion"
SERVER_INFO_META_KEY = "io.modelcontextprotocol/serverInfo"
CORE_RESULT_TYPES = frozenset({"complete", "input_required"})

ClientRequest = (
    PingRequest | InitializeRequest | CompleteRequest | SetLevelRequest | GetPromptRequest | ListPromptsRequest
    | ListResourcesRequest | ListResourceTemplatesRequest | ReadResourceRequest | SubscribeRequest
    | UnsubscribeRequest | CallToolRequest | ListToolsRequest | DiscoverRequest | SubscriptionsListenRequest)
ClientNotification = (
    CancelledNotification | ProgressNotification | InitializedNotification | RootsListChangedNotification)
ClientResult = EmptyResult | CreateMessageResult | CreateMessageResultWithTools | ListRootsResult | ElicitResult
ServerRequest = PingRequest | CreateMessageRequest | ListRootsRequest | ElicitRequest
ServerNotification = (
    CancelledNotification | ProgressNotification | LoggingMessageNotification | ResourceUpdatedNotification
    | ResourceListChangedNotification | ToolListChangedNotification | PromptListChangedNotification
    | ElicitCompleteNotification | SubscriptionsAcknowledgedNotification)
ServerResult = (
    EmptyResult | InitializeResult | DiscoverResult | CompleteResult | GetPromptResult | ListPromptsResult
    | ListResourcesResult | ListResourceTemplatesResult | ReadResourceResult | CallToolResult | ListToolsResult
    | SubscriptionsListenResult | InputRequiredResult)

client_request_adapter = TypeAdapter(ClientRequest)
client_notification_adapter = TypeAdapter(ClientNotification)
client_result_adapter = TypeAdapter(ClientResult)
server_request_adapter = TypeAdapter(ServerRequest)
server_notification_adapter = TypeAdapter(ServerNotification)
server_result_adapter = TypeAdapter(ServerResult)

# Names of the first major version.
Cursor = str
Content = ContentBlock

"""Model Context Protocol: clients and servers, over standard input and output.

An own implementation on asyncio of what the package of this name offers; a real one on the path takes precedence.
Names are imported when they are first used, so that a client does not load the server.
"""

_HOMES = {
    "mcp.client.session": ("ClientSession",),
    "mcp.client.client": ("Client",),
    "mcp.client.session_group": ("ClientSessionGroup",),
    "mcp.client.stdio": ("StdioServerParameters", "stdio_client"),
    "mcp.server.session": ("ServerSession",),
    "mcp.server.stdio": ("stdio_server",),
    "mcp.shared.uri_template": ("InvalidUriTemplate", "UriTemplate"),
    "mcp.shared.exceptions": ("MCPDeprecationWarning", "MCPError", "McpError", "UrlElicitationRequiredError"),
    "mcp.types": (
        "CallToolRequest", "ClientCapabilities", "ClientNotification", "ClientRequest", "ClientResult",
        "CompleteRequest", "CreateMessageRequest", "CreateMessageResult", "CreateMessageResultWithTools", "ErrorData",
        "GetPromptRequest", "GetPromptResult", "Implementation", "IncludeContext", "InitializeRequest",
        "InitializeResult", "InitializedNotification", "JSONRPCError", "JSONRPCRequest", "JSONRPCResponse",
        "ListPromptsRequest", "ListPromptsResult", "ListResourcesRequest", "ListResourcesResult", "ListToolsResult",
        "LoggingLevel", "LoggingMessageNotification", "Notification", "PingRequest", "ProgressNotification",
        "PromptsCapability", "ReadResourceRequest", "ReadResourceResult", "Resource", "ResourcesCapability",
        "ResourceUpdatedNotification", "RootsCapability", "SamplingCapability", "SamplingContent",
        "SamplingContextCapability", "SamplingMessage", "SamplingMessageContentBlock", "SamplingToolsCapability",
        "ServerCapabilities", "ServerNotification", "ServerRequest", "ServerResult", "SetLevelRequest", "StopReason",
        "SubscribeRequest", "Tool", "ToolChoice", "ToolResultContent", "ToolsCapability", "ToolUseContent",
        "UnsubscribeRequest"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted([*_HOME_OF, "SamplingRole", "types"])


def __getattr__(name):
    import importlib
    if name == "types":
        return importlib.import_module("mcp.types")
    if name == "SamplingRole":
        name, module = "Role", "mcp.types"
    else:
        module = _HOME_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})

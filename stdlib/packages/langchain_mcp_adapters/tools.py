"""The tools of an MCP session as tools of an agent."""

import uuid

from langchain_core.tools import StructuredTool, ToolException

#: Pages of a list of tools; a server that always names another page would never end.
MAX_PAGES = 1000


class _ToolError(ToolException):
    """The server says that the tool failed; `blocks` is what it says."""

    def __init__(self, blocks):
        super().__init__("\n".join(block["text"] for block in blocks if block["type"] == "text"))
        self.blocks = blocks


def _block(content):
    """A content block of MCP as one of a message."""
    ident = f"lc_{uuid.uuid4()}"
    match content.type:
        case "text":
            return {"type": "text", "text": content.text, "id": ident}
        case "image":
            return {"type": "image", "id": ident, "base64": content.data, "mime_type": content.mimeType}
        case "resource_link":
            mime_type = content.mimeType or None
            kind = "image" if mime_type and mime_type.startswith("image/") else "file"
            return {"type": kind, "id": ident, "url": str(content.uri), "mime_type": mime_type}
        case "resource":
            resource = content.resource
            if getattr(resource, "text", None) is not None:
                return {"type": "text", "text": resource.text, "id": ident}
            mime_type = resource.mimeType or None
            kind = "image" if mime_type and mime_type.startswith("image/") else "file"
            return {"type": kind, "id": ident, "base64": resource.blob, "mime_type": mime_type}
    raise NotImplementedError(f"the content {content.type!r} of a tool's result")


def _converted(result):
    blocks = [_block(content) for content in result.content]
    if result.isError:
        raise _ToolError(blocks)
    structured = getattr(result, "structuredContent", None)
    return blocks, None if structured is None else {"structured_content": structured}


async def _all_tools(session):
    found, cursor = [], None
    for _ in range(MAX_PAGES):
        page = await session.list_tools() if cursor is None else await session.list_tools(cursor=cursor)
        found += page.tools
        cursor = getattr(page, "nextCursor", None)
        if not cursor:
            return found
    raise RuntimeError(f"Reached max of {MAX_PAGES} iterations while listing tools.")


def convert_mcp_tool_to_langchain_tool(session, tool, *, name_prefix="", handle_tool_errors=True):
    """One tool: its schema is the server's, what it is given goes there as it is."""

    async def call_tool(**arguments):
        return _converted(await session.call_tool(tool.name, arguments))

    return StructuredTool(
        name=name_prefix + tool.name,
        description=tool.description or "",
        args_schema=tool.inputSchema,
        coroutine=call_tool,
        response_format="content_and_artifact",
        handle_tool_error=(lambda exc: exc.blocks) if handle_tool_errors else False,
    )


async def load_mcp_tools(
    session,
    *,
    connection=None,
    callbacks=None,
    tool_interceptors=None,
    server_name=None,
    tool_name_prefix=False,
    handle_tool_errors=True,
):
    """All tools of a session, each with `name`, `description`, `args_schema` and `ainvoke`."""
    if session is None:
        raise ValueError("Either a session or a connection config must be provided") if connection is None else (
            NotImplementedError("a connection instead of a session")
        )
    for name, value in (("callbacks", callbacks), ("tool_interceptors", tool_interceptors)):
        if value is not None:
            raise NotImplementedError(f"the argument {name!r} of load_mcp_tools")
    prefix = f"{server_name}_" if tool_name_prefix and server_name else ""
    return [
        convert_mcp_tool_to_langchain_tool(session, tool, name_prefix=prefix, handle_tool_errors=handle_tool_errors)
        for tool in await _all_tools(session)
    ]

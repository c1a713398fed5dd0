# The types of the protocol: constructors, checks, dumps.
from mcp import types


def show(make):
    try:
        print(repr(make()))
    except Exception as error:
        print(type(error).__name__, error)


tool = types.Tool(name="a", inputSchema={"type": "object"})
show(lambda: tool)
show(lambda: tool == types.Tool(name="a", input_schema={"type": "object"}))
show(lambda: sorted(tool.model_fields_set))
show(lambda: tool.model_dump(by_alias=True, exclude_none=True))
show(lambda: tool.model_dump_json(by_alias=True, exclude_unset=True))
show(lambda: tool.model_copy(update={"name": "b"}).name)
show(lambda: types.Tool(name=1, input_schema=[]))
show(lambda: types.Tool.model_validate({"name": "a"}))
show(lambda: types.Tool.model_validate(5))
show(lambda: types.CallToolResult(content=[{"type": "text", "text": "x"}, types.ImageContent(data="", mime_type="i/p")]))
show(lambda: types.CallToolResult(content=[{"type": "unknown"}]))
show(lambda: types.Annotations(priority=3, audience=["nobody"]))
show(lambda: types.ServerCapabilities(tools={"listChanged": True}).tools)
show(lambda: types.ElicitResult(action="maybe"))
show(lambda: types.Root(uri="http://x"))
show(lambda: types.InputRequiredResult())
show(lambda: types.Icon.model_validate_json('{"src": '))
show(lambda: types.Icon.model_validate_json('{"src": "x", "sizes": ["any"]}'))
show(lambda: types.jsonrpc_message_adapter.validate_json('{"jsonrpc": "2.0", "id": 1, "method": "ping"}'))
show(lambda: types.jsonrpc_message_adapter.validate_python({"jsonrpc": "2.0", "id": None, "error": {"code": 1}}))
show(lambda: setattr(tool, "other", 1))

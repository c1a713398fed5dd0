# What annotations, defaults and docstrings make of a tool, and how arguments and results are converted.
import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, Optional, TypedDict

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: int
    y: float = 0.5


class Place(TypedDict):
    name: str
    at: Point


def many(text: str, number: float, ids: list[int], rates: dict[str, float], maybe: Optional[int] = None,
         color: Color = Color.RED, mode: Literal["a", "b"] = "a", flag: bool = False, either: int | str = 3,
         pair: tuple[int, str] = (1, "x"), anything: Any = None, plain=5, ctx: Context = None) -> str:
    """Takes all kinds."""
    return f"{text!r} {number} {ids} {rates} {maybe} {color} {mode} {flag} {either!r} {pair} {anything} {plain}"


def point(x: int) -> Point: return Point(x)
def place(at: Point) -> Place: return {"name": "here", "at": at}
def points() -> list[Point]: return [Point(1), Point(2)]
def table() -> dict[str, int]: return {"a": 1}
def loose() -> dict: return {"a": [None]}
def maybe(n: int) -> int | None: return n or None
def wrong() -> int: return "text"
def picture() -> Image: return Image(data=b"png")


async def main():
    server = MCPServer("schemas", log_level="CRITICAL")
    for tool in (many, point, place, points, table, loose, maybe, wrong, picture):
        server.add_tool(tool)
    for tool in await server.list_tools():
        print(tool.name, tool.input_schema, tool.output_schema)
    needed = {"text": "t", "number": 1, "ids": [1, "2"], "rates": {"a": 1}}
    calls = [("many", needed), ("many", {**needed, "ids": "[3]", "color": "blue", "flag": "yes", "either": "7"}),
             ("many", {"text": 1, "number": "x", "ids": 5, "rates": [], "color": "green", "mode": "z", "flag": "?",
                       "either": [], "pair": [1], "maybe": "q"}),
             ("point", {"x": 3}), ("place", {"at": {"x": "1"}}), ("points", {}), ("table", {}), ("loose", {}),
             ("maybe", {"n": 0}), ("wrong", {}), ("picture", {}), ("unknown", {})]
    for name, arguments in calls:
        try:
            result = await server.call_tool(name, arguments)
            print(name, result.content, result.structured_content)
        except ToolError as error:
            print(type(error).__name__, error)


asyncio.run(main())

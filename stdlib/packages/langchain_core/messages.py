"""Messages of a conversation, and what programs write instead of them: text, pairs, dicts."""

import uuid as _uuid

_HELP = "\nFor troubleshooting, visit: https://docs.langchain.com/oss/python/langchain/errors/"


def _title(text):
    """`text` in the middle of a line of 80 equals signs."""
    text = f" {text} "
    bar = "=" * ((80 - len(text)) // 2)
    return bar + text + bar + "=" * (len(text) % 2)


def get_msg_title_repr(title, *, bold=False):
    return f"\x1b[1m{_title(title)}\x1b[0m" if bold else _title(title)


class BaseMessage:
    """A message: `content` is text, or a list of blocks, each text or a dict with a `type`."""

    type = ""

    def __init__(self, content="", *, additional_kwargs=None, response_metadata=None, name=None, id=None, type=None):
        if not isinstance(content, (str, list)):
            raise ValueError(f"content must be a str or a list, not {content.__class__.__name__}")
        if type is not None and type != self.type:
            raise ValueError(f"type must be {self.type!r}, not {type!r}")
        self.content = content
        self.additional_kwargs = {} if additional_kwargs is None else dict(additional_kwargs)
        self.response_metadata = {} if response_metadata is None else dict(response_metadata)
        self.name = name
        self.id = id

    @property
    def text(self):
        """The text of all blocks."""
        if isinstance(self.content, str):
            return self.content
        parts = []
        for block in self.content:
            if isinstance(block, str):
                parts.append(block)
            elif block.get("type") == "text":
                parts.append(block.get("text", ""))
        return "".join(parts)

    # Fields in the order of a repr; the last ones only if they are set.
    _SHOWN = ("content", "additional_kwargs", "response_metadata")
    _SHOWN_IF_SET = ("name", "id")

    def _fields(self):
        out = [(key, getattr(self, key)) for key in self._SHOWN]
        out += [(key, getattr(self, key)) for key in self._SHOWN_IF_SET if getattr(self, key)]
        return out

    def __repr__(self):
        return f"{self.__class__.__name__}({', '.join(f'{key}={value!r}' for key, value in self._fields())})"

    def __str__(self):
        return " ".join(f"{key}={value!r}" for key, value in self._fields())

    def __eq__(self, other):
        return self.__class__ is other.__class__ and vars(self) == vars(other)

    __hash__ = None

    def model_dump(self):
        return {**vars(self), "type": self.type}

    dict = model_dump

    def model_copy(self, *, update=None, deep=False):
        import copy

        new = copy.deepcopy(self) if deep else copy.copy(self)
        vars(new).update(update or {})
        return new

    def pretty_repr(self, html=False):
        name = f"\nName: {self.name}" if self.name is not None else ""
        return f"{get_msg_title_repr(self.type.title() + ' Message', bold=html)}{name}\n\n{self.content}"

    def pretty_print(self):
        print(self.pretty_repr())


class HumanMessage(BaseMessage):
    """What the user says."""

    type = "human"


class SystemMessage(BaseMessage):
    """What the model is told to be."""

    type = "system"


def _pretty_calls(title, calls):
    lines = [title]
    for call in calls:
        lines += [f"  {call.get('name', 'Tool')} ({call.get('id')})", f" Call ID: {call.get('id')}"]
        if call.get("error"):
            lines.append(f"  Error: {call.get('error')}")
        lines.append("  Args:")
        args = call.get("args")
        if isinstance(args, str):
            lines.append(f"    {args}")
        else:
            lines += [f"    {key}: {value}" for key, value in (args or {}).items()]
    return lines


class AIMessage(BaseMessage):
    """What the model says; `tool_calls` are dicts with `name`, `args`, `id`."""

    type = "ai"
    _SHOWN = BaseMessage._SHOWN
    _SHOWN_IF_SET = ("name", "id")

    def __init__(self, content="", *, tool_calls=None, invalid_tool_calls=None, usage_metadata=None, **kwargs):
        super().__init__(content, **kwargs)
        self.tool_calls = [{**call, "type": "tool_call"} for call in tool_calls or []]
        self.invalid_tool_calls = list(invalid_tool_calls or [])
        self.usage_metadata = usage_metadata

    def _fields(self):
        out = super()._fields()
        out += [("tool_calls", self.tool_calls), ("invalid_tool_calls", self.invalid_tool_calls)]
        if self.usage_metadata:
            out.append(("usage_metadata", self.usage_metadata))
        return out

    def pretty_repr(self, html=False):
        lines = []
        if self.tool_calls:
            lines += _pretty_calls("Tool Calls:", self.tool_calls)
        if self.invalid_tool_calls:
            lines += _pretty_calls("Invalid Tool Calls:", self.invalid_tool_calls)
        return (super().pretty_repr(html).strip() + "\n" + "\n".join(lines)).strip()


class ToolMessage(BaseMessage):
    """What a tool answered; `artifact` is what the program keeps for itself."""

    type = "tool"

    def __init__(self, content="", tool_call_id=None, *, artifact=None, status="success", **kwargs):
        if tool_call_id is None:
            raise ValueError("a ToolMessage needs a tool_call_id")
        if status not in ("success", "error"):
            raise ValueError(f"status must be 'success' or 'error', not {status!r}")
        if not isinstance(content, (str, list)):
            content = str(content)
        super().__init__(content, **kwargs)
        self.tool_call_id = tool_call_id
        self.artifact = artifact
        self.status = status

    def _fields(self):
        out = [("content", self.content)]
        out += [(key, value) for key in ("additional_kwargs", "response_metadata") if (value := getattr(self, key))]
        out += [(key, value) for key in ("name", "id") if (value := getattr(self, key)) is not None]
        out.append(("tool_call_id", self.tool_call_id))
        if self.artifact is not None:
            out.append(("artifact", self.artifact))
        if self.status != "success":
            out.append(("status", self.status))
        return out


class RemoveMessage(BaseMessage):
    """In a list of new messages: takes the one of that id away."""

    type = "remove"

    def __init__(self, id, **kwargs):
        super().__init__("", id=id, **kwargs)


AnyMessage = BaseMessage

_ROLES = {
    "human": HumanMessage,
    "user": HumanMessage,
    "ai": AIMessage,
    "assistant": AIMessage,
    "system": SystemMessage,
    "developer": SystemMessage,
    "tool": ToolMessage,
}


def _from_role(role, content, **kwargs):
    made = _ROLES.get(role)
    if made is None:
        raise ValueError(
            f"Unexpected message type: '{role}'. Use one of 'human', 'user', 'ai', 'assistant', "
            f"'function', 'tool', 'system', or 'developer'.{_HELP}MESSAGE_COERCION_FAILURE "
        )
    if made is AIMessage and isinstance(calls := kwargs.get("tool_calls"), list):
        # As the chat endpoint writes them.
        kwargs["tool_calls"] = [_call_from_openai(call) for call in calls]
    return made("" if content is None else content, **kwargs)


def _call_from_openai(call):
    if "function" not in call:
        return call
    import json

    function = call["function"]
    return {"name": function["name"], "args": json.loads(function["arguments"]), "id": call.get("id")}


def _convert_to_message(message):
    if isinstance(message, BaseMessage):
        return message
    if isinstance(message, str):
        return HumanMessage(message)
    if isinstance(message, (list, tuple)):
        if len(message) == 2 and isinstance(message[0], str):
            return _from_role(message[0], message[1])
    elif isinstance(message, dict):
        fields = dict(message)
        role = fields.pop("role", None) or fields.pop("type", None)
        fields.pop("type", None)
        if role is None or "content" not in fields and "tool_calls" not in fields:
            raise ValueError(
                f"Message dict must contain 'role' and 'content' keys, got {message}{_HELP}MESSAGE_COERCION_FAILURE "
            )
        return _from_role(role, fields.pop("content", None), **fields)
    raise NotImplementedError(f"Unsupported message type: {type(message)}{_HELP}MESSAGE_COERCION_FAILURE ")


def convert_to_messages(messages):
    """Messages of a list of messages, texts, (role, text) pairs or dicts."""
    return [_convert_to_message(message) for message in messages]


def add_messages(left, right):
    """`left` and then `right`; one with the id of an earlier one replaces it, a RemoveMessage takes it away."""
    left = left if isinstance(left, list) else [left]
    right = right if isinstance(right, list) else [right]
    merged = convert_to_messages(left)
    for message in merged:
        if message.id is None:
            message.id = str(_uuid.uuid4())
    places = {message.id: idx for idx, message in enumerate(merged)}
    removed = set()
    for message in convert_to_messages(right):
        if message.id is None:
            message.id = str(_uuid.uuid4())
        place = places.get(message.id)
        if isinstance(message, RemoveMessage):
            if place is None:
                raise ValueError(f"Attempting to delete a message with an ID that doesn't exist ('{message.id}')")
            removed.add(message.id)
        elif place is None:
            places[message.id] = len(merged)
            merged.append(message)
        else:
            removed.discard(message.id)
            merged[place] = message
    return [message for message in merged if message.id not in removed]

"""`ChatOpenAI`: a chat model behind an OpenAI-compatible endpoint, over `httpx`.

The endpoint is `$OPENAI_BASE_URL/chat/completions`, the key `$OPENAI_API_KEY`. An installed package of that name takes
precedence; this one stands in where none is.
"""

import asyncio
import json
import os
import random

import httpx
from langchain_core.messages import AIMessage, convert_to_messages
from langchain_core.tools import StructuredTool, convert_to_openai_tool

_HELP = "For troubleshooting, visit: https://docs.langchain.com/oss/python/langchain/errors/"
#: Seconds before the first retry and at most.
_FIRST_DELAY, _LONGEST_DELAY = 0.5, 8.0


class OpenAIError(Exception):
    """What goes wrong with the endpoint."""


class APIConnectionError(OpenAIError):
    """No answer at all."""


class APITimeoutError(APIConnectionError):
    """No answer in time."""


class APIStatusError(OpenAIError):
    """An answer that is an error."""

    def __init__(self, message, *, response, body):
        super().__init__(message)
        self.message = message
        self.response = response
        self.status_code = response.status_code
        self.body = body


class OpenAIInvalidRequestError(APIStatusError):
    """400 and what has no class of its own."""


class OpenAIAuthenticationError(APIStatusError):
    """401."""


class OpenAIPermissionDeniedError(APIStatusError):
    """403."""


class OpenAINotFoundError(APIStatusError):
    """404."""


class OpenAIRateLimitError(APIStatusError):
    """429."""


class OpenAIInternalServerError(APIStatusError):
    """500 and above."""


_STATUS_ERRORS = {
    401: OpenAIAuthenticationError,
    403: OpenAIPermissionDeniedError,
    404: OpenAINotFoundError,
    429: OpenAIRateLimitError,
}


def _status_error(response):
    try:
        body = response.json()
    except ValueError:
        body = response.text
    error = body.get("error", body) if isinstance(body, dict) else body
    told = error.get("message") if isinstance(error, dict) else error
    kind = _STATUS_ERRORS.get(response.status_code)
    if kind is None:
        kind = OpenAIInternalServerError if response.status_code >= 500 else OpenAIInvalidRequestError
    return kind(f"Error code: {response.status_code} - {told or body}", response=response, body=error)


def _block(block):
    """A block of content as the endpoint takes it."""
    if isinstance(block, str):
        return {"type": "text", "text": block}
    match block.get("type"):
        case "text":
            return {"type": "text", "text": block["text"]}
        case "image" if "base64" in block:
            return {"type": "image_url", "image_url": {"url": f"data:{block['mime_type']};base64,{block['base64']}"}}
        case "image" if "url" in block:
            return {"type": "image_url", "image_url": {"url": block["url"]}}
    return block


def _sent(message):
    """A message as the endpoint takes it."""
    content = message.content
    if not isinstance(content, str):
        content = [_block(block) for block in content]
    out = {"content": content}
    match message.type:
        case "human":
            out["role"] = "user"
        case "system":
            out["role"] = "system"
        case "tool":
            out["role"] = "tool"
            out["tool_call_id"] = message.tool_call_id
            return out
        case "ai":
            out["role"] = "assistant"
            calls = [(call["id"], call["name"], json.dumps(call["args"], ensure_ascii=False)) for call in message.tool_calls]
            calls += [(call["id"], call["name"], call["args"]) for call in message.invalid_tool_calls]
            if calls:
                out["content"] = content or None
                out["tool_calls"] = [
                    {"type": "function", "id": ident, "function": {"name": name, "arguments": arguments}}
                    for ident, name, arguments in calls
                ]
        case other:
            raise ValueError(f"a message of the kind {other!r} cannot be sent")
    if message.name is not None:
        out["name"] = message.name
    return out


def _parsed_call(call):
    """(call, None), or (None, what is wrong with it)."""
    function = call["function"]
    text = function["arguments"]
    try:
        args = json.loads(text or "{}")
        if not isinstance(args, dict):
            raise ValueError("not an object")
    except ValueError as exc:
        error = (
            f"Function {function['name']} arguments:\n\n{text}\n\nare not valid JSON. "
            f"Received {type(exc).__name__} {exc}\n{_HELP}OUTPUT_PARSING_FAILURE "
        )
        return None, {
            "type": "invalid_tool_call",
            "id": call.get("id"),
            "name": function["name"],
            "args": text,
            "error": error,
        }
    return {"name": function["name"], "args": args, "id": call.get("id")}, None


def _counts(details, names):
    return {ours: details[theirs] for ours, theirs in names if details and details.get(theirs) is not None}


def _usage(usage):
    if not usage:
        return None
    n_in, n_out = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    read = _counts(usage.get("prompt_tokens_details"), [("audio", "audio_tokens"), ("cache_read", "cached_tokens")])
    written = _counts(
        usage.get("completion_tokens_details"), [("audio", "audio_tokens"), ("reasoning", "reasoning_tokens")]
    )
    return {
        "input_tokens": n_in,
        "output_tokens": n_out,
        "total_tokens": usage.get("total_tokens") or n_in + n_out,
        "input_token_details": read,
        "output_token_details": written,
    }


def _received(answer):
    """The AIMessage of an answer."""
    if not isinstance(answer, dict) or not answer.get("choices"):
        keys = list(answer) if isinstance(answer, dict) else answer
        raise TypeError(
            "Received response with null value for 'choices'. This can happen when using OpenAI-compatible APIs "
            f"(e.g., vLLM) that return a response in an unexpected format. Full response keys: {keys}"
        )
    choice = answer["choices"][0]
    message = choice["message"]
    calls, invalid = [], []
    for call in message.get("tool_calls") or []:
        good, bad = _parsed_call(call)
        if good is not None:
            calls.append(good)
        else:
            invalid.append(bad)
    usage = answer.get("usage")
    if usage:
        usage = {"completion_tokens_details": None, "prompt_tokens_details": None, **usage}
    metadata = {
        "token_usage": usage,
        "model_provider": "openai",
        "model_name": answer.get("model"),
        "system_fingerprint": answer.get("system_fingerprint"),
        "id": answer.get("id"),
        "finish_reason": choice.get("finish_reason"),
        "logprobs": choice.get("logprobs"),
    }
    import uuid

    return AIMessage(
        message.get("content") or "",
        tool_calls=calls,
        invalid_tool_calls=invalid,
        usage_metadata=_usage(usage),
        response_metadata=metadata,
        additional_kwargs={"refusal": message.get("refusal")},
        id=f"lc_run--{uuid.uuid4()}-0",
    )


def _retry_delay(response, attempt):
    """Seconds before another try: what the server asks for if that is reasonable, else longer each time."""
    if response is not None:
        for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
            try:
                asked = float(response.headers.get(name, "")) / unit
            except ValueError:
                continue
            if 0 <= asked <= 60:
                return asked
    return min(_FIRST_DELAY * 2**attempt, _LONGEST_DELAY) * (1 - random.random() / 4)


def _is_worth_retrying(response):
    told = response.headers.get("x-should-retry")
    if told is not None:
        return told == "true"
    return response.status_code in (408, 409, 429) or response.status_code >= 500


class ChatOpenAI:
    """A chat model: `ainvoke` and `invoke` take messages and return an AIMessage."""

    def __init__(
        self,
        model="gpt-3.5-turbo",
        *,
        temperature=None,
        max_tokens=None,
        timeout=None,
        max_retries=2,
        api_key=None,
        base_url=None,
        model_kwargs=None,
        default_headers=None,
        **parameters,
    ):
        self.model_name = parameters.pop("model_name", model)
        self.temperature = temperature
        self.max_tokens = parameters.pop("max_completion_tokens", max_tokens)
        self.request_timeout = parameters.pop("request_timeout", timeout)
        self.max_retries = max_retries
        self._api_key = api_key or parameters.pop("openai_api_key", None)
        self._base_url = base_url or parameters.pop("openai_api_base", None)
        self._headers = dict(default_headers or {})
        for name in parameters:
            if name not in _PARAMETERS:
                raise NotImplementedError(f"the parameter {name!r} of a chat model")
        self._parameters = {**parameters, **(model_kwargs or {})}
        self._tools = []

    @property
    def model(self):
        return self.model_name

    def bind_tools(self, tools, *, tool_choice=None, parallel_tool_calls=None, **kwargs):
        """The same model, knowing of `tools`: tools, functions or schemas."""
        new = ChatOpenAI.__new__(type(self))
        vars(new).update(vars(self))
        new._tools = [
            convert_to_openai_tool(one if isinstance(one, dict) or hasattr(one, "args_schema") else StructuredTool.from_function(one))
            for one in tools
        ]
        new._parameters = {**self._parameters, **kwargs}
        if tool_choice is not None:
            if tool_choice in ("any", True):
                tool_choice = "required"
            elif isinstance(tool_choice, str) and tool_choice not in ("auto", "none", "required"):
                tool_choice = {"type": "function", "function": {"name": tool_choice}}
            new._parameters["tool_choice"] = tool_choice
        if parallel_tool_calls is not None:
            new._parameters["parallel_tool_calls"] = parallel_tool_calls
        return new

    def _payload(self, messages):
        if isinstance(messages, str):
            messages = [messages]
        out = {"model": self.model_name, "stream": False, "messages": [_sent(one) for one in convert_to_messages(messages)]}
        if self.max_tokens is not None:
            out["max_completion_tokens"] = self.max_tokens
        if self.temperature is not None:
            out["temperature"] = self.temperature
        if self._tools:
            out["tools"] = self._tools
        return {**out, **self._parameters}

    def _request(self):
        """(URL, headers, timeout) of a request."""
        key = self._api_key or os.environ.get("OPENAI_API_KEY")
        if not key:
            raise OpenAIError(
                "Missing credentials. Please pass an `api_key`, `workload_identity`, `admin_api_key`, or set the "
                "`OPENAI_API_KEY` or `OPENAI_ADMIN_KEY` environment variable."
            )
        base = self._base_url or os.environ.get("OPENAI_BASE_URL") or os.environ.get("OPENAI_API_BASE")
        url = (base or "https://api.openai.com/v1").rstrip("/") + "/chat/completions"
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json", **self._headers}
        timeout = self.request_timeout
        return url, headers, httpx.Timeout(600.0, connect=5.0) if timeout is None else timeout

    @staticmethod
    def _failure(exc):
        if isinstance(exc, httpx.TimeoutException):
            error = APITimeoutError("Request timed out.")
        else:
            error = APIConnectionError(f"Connection error: {exc or type(exc).__name__}")
        error.__cause__ = exc
        return error

    async def ainvoke(self, input, config=None, **kwargs):
        payload = {**self._payload(input), **kwargs}
        url, headers, timeout = self._request()
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=True) as client:
            for attempt in range(self.max_retries + 1):
                response = None
                try:
                    response = await client.post(url, json=payload, headers=headers)
                    if response.is_success:
                        return _received(response.json())
                    failure = _status_error(response)
                    if not _is_worth_retrying(response):
                        raise failure
                except httpx.RequestError as exc:
                    failure = self._failure(exc)
                if attempt < self.max_retries:
                    await asyncio.sleep(_retry_delay(response, attempt))
        raise failure

    def invoke(self, input, config=None, **kwargs):
        import time

        payload = {**self._payload(input), **kwargs}
        url, headers, timeout = self._request()
        with httpx.Client(timeout=timeout, follow_redirects=True) as client:
            for attempt in range(self.max_retries + 1):
                response = None
                try:
                    response = client.post(url, json=payload, headers=headers)
                    if response.is_success:
                        return _received(response.json())
                    failure = _status_error(response)
                    if not _is_worth_retrying(response):
                        raise failure
                except httpx.RequestError as exc:
                    failure = self._failure(exc)
                if attempt < self.max_retries:
                    time.sleep(_retry_delay(response, attempt))
        raise failure


#: Parameters of the endpoint that are handed on as they are.
_PARAMETERS = frozenset(
    "top_p n stop seed presence_penalty frequency_penalty logprobs top_logprobs logit_bias user reasoning_effort "
    "service_tier store metadata response_format tool_choice parallel_tool_calls verbosity".split()
)

__all__ = ["ChatOpenAI"]

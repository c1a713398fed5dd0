"""Resources: text, bytes, files and functions by their URIs, and templates of such URIs."""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mcp import types
from mcp._model import BaseModel, Field
from mcp.server.mcpserver import _signature
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, UnexpectedResourceError
from mcp.shared.exceptions import MCPError
from mcp.shared.uri_template import UriTemplate

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ResourceSecurity:
    """Which values of a template are refused, so that no function opens what it should not."""

    reject_path_traversal: bool = True
    reject_absolute_paths: bool = True
    reject_null_bytes: bool = True
    exempt_params: frozenset = frozenset()

    def validate(self, params):
        """Name of the first value that is refused, or None."""
        for name, value in params.items():
            if name in self.exempt_params:
                continue
            for text in value if isinstance(value, list) else [value]:
                is_absolute = text[:1] in ("/", "\\") or (text[1:2] == ":" and text[:1].isalpha())
                if (self.reject_null_bytes and "\0" in text or self.reject_path_traversal and _leaves(text)
                        or self.reject_absolute_paths and is_absolute):
                    return name
        return None


def _leaves(path):
    """Whether a path goes above where it starts."""
    depth = 0
    for part in path.replace("\\", "/").split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return False


DEFAULT_RESOURCE_SECURITY = ResourceSecurity()


class Resource(BaseModel):
    """Base of resources; `read` gives str or bytes."""

    model_config = {"extra": "forbid"}

    uri: str
    name: str | None = None
    title: str | None = None
    description: str | None = None
    mime_type: str = "text/plain"
    icons: list[types.Icon] | None = None
    annotations: types.Annotations | None = None
    meta: dict[str, Any] | None = None

    def __init__(self, **values):
        if "uri" in values:
            values["uri"] = str(values["uri"])
        super().__init__(**values)
        if not self.name:
            self.name = self.uri

    async def read(self):
        """The contents."""
        raise NotImplementedError


class TextResource(Resource):
    """Some text."""

    text: str

    async def read(self):
        """The text."""
        return self.text


class BinaryResource(Resource):
    """Some bytes."""

    data: bytes

    async def read(self):
        """The bytes."""
        return self.data


class FunctionResource(Resource):
    """What a function returns whenever it is read."""

    fn: Callable = Field(exclude=True)

    async def read(self):
        """Calls the function; what is neither str nor bytes becomes JSON."""
        result = await _signature.call(self.fn, {})
        if isinstance(result, Resource):
            return await result.read()
        if isinstance(result, (str, bytes)):
            return result
        from mcp._model.dump import to_json_text
        return to_json_text(result)

    @classmethod
    def from_function(cls, fn, uri, name=None, title=None, description=None, mime_type=None, icons=None,
                      annotations=None, meta=None):
        """A resource named and described like its function."""
        name = name or _signature.name_of(fn)
        if name == "<lambda>":
            raise ValueError("You must provide a name for lambda functions")
        return cls(uri=uri, name=name, title=title, description=description or fn.__doc__ or "",
                   mime_type=mime_type or "text/plain", fn=fn, icons=icons, annotations=annotations, meta=meta)


class _PathResource(Resource):
    path: str | os.PathLike

    def __init__(self, **values):
        super().__init__(**values)
        if not os.path.isabs(self.path):
            raise ValueError("Path must be absolute")


class FileResource(_PathResource):
    """A file: text if its type is text, else bytes."""

    is_binary: bool | None = None
    encoding: str | None = None

    async def read(self):
        """What is in the file."""
        kind = self.mime_type.partition(";")[0].strip().lower()
        is_text = kind.startswith("text/") or kind.endswith(("+json", "+xml")) or kind in (
            "application/json", "application/xml")
        if self.is_binary or (self.is_binary is None and self.encoding is None and not is_text):
            with open(self.path, "rb") as file:
                return file.read()
        with open(self.path, encoding=self.encoding or "utf-8-sig") as file:
            return file.read()


class HttpResource(Resource):
    """What a web server answers."""

    url: str
    mime_type: str = "application/json"

    async def read(self):
        """Gets it."""
        import httpx
        async with httpx.AsyncClient() as client:
            response = await client.get(self.url)
            response.raise_for_status()
            return response.text


class DirectoryResource(_PathResource):
    """The names of the files in a folder, as JSON."""

    recursive: bool = False
    pattern: str | None = None
    mime_type: str = "application/json"

    async def read(self):
        """The list."""
        import fnmatch
        if not os.path.exists(self.path):
            raise FileNotFoundError(f"Directory not found: {self.path}")
        if not os.path.isdir(self.path):
            raise NotADirectoryError(f"Not a directory: {self.path}")
        names = []
        for folder, folders, files in os.walk(self.path):
            names += [os.path.relpath(os.path.join(folder, name), self.path) for name in files
                      if self.pattern is None or fnmatch.fnmatch(name, self.pattern)]
            if not self.recursive:
                break
        return json.dumps({"files": names}, indent=2)


class ResourceTemplate(BaseModel):
    """A function whose arguments are in the URI."""

    uri_template: str
    name: str
    title: str | None = None
    description: str | None = None
    mime_type: str = "text/plain"
    icons: list[types.Icon] | None = None
    annotations: types.Annotations | None = None
    meta: dict[str, Any] | None = None
    fn: Callable = Field(exclude=True)
    context_kwarg: str | None = None
    parsed_template: Any = Field(exclude=True)
    arg_model: Any = Field(exclude=True)
    security: Any = Field(exclude=True)

    @property
    def parameters(self):
        """The schema of the arguments."""
        return self.arg_model.model_json_schema()

    @classmethod
    def from_function(cls, fn, uri_template, name=None, title=None, description=None, mime_type=None, icons=None,
                      annotations=None, meta=None, security=DEFAULT_RESOURCE_SECURITY):
        """A template named and described like its function."""
        name = name or _signature.name_of(fn)
        if name == "<lambda>":
            raise ValueError("You must provide a name for lambda functions")
        context_kwarg = _signature.find_context_parameter(fn)
        return cls(uri_template=uri_template, name=name, title=title, description=description or fn.__doc__ or "",
                   mime_type=mime_type or "text/plain", icons=icons, annotations=annotations, meta=meta, fn=fn,
                   context_kwarg=context_kwarg, parsed_template=UriTemplate.parse(uri_template),
                   arg_model=_signature.argument_model(fn, (context_kwarg,)), security=security)

    def matches(self, uri):
        """The arguments in a URI, or None if it is not of this template."""
        params = self.parsed_template.match(uri)
        if params is not None and self.security.validate(params) is not None:
            raise ResourceNotFoundError(f"Unknown resource: {uri}")
        return params

    async def create_resource(self, uri, params, context):
        """The resource of a URI."""
        try:
            arguments = _signature.checked_arguments(self.arg_model, params)
            if self.context_kwarg is not None:
                arguments[self.context_kwarg] = context
            result = await _signature.call(self.fn, arguments)
        except (ResourceError, MCPError):
            raise
        except Exception as error:
            raise UnexpectedResourceError(f"Error creating resource from template {uri}") from error

        async def give():  # Not a plain function, for which a thread would be taken.
            return result
        return FunctionResource(uri=uri, name=self.name, title=self.title, description=self.description,
                                mime_type=self.mime_type, icons=self.icons, annotations=self.annotations,
                                meta=self.meta, fn=give)


class ResourceManager:
    """The resources and templates of a server."""

    def __init__(self, warn_on_duplicate_resources=True, *, resources=None):
        self._resources = {}
        self._templates = {}
        self.warn_on_duplicate_resources = warn_on_duplicate_resources
        for resource in resources or ():
            self.add_resource(resource)

    def add_resource(self, resource):
        """Adds a resource; the one that has its URI already stays."""
        existing = self._resources.get(resource.uri)
        if existing:
            if self.warn_on_duplicate_resources:
                logger.warning(f"Resource already exists: {resource.uri}")
            return existing
        self._resources[resource.uri] = resource
        return resource

    def add_template(self, fn, uri_template, **description):
        """Adds a function as a template."""
        template = ResourceTemplate.from_function(fn, uri_template, **description)
        self._templates[template.uri_template] = template
        return template

    async def get_resource(self, uri, context):
        """The resource of a URI, made by a template if need be."""
        uri = str(uri)
        if resource := self._resources.get(uri):
            return resource
        for template in self._templates.values():
            params = template.matches(uri)
            if params is not None:
                return await template.create_resource(uri, params, context)
        raise ResourceNotFoundError(f"Unknown resource: {uri}")

    def list_resources(self):
        """All resources, oldest first."""
        return list(self._resources.values())

    def list_templates(self):
        """All templates, oldest first."""
        return list(self._templates.values())

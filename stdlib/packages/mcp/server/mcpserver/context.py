"""Context: what a tool, prompt or resource can do beyond returning something."""

from mcp import types
from mcp._model import BaseModel, ValidationError
from mcp.shared.exceptions import OLD_CAPABILITY, deprecated

_LOGGING = OLD_CAPABILITY.format("logging")


class AcceptedElicitation(BaseModel):
    """The user has filled in the form."""

    action: str = "accept"
    data: object = None


class DeclinedElicitation(BaseModel):
    """The user does not want to."""

    action: str = "decline"


class CancelledElicitation(BaseModel):
    """The user closed the form."""

    action: str = "cancel"


class AcceptedUrlElicitation(BaseModel):
    """The user has opened the page."""

    action: str = "accept"


ElicitationResult = AcceptedElicitation | DeclinedElicitation | CancelledElicitation
UrlElicitationResult = AcceptedUrlElicitation | DeclinedElicitation | CancelledElicitation


class Context:
    """A parameter annotated with it gets the context of the request."""

    def __init__(self, *, request_context=None, mcp_server=None):
        self._request_context = request_context
        self._mcp_server = mcp_server

    def __class_getitem__(cls, parameters):
        return cls

    @property
    def mcp_server(self):
        """The MCPServer."""
        if self._mcp_server is None:
            raise ValueError("Context is not available outside of a request")
        return self._mcp_server

    # Its name in the first major version.
    fastmcp = mcp_server

    @property
    def request_context(self):
        """The ServerRequestContext."""
        if self._request_context is None:
            raise ValueError("Context is not available outside of a request")
        return self._request_context

    @property
    def session(self):
        """The ServerSession."""
        return self.request_context.session

    @property
    def request_id(self):
        """The id of the request, as text."""
        return str(self.request_context.request_id)

    @property
    def client_id(self):
        """What the client calls itself in the metadata of the request, or None."""
        return (self.request_context.meta or {}).get("client_id")

    @property
    def protocol_version(self):
        """The version that is spoken, or None outside of a request."""
        return self._request_context and self._request_context.protocol_version

    @property
    def client_capabilities(self):
        """What the client can do."""
        return self.session.client_capabilities

    @property
    def headers(self):
        """Headers of HTTP, which other transports do not have."""
        return getattr(self.request_context.request, "headers", None)

    async def report_progress(self, progress, total=None, message=None):
        """Tells how far it is, if the client wants to know."""
        await self.session.report_progress(progress, total, message)

    async def read_resource(self, uri):
        """The contents of a resource of this server."""
        return await self.mcp_server.read_resource(uri, self)

    async def elicit(self, message, schema):
        """Lets the user fill in a form with the fields of a model; an ElicitationResult."""
        result = await self.session.elicit_form(message, form_of(schema), self.request_id)
        if result.action == "decline":
            return DeclinedElicitation()
        if result.action == "cancel":
            return CancelledElicitation()
        if result.content is None:
            raise ValueError("Received an accepted elicitation with no content")
        try:
            return AcceptedElicitation(data=schema.model_validate(result.content))
        except ValidationError as error:
            raise ValueError("Received an accepted elicitation whose content does not match the requested "
                             "schema") from error

    async def elicit_url(self, message, url, elicitation_id):
        """Lets the user open a page; a UrlElicitationResult."""
        result = await self.session.elicit_url(message, url, elicitation_id, self.request_id)
        return {"accept": AcceptedUrlElicitation, "decline": DeclinedElicitation,
                "cancel": CancelledElicitation}[result.action]()

    async def notify_tools_changed(self):
        """Tells that there are other tools now."""
        await self.session.send_tool_list_changed()

    async def notify_prompts_changed(self):
        """Tells that there are other prompts now."""
        await self.session.send_prompt_list_changed()

    async def notify_resources_changed(self):
        """Tells that there are other resources now."""
        await self.session.send_resource_list_changed()

    async def notify_resource_updated(self, uri):
        """Tells that a resource has changed."""
        await self.session.send_resource_updated(uri)

    async def _log(self, level, data, logger_name):
        params = types.LoggingMessageNotificationParams(level=level, data=data, logger=logger_name)
        await self.session.send_notification(types.LoggingMessageNotification(params=params), self.request_id)

    @deprecated(_LOGGING)
    async def log(self, level, data, *, logger_name=None):
        """Sends a log message to the client."""
        await self._log(level, data, logger_name)

    @deprecated(_LOGGING)
    async def debug(self, data, *, logger_name=None):
        """Sends a log message of level debug."""
        await self._log("debug", data, logger_name)

    @deprecated(_LOGGING)
    async def info(self, data, *, logger_name=None):
        """Sends a log message of level info."""
        await self._log("info", data, logger_name)

    @deprecated(_LOGGING)
    async def warning(self, data, *, logger_name=None):
        """Sends a log message of level warning."""
        await self._log("warning", data, logger_name)

    @deprecated(_LOGGING)
    async def error(self, data, *, logger_name=None):
        """Sends a log message of level error."""
        await self._log("error", data, logger_name)


def form_of(schema):
    """The schema of a form: fields of simple types, without the `null` of optional ones."""
    form = schema.model_json_schema()
    for name, field in form.get("properties", {}).items():
        members = [member for member in field.pop("anyOf", ()) if member.get("type") != "null"]
        if len(members) == 1:
            field.update(members[0])
        if field.get("default", 0) is None:
            del field["default"]
        if field.get("type") not in ("string", "integer", "number", "boolean", "array"):
            raise TypeError(f"Elicitation schema field {name!r} rendered as {field!r}, which is not a valid "
                            "PrimitiveSchemaDefinition")
    return form

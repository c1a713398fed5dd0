"""Errors of servers."""


class MCPServerError(Exception):
    """Base of the errors below."""


class ResourceError(MCPServerError):
    """A resource cannot be read; the client is told the text."""


class ResourceNotFoundError(ResourceError):
    """There is no such resource."""


class UnexpectedResourceError(ResourceError):
    """A function of a resource raised something that it did not mean for the client."""


class ToolError(MCPServerError):
    """A tool failed; the model is told the text."""


class UnexpectedToolError(ToolError):
    """A tool raised something that it did not mean for the model."""


class InvalidSignature(Exception):
    """A function cannot be a tool, prompt or resource."""


# Names of the first major version.
FastMCPError = MCPServerError
ValidationError = MCPServerError

"""What the user did with a form or page."""

from mcp.server.mcpserver.context import (
    AcceptedElicitation, AcceptedUrlElicitation, CancelledElicitation, DeclinedElicitation, ElicitationResult,
    UrlElicitationResult,
)

__all__ = ["AcceptedElicitation", "AcceptedUrlElicitation", "CancelledElicitation", "DeclinedElicitation",
           "ElicitationResult", "UrlElicitationResult"]

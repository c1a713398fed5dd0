"""Messages of prompts, where the first major version had them."""

from mcp.server.mcpserver.prompts import AssistantMessage, Message, Prompt, PromptArgument, UserMessage

__all__ = ["AssistantMessage", "Message", "Prompt", "PromptArgument", "UserMessage"]

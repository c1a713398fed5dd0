"""Prompts: functions that make messages."""

from mcp.server.mcpserver.prompts.base import (
    AssistantMessage, Message, Prompt, PromptArgument, PromptManager, UserMessage,
)

__all__ = ["AssistantMessage", "Message", "Prompt", "PromptArgument", "PromptManager", "UserMessage"]

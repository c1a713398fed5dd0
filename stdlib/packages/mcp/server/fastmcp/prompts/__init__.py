"""Prompts, where the first major version had them."""

from mcp.server.mcpserver.prompts import Prompt, PromptManager

__all__ = ["Prompt", "PromptManager"]

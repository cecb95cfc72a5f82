"""The SDK's classes, by which messages are told apart; importing this imports the SDK.

Only `tui.agent.sdk.load_sdk` and what runs after it may import this. A class that a new version
of the SDK renames fails here, at once and by name.
"""

from claude_agent_sdk import (
    AssistantMessage,
    CLINotFoundError,
    ConversationResetMessage,
    RateLimitEvent,
    ResultMessage,
    ServerToolResultBlock,
    ServerToolUseBlock,
    StreamEvent,
    SystemMessage,
    TextBlock,
    ToolResultBlock,
    ToolUseBlock,
    UserMessage,
)
from claude_agent_sdk._errors import MessageParseError

__all__ = (
    "AssistantMessage",
    "CLINotFoundError",
    "ConversationResetMessage",
    "MessageParseError",
    "RateLimitEvent",
    "ResultMessage",
    "ServerToolResultBlock",
    "ServerToolUseBlock",
    "StreamEvent",
    "SystemMessage",
    "TextBlock",
    "ToolResultBlock",
    "ToolUseBlock",
    "UserMessage",
)

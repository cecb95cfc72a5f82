"""The streaming chat pane: a conversation of any length, drawn line by line."""

from tui.widgets.chat.items import ChatItem, ChatView, Detail, Role
from tui.widgets.chat.pane import ChatPane

__all__ = ["ChatItem", "ChatPane", "ChatView", "Detail", "Role"]

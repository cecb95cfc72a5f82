"""A growing answer by paragraphs: for slow lines, screen readers and tired eyes."""

from collections.abc import Sequence
from dataclasses import replace

from tui.widgets.chat.items import ChatItem


class ByParagraphs:
    """Holds an open item back until another paragraph of it is whole; its heading waits too."""

    def __init__(self) -> None:
        self._shown: dict[str, ChatItem] = {}

    def slowed(self, items: Sequence[ChatItem]) -> list[ChatItem]:
        """Return the items of a running turn as they are shown; what is not open any more whole."""
        before, self._shown = self._shown, {}
        slowed: list[ChatItem] = []
        for item in items:
            if not item.is_open:
                slowed.append(item)
                continue
            body = item.body[: item.body.rfind("\n\n") + 1]
            old = before.get(item.key)
            same = old is not None and old.body == body
            shown = old if old is not None and same else replace(item, body=body)
            self._shown[item.key] = shown
            slowed.append(shown)
        return slowed

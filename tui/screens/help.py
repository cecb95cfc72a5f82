"""All keys, grouped, in as many columns as the width allows."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui.commands import MAIN_SCOPES, Group, Keymap, Scope, bindings, shown_key
from tui.screens.frame import Dialog
from tui.widgets.chat.wrap import break_text

Section = tuple[str, tuple[tuple[str, str], ...]]
"""A heading, and pairs of keys and what they do."""
_HERE: Final = "On this screen"
_IDS: Final = "Ids for the [keys] table of the settings"


class HelpScreen(Dialog[None]):
    """Shows every key; returns nothing."""

    AUTO_FOCUS = ".dialog"
    SCROLLS_BY_KEY = True
    BINDINGS = bindings(Scope.HELP, Scope.READER)
    HINTS = ("help.close",)

    def __init__(
        self,
        keymap: Keymap,
        *,
        marks: Sequence[tuple[str, str]] = (),
        first: Group | None = None,
        here: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """Show the keys of all commands, grouped; those of the group `first` before the others.

        `marks` are signs of the list and the tree, with their meanings. `here` are the keys that
        work on the screen below, by the ids of their commands; its own are shown once more, before
        all others.
        """
        super().__init__("Keys")
        sections = sorted(_sections(keymap), key=lambda made: made[0] != first)
        explained = (("Marks in the list and the tree", tuple(marks)),) if marks else ()
        ids = tuple((command.id, keymap.all_keys(command.id)) for command in keymap.commands)
        own = (one for one in keymap.commands if here.get(one.id) and one.scope not in MAIN_SCOPES)
        rows = tuple((" ".join(map(shown_key, here[one.id])), one.help) for one in own)
        below = ((_HERE, rows),) if rows else ()
        self._sections = (*below, *(made[1] for made in sections), *explained, (_IDS, ids))
        self._column_count = 0

    def body(self) -> ComposeResult:
        """Lay the sections out in columns of about the same height."""
        self._column_count = self._fitting_columns()
        with Horizontal(id="help-columns"):
            for column in _columns(self._sections, self._column_count):
                with Vertical(classes="help-column"):
                    for section in column:
                        yield _SectionView(section)

    def _fitting_columns(self) -> int:
        return max(1, min(3, (self.app.size.width - 4) // 52))

    async def on_resize(self, _: events.Resize) -> None:
        """Lay out anew when another number of columns fits."""
        if self._column_count not in (0, self._fitting_columns()):
            await self.recompose()
            self.query_one(".dialog").focus()

    @property
    def _box(self) -> Widget:
        return self.query_one(".dialog")

    def action_scroll_down(self) -> None:
        """Go one row down."""
        self._box.scroll_down(animate=False)

    def action_scroll_up(self) -> None:
        """Go one row up."""
        self._box.scroll_up(animate=False)

    def action_page_down(self) -> None:
        """Go a page down."""
        self._box.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """Go a page up."""
        self._box.scroll_page_up(animate=False)

    def action_scroll_home(self) -> None:
        """Go to the beginning."""
        self._box.scroll_home(animate=False)

    def action_scroll_end(self) -> None:
        """Go to the end."""
        self._box.scroll_end(animate=False)


def _sections(keymap: Keymap) -> Iterable[tuple[Group, Section]]:
    for group in Group:
        rows = tuple(
            (keymap.all_keys(command.id), command.help)
            for command in keymap.commands
            if command.group is group
        )
        if rows:
            yield group, (group.value, rows)


def _columns(sections: Sequence[Section], count: int) -> list[list[Section]]:
    """Divide sections, in order, into at most `count` columns, the highest as low as can be."""
    heights = [len(rows) + 2 for _, rows in sections]
    limit = max(heights)
    while True:
        columns: list[list[Section]] = [[]]
        room = limit
        for section, height in zip(sections, heights, strict=True):
            if columns[-1] and height > room:
                columns.append([])
                room = limit
            columns[-1].append(section)
            room -= height
        if len(columns) <= count:
            return columns
        limit += 1


class _SectionView(Widget):
    """A heading and its keys; what they do is wrapped beside them."""

    def __init__(self, section: Section) -> None:
        super().__init__(classes="help-section")
        self._heading, self._rows = section
        self._widest_keys = 2 + max(len(keys) for keys, _ in self._rows)

    def _key_width(self, width: int) -> int:
        """Return one width for all sections where there is room for it."""
        return max(13, self._widest_keys) if width >= 44 else self._widest_keys

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the rows of the section at this width."""
        return 1 + sum(len(self._broken(label, width)) for _, label in self._rows)

    def render(self) -> Content:
        """Draw heading and rows."""
        key_width = self._key_width(self.content_size.width)
        lines = [Content.assemble((self._heading, "bold $text-primary"))]
        for keys, label in self._rows:
            for index, part in enumerate(self._broken(label, self.content_size.width)):
                shown = keys if index == 0 else ""
                column = f"{shown:<{key_width}}"
                lines.append(Content.assemble((column, "bold $text-accent"), part))
        return Content("\n").join(lines)

    def _broken(self, label: str, width: int) -> list[str]:
        rows = break_text(label, max(8, width - self._key_width(width)))
        return [label[start:end] for start, end, _ in rows]

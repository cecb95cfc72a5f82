"""The bottom line: the most useful keys on the left, what is going on on the right."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.widgets.text import one_line

WIDE: Final = 100
"""Columns from which on the facts get a third of the line, and not a fifth."""


class StatusBar(Widget):
    """Shows keys as far as there is room, and one line of facts."""

    hints: reactive[Sequence[tuple[str, str]]] = reactive[Sequence[tuple[str, str]]](())
    """(key, label) pairs, most useful first; the last is shown even where there is little room."""
    facts: reactive[str] = reactive("")
    """What is going on, such as model, cost and branch."""

    def render(self) -> RenderResult:
        """Return the line, with as many hints as fit beside the facts."""
        width = self.size.width
        share = 3 if width >= WIDE else 5
        facts = one_line(self.facts, width // share) if self.facts else ""
        room = width - cell_len(facts) - 2
        shown: list[tuple[str, str]] = []
        # The last hint leads to all the others, so it is never the one left out.
        for hint in [*self.hints[-1:], *self.hints[:-1]]:
            if sum(map(_width, [*shown, hint])) > room:
                break
            shown.append(hint)
        parts: list[str | tuple[str, str]] = []
        for key, label in [*shown[1:], *shown[:1]]:
            parts += [(f" {key}", "bold $text-accent"), (f" {label} ", "$text-muted")]
        gap = " " * max(1, width - sum(map(_width, shown)) - cell_len(facts) - 1)
        return Content.assemble(*parts, gap, (facts, "$text-muted"))


def _width(hint: tuple[str, str]) -> int:
    key, label = hint
    return cell_len(key) + cell_len(label) + 3

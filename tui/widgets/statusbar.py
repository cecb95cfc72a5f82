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
_LEAST_FACTS: Final = 8
"""Columns that are too few to show facts in, beside what is urgent."""
_BETWEEN: Final = " · "


class StatusBar(Widget):
    """Shows keys as far as there is room, and one line of facts."""

    hints: reactive[Sequence[tuple[str, str]]] = reactive[Sequence[tuple[str, str]]](())
    """(key, label) pairs, most useful first; the last is shown even where there is little room."""
    facts: reactive[str] = reactive("")
    """What is going on, such as model, cost and branch."""
    urgent: reactive[str] = reactive("")
    """What is nearly used up; shown before the facts, and more of it where there is little room."""

    def render(self) -> RenderResult:
        """Return the line, with as many hints as fit beside the facts."""
        width = self.size.width
        share = 3 if width >= WIDE else 5
        urgent = one_line(self.urgent, width * 3 // 5) if self.urgent else ""
        left = width // share - (cell_len(urgent) + len(_BETWEEN) if urgent else 0)
        is_room = left >= _LEAST_FACTS or not urgent
        facts = _whole_facts(self.facts, left) if self.facts and is_room else ""
        between = _BETWEEN if urgent and facts else ""
        told = cell_len(urgent + between + facts)
        room = width - told - 2
        shown: list[tuple[str, str]] = []
        # The last hint leads to all the others, so it is never the one left out.
        for hint in [*self.hints[-1:], *self.hints[:-1]]:
            if sum(map(_width, [*shown, hint])) > room:
                break
            shown.append(hint)
        parts: list[str | tuple[str, str]] = []
        for key, label in [*shown[1:], *shown[:1]]:
            parts += [(f" {key}", "bold $text-accent"), (f" {label} ", "$text-muted")]
        gap = " " * max(1, width - sum(map(_width, shown)) - told - 1)
        quiet = (between + facts, "$text-muted")
        return Content.assemble(*parts, gap, (urgent, "bold $text-warning"), quiet)


def _whole_facts(facts: str, width: int) -> str:
    """Return as many facts as fit, none of them cut: half a sum of money is a wrong one."""
    parts = one_line(facts, len(facts) * 2).split(_BETWEEN)
    while len(parts) > 1 and cell_len(_BETWEEN.join(parts)) > width:
        parts.pop()
    return one_line(_BETWEEN.join(parts), width)


def _width(hint: tuple[str, str]) -> int:
    key, label = hint
    return cell_len(key) + cell_len(label) + 3

"""The bottom line: the most useful keys on the left, what is going on on the right."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.widgets.text import one_line


class StatusBar(Widget):
    """Shows keys as far as there is room, and one line of facts."""

    hints: reactive[Sequence[tuple[str, str]]] = reactive[Sequence[tuple[str, str]]](())
    """(key, label) pairs, most useful first."""
    facts: reactive[str] = reactive("")
    """What is going on, such as model, cost and branch."""

    def render(self) -> RenderResult:
        """Return the line, with as many hints as fit beside the facts."""
        width = self.size.width
        facts = one_line(self.facts, max(0, width // 2)) if self.facts else ""
        parts: list[str | tuple[str, str]] = []
        used = 0
        for key, label in self.hints:
            size = cell_len(key) + cell_len(label) + 3
            if used + size > width - cell_len(facts) - 2:
                break
            parts += [(f" {key}", "bold $accent"), (f" {label} ", "$text-muted")]
            used += size
        room = " " * max(1, width - used - cell_len(facts) - 1)
        return Content.assemble(*parts, room, (facts, "$text-muted"))

"""The bottom line: the commands that work where the focus is, and facts at the right.

This is not Textual's `Footer`: that mounts a widget for each key whenever the focus moves, which
takes four times the CPU of drawing one line (20 against 5 ms: `tests/bench/bench_footer.py`).
"""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.domain.frozen import frozen
from tui.widgets.text import one_line

_BETWEEN: Final = " · "


@frozen
class Hint:
    """A command in the bottom line."""

    command: str
    """Id of the command; a click runs it."""
    key: str
    label: str
    is_enabled: bool = True
    """Whether it can be done now; if not, it is dimmed."""

    @property
    def cells(self) -> int:
        """Width on the screen, with a space on either side."""
        return cell_len(self.key) + cell_len(self.label) + 3


@frozen
class BottomView:
    """What the bottom line shows."""

    hints: tuple[Hint, ...] = ()
    """Most useful first; the last is shown even where there is little room."""
    facts: tuple[str, ...] = ()
    """What is going on; the first is the last to be left out. They may be untrusted text."""
    urgent: str = ""
    """What is nearly used up; shown before the facts."""


class BottomLine(Widget):
    """Shows hints, as many as fit, and facts in the room that is left; hints take clicks."""

    view: reactive[BottomView] = reactive(BottomView())

    class Clicked(Message):
        """A hint was clicked."""

        def __init__(self, command: str) -> None:
            super().__init__()
            self.command = command

    def render(self) -> RenderResult:
        """Return the line: hints in their order, a gap, what is urgent, facts."""
        width, urgent = self.size.width, self._urgent
        shown = self._shown_hints
        parts: list[str | tuple[str, str]] = []
        for hint in shown:
            key, label = ("bold $text-accent", "") if hint.is_enabled else ("$quiet", "$quiet")
            parts += [(f" {hint.key}", key), (f" {hint.label} ", label)]
        taken = sum(hint.cells for hint in shown)
        between = _BETWEEN if urgent else ""
        room = width - taken - 2 - cell_len(urgent + between)
        facts = _fitting(self.view.facts, room)
        between = between if facts else ""
        gap = " " * max(1, width - taken - cell_len(urgent + between + facts) - 1)
        return Content.assemble(
            *parts, gap, (urgent, "bold $text-warning"), (between + facts, "$quiet")
        )

    @property
    def _urgent(self) -> str:
        return one_line(self.view.urgent, self.size.width * 2 // 5)

    @property
    def _shown_hints(self) -> list[Hint]:
        """The hints that fit; the last one leads to all others, so it always does."""
        hints = self.view.hints
        if not hints:
            return []
        left = self.size.width - cell_len(self._urgent) - 2 - hints[-1].cells
        shown: list[Hint] = []
        for hint in hints[:-1]:
            if hint.cells > left:
                break
            shown.append(hint)
            left -= hint.cells
        return [*shown, hints[-1]]

    def on_click(self, event: events.Click) -> None:
        """Report a click on a hint."""
        start = 0
        for hint in self._shown_hints:
            if start <= event.x < start + hint.cells:
                event.stop()
                self.post_message(self.Clicked(hint.command))
                return
            start += hint.cells


def _fitting(facts: Sequence[str], width: int) -> str:
    """Return as many facts as fit, none of them cut: half a sum of money is a wrong one."""
    kept: list[str] = []
    for fact in facts:
        longer = [*kept, one_line(fact, 40)]
        if cell_len(_BETWEEN.join(longer)) > width:
            break
        kept = longer
    return _BETWEEN.join(kept)

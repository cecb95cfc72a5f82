"""CPU per change of focus: Textual's `Footer` against the bottom line of ours.

`python -m tests.bench.bench_footer`; both show eleven keys at 120 columns, other ones in each of
two panes, between which the focus goes to and fro.
"""

import asyncio
import sys
import time
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer, Static

from tui.themes.palettes import VARIABLES
from tui.widgets.bottomline import BottomLine, BottomView, Hint

CHANGES = 200
KEYS = "abcdefghijk"


class Left(Static, can_focus=True):
    """A pane with keys of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(key, "bell", f"Left {key}") for key in KEYS]


class Right(Static, can_focus=True):
    """A pane with other ones."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(key, "bell", f"Right {key}") for key in KEYS]


class Bench(App[None]):
    """Two panes and a line of keys."""

    def __init__(self, *, is_ours: bool) -> None:
        super().__init__()
        self._is_ours = is_ours

    def compose(self) -> ComposeResult:
        yield Left("left")
        yield Right("right")
        yield BottomLine(id="line") if self._is_ours else Footer(id="line")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(VARIABLES)


async def cpu_per_change(*, is_ours: bool) -> float:
    """Return CPU milliseconds per change of focus, what is drawn included."""
    app = Bench(is_ours=is_ours)
    views = [
        BottomView(tuple(Hint(key, key, f"{side} {key}") for key in KEYS))
        for side in ("Left", "Right")
    ]
    async with app.run_test(size=(120, 10)) as pilot:
        panes = (app.query_one(Left), app.query_one(Right))
        await pilot.pause()
        began = time.process_time()
        for change in range(CHANGES):
            app.screen.set_focus(panes[change % 2])
            if is_ours:
                app.query_one(BottomLine).view = views[change % 2]
            await pilot.pause()
        return (time.process_time() - began) * 1000 / CHANGES


async def main() -> None:
    """Print both figures and their ratio."""
    theirs, ours = await cpu_per_change(is_ours=False), await cpu_per_change(is_ours=True)
    told = f"Footer {theirs:.2f} ms, bottom line {ours:.2f} ms a change: {theirs / ours:.1f} times"
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    asyncio.run(main())

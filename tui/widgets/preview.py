"""A look at the row under the cursor of the tree: its reply, its draft, or what that changed."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tui.domain.frozen import frozen
from tui.widgets.page import Layout, plain_layout
from tui.widgets.reader import Reader
from tui.widgets.text import one_line

REST: Final = 0.06
"""Seconds that the cursor rests on a row before that row is previewed."""


@frozen
class PreviewView:
    """What the preview shows."""

    tabs: Sequence[tuple[str, str, bool]] = ()
    """Key and name of every tab, and whether it is the one that is shown; none while closed."""
    title: str = ""
    """Untrusted text."""
    layout: Layout | None = None
    size: int = 0
    """Characters there are to lay out, about."""


class Preview(Vertical):
    """Shows a preview below the tree; takes no room while there is none."""

    DEFAULT_CSS = """
    Preview {
        height: 45%;
        min-height: 6;
        border-top: solid $guide;
        display: none;
    }
    Preview > Static {
        height: 1;
        padding: 0 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    preview: reactive[PreviewView] = reactive(PreviewView(), repaint=False)

    def compose(self) -> ComposeResult:
        """Compose the tabs and the text."""
        yield Static(id="preview-tabs", markup=False)
        yield Static(id="preview-title", markup=False)
        yield Reader(id="preview-text")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._resting: Timer | None = None

    def watch_preview(self, before: PreviewView, preview: PreviewView) -> None:
        """Show what is to be previewed: another tab at once, another row when the cursor rests."""
        self.display = bool(preview.tabs)
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        if before.tabs == preview.tabs:
            self._resting = self.set_timer(REST, self._show)
        else:
            self._show()

    def page(self, direction: int) -> None:
        """Scroll the text by half of what is seen of it: down for 1, up for -1."""
        reader = self.query_one(Reader)
        half = max(1, reader.size.height // 2)
        reader.scroll_relative(y=direction * half, animate=False)

    def _show(self) -> None:
        """Show what is to be previewed, from its top; of a diff the first change is in sight."""
        self._resting, preview = None, self.preview
        if not preview.tabs:
            return
        tabs: list[Content | tuple[str, str]] = []
        for key, name, is_shown in preview.tabs:
            tabs.append((f"{key} ", "bold $text-accent"))
            tabs.append((f"{name}  ", "bold" if is_shown else "$quiet"))
        self.query_one("#preview-tabs", Static).update(Content.assemble(*tabs))
        self.query_one("#preview-title", Static).update(Content(one_line(preview.title, 200)))
        layout = preview.layout or plain_layout("")
        self.query_one("#preview-text", Reader).show(layout, size=preview.size, stop=0)

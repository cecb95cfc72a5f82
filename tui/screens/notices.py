"""The screen with the last notices."""

from collections.abc import Sequence

from textual.app import ComposeResult

from tui.commands import Scope, bindings
from tui.screens.frame import FullScreen, Heading, HintLine, command_hint
from tui.widgets.notices import Notice
from tui.widgets.page import Page, Row, hanging, wrapped
from tui.widgets.reader import Reader
from tui.widgets.text import visible

_WIDEST = 96


class NoticesScreen(FullScreen[None]):
    """Shows notices, the newest first; returns nothing."""

    AUTO_FOCUS = "Reader"
    BINDINGS = bindings(Scope.NOTICES)

    def __init__(self, notices: Sequence[Notice]) -> None:
        """Show `notices`; their texts may be untrusted."""
        super().__init__()
        self._notices = tuple(notices)

    def compose(self) -> ComposeResult:
        """Compose heading, notices and keys."""
        count = len(self._notices)
        yield Heading("Notices", f"{count} shown" if count else "", id="notices-heading")
        yield Reader(most_columns=_WIDEST, id="text")
        yield HintLine((command_hint(self, "notices.close"),))

    def on_mount(self) -> None:
        """Show the notices."""
        self.query_one("#text", Reader).show(lambda width: notices_page(self._notices, width))


def notices_page(notices: Sequence[Notice], width: int) -> Page:
    """Lay notices out for a width in cells: each begins with its time, the rest hangs beside it."""
    rows: list[Row] = [()]
    if not notices:
        rows += wrapped([("No notices yet.", "quiet")], width)
    for notice in notices:
        at = f"{notice.at.astimezone():%H:%M}  "
        mark = ("! ", "mark") if notice.is_problem else ("  ", "")
        for number, line in enumerate(visible(notice.text).split("\n")):
            head = (at, "quiet") if not number else (" " * len(at), "")
            rows += hanging((head, mark), (line, ""), width)
        rows.append(())
    return Page(rows, list(range(len(rows))))

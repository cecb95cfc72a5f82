"""A dialog with the sessions of Claude Code that can be adopted; several can be marked."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from tui.commands import Scope, bindings
from tui.domain.adoption import title_of
from tui.domain.ids import SessionId
from tui.domain.session import FoundSession
from tui.domain.words import counted
from tui.screens.frame import Dialog
from tui.widgets.text import one_line

_TITLE_CELLS = 60
_FOLDER_CELLS = 40


class ImportScreen(Dialog[tuple[SessionId, ...]]):
    """Asks which sessions to adopt; returns those marked, or else the one under the cursor."""

    AUTO_FOCUS = "SelectionList"
    DEFAULT_CSS = """
    ImportScreen SelectionList { height: auto; max-height: 50vh; border: none; padding: 0; }
    """
    BINDINGS = bindings(Scope.IMPORT)
    HINTS = ("import.adopt", "import.all", "import.leave")

    def __init__(self, sessions: Sequence[FoundSession]) -> None:
        """Offer `sessions`, in their order; their titles are untrusted text."""
        super().__init__("Import sessions of Claude Code")
        self._sessions = tuple(sessions)

    def body(self) -> ComposeResult:
        """Compose what adopting means, and the list."""
        says = "Each becomes a piece with a copy of the session. The sessions stay as they are."
        yield Static(Content(says), classes="question quiet")
        yield SelectionList[SessionId](
            *(Selection(_face(found), found.session) for found in self._sessions), compact=True
        )

    @property
    def _list(self) -> SelectionList[SessionId]:
        return self.query_one(SelectionList)

    def action_adopt(self) -> None:
        """Return what is marked, or the session under the cursor."""
        marked = set(self._list.selected)
        if not marked and self._list.highlighted is not None:
            marked = {self._sessions[self._list.highlighted].session}
        self.dismiss(tuple(f.session for f in self._sessions if f.session in marked))

    def action_mark_all(self) -> None:
        """Mark every session, or none when all are."""
        if len(self._list.selected) == len(self._sessions):
            self._list.deselect_all()
        else:
            self._list.select_all()

    def action_leave(self) -> None:
        """Return nothing."""
        self.dismiss(())

    @on(SelectionList.SelectedChanged)
    def _marked(self, event: SelectionList.SelectedChanged[SessionId]) -> None:
        event.stop()


def _face(found: FoundSession) -> Content:
    changed = found.changed_at.astimezone().strftime("%Y-%m-%d %H:%M")
    folder = one_line(found.folder, _FOLDER_CELLS)
    return Content.assemble(
        one_line(title_of(found), _TITLE_CELLS),
        (f"  {counted(found.prompts, 'turn')} · {changed} · {folder}", "$text-muted"),
    )

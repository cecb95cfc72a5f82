"""The preview below the tree: what it shows of the row under the cursor, and its keys."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from tui.commands import Keymap
from tui.domain.changes import version_at
from tui.domain.content import Content, Version
from tui.domain.diff import compare
from tui.domain.drafts import Part, split_reply
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.tree_shape import Spot
from tui.domain.words import counted
from tui.screens.diff_layout import DiffView, lay_out
from tui.screens.diff_words import named
from tui.screens.main.group import ActionGroup
from tui.screens.main.ui import Handlers
from tui.screens.main.workspace import Workspace
from tui.widgets.page import Layout, Page, plain_layout
from tui.widgets.preview import PreviewView

TABS: Final = ("reply", "draft", "diff", "approved")
"""What can be previewed; also the ends of the commands' ids."""


class PreviewActions(ActionGroup):
    """The commands that open and close the preview."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {f"preview.{tab}": partial(self._show, tab) for tab in TABS}

    def _show(self, tab: str) -> None:
        """Show a tab; the one that is shown already is closed."""
        now = self._state.now
        self._state.put(replace(now, preview="" if now.preview == tab else tab))


@frozen
class _Row:
    """What the cursor of the tree is on."""

    content: Content
    branch: BranchId
    turn: int
    """Number of the turn along the branch; for the branch itself that of its last one."""
    by_hand: int = 0
    """Number of the version made by hand that the cursor is on; 0 for none."""

    @property
    def version(self) -> Version | None:
        """The draft as it is there."""
        number = self.by_hand or version_at(self.content, self.branch, self.turn)
        return None if number is None else self.content.version(number)

    @property
    def parent(self) -> Version | None:
        """The draft before that."""
        version = self.version
        before = None if version is None else version.before
        return None if before is None else self.content.version(before)


def preview_of(ws: Workspace, keymap: Keymap) -> PreviewView:
    """Return what the preview shows; nothing while it is closed."""
    if not ws.preview or ws.content is None or ws.branch is None:
        return PreviewView()
    spot = ws.tree_row or Spot(ws.branch)
    length = ws.content.length(spot.branch)
    row = _Row(ws.content, spot.branch, min(spot.turn, length) or length, spot.version)
    names = dict(zip(TABS, ("Reply", "Draft", "Diff", "Approved"), strict=True))
    tabs = tuple((keymap.key(f"preview.{tab}"), names[tab], tab == ws.preview) for tab in TABS)
    title, layout, size = _SHOWN[ws.preview](row)
    return PreviewView(tabs, title, layout, size)


_Shown = tuple[str, Layout | None, int]


def _reply(row: _Row) -> _Shown:
    if not row.turn:
        return "No turn here yet.", None, 0
    turn = row.content.turn_at(row.branch, row.turn).turn
    talk = "".join(part.text for part in split_reply(turn.reply) if part.part is Part.TALK)
    text = talk.strip() or "(only the draft)"
    return f"Turn {row.turn}", plain_layout(text), len(text)


def _draft(row: _Row) -> _Shown:
    version = row.version
    if version is None:
        return "No draft here yet.", None, 0
    title = f"{named(row.content, version, row.branch)} · {counted(version.words)}"
    return title, plain_layout(version.text), len(version.text)


def _diff(row: _Row) -> _Shown:
    return _compared(row, row.parent, "This is the first draft.")


def _approved(row: _Row) -> _Shown:
    approval = row.content.approval
    approved = None if approval is None else row.content.version(approval.version)
    return _compared(row, approved, "Nothing is approved yet.")


def _compared(row: _Row, before: Version | None, why_not: str) -> _Shown:
    version = row.version
    if version is None:
        return "No draft here yet.", None, 0
    if before is None:
        return why_not, None, 0
    route = " → ".join(named(row.content, one, row.branch) for one in (before, version))
    if before.sha256 == version.sha256:
        return f"{route} · same text", None, 0
    return route, partial(_diff_page, before.text, version.text), len(before.text + version.text)


def _diff_page(before: str, after: str, width: int) -> Page:
    return lay_out(compare(before, after), DiffView(), width)


_SHOWN: Final[dict[str, Callable[[_Row], _Shown]]] = {
    "reply": _reply,
    "draft": _draft,
    "diff": _diff,
    "approved": _approved,
}

"""Keeps the workspace in step with the library on disk: opens pieces, reads again, looks around."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.domain.catalog import Catalog, ContentRow, Mark, row_of
from tui.domain.catalog_changes import (
    CatalogChange,
    LibraryBack,
    LibraryLost,
    RowsChanged,
    RowsRemoved,
    StartAgain,
    applied,
)
from tui.domain.content import Content
from tui.domain.errors import Refused
from tui.domain.ids import BranchId, ContentId
from tui.domain.tree_shape import Part
from tui.screens.main import texts
from tui.screens.main.chat import ChatProjection
from tui.screens.main.conditions import NO_ROW
from tui.screens.main.screen_ui import ScreenUi
from tui.screens.main.ui import WorkspaceState
from tui.screens.main.unsent import swept
from tui.screens.main.workspace import (
    Live,
    Target,
    Workspace,
    closed,
    opened,
    target,
    with_catalog,
    with_content,
)
from tui.studio.conversation import Conversation
from tui.studio.studio import Studio

_logger = logging.getLogger(__name__)

SORT_AFTER: Final = 2.0
"""Seconds without a key after which the list may be sorted anew."""


class Library:
    """Opens pieces on the screen, and takes over what was saved, here or by another program."""

    def __init__(
        self,
        studio: Studio,
        state: WorkspaceState,
        ui: ScreenUi,
        chat: ChatProjection,
        now: Callable[[], datetime],
    ) -> None:
        self._studio = studio
        self._state = state
        self._ui = ui
        self._chat = chat
        self._now = now
        self._reported: set[str] = set()
        self._mark = Mark("")
        """The moment at which the list was read."""
        self.is_read = False
        """Whether what was there last time is on the screen, as far as it could be read."""

    @property
    def about(self) -> Target:
        """What a command is about; raises `Refused` when that is nothing."""
        found = target(self._state.now)
        if found is None:
            is_open = self._state.now.content is not None
            raise Refused(self._ui.keymap.fill(NO_ROW if is_open else texts.NO_PIECE_OPEN))
        return found

    @property
    def row(self) -> Target:
        """What a command about one branch or turn is about; raises `Refused` on a folded row."""
        about = self.about
        if about.folded is not Part.ITSELF:
            raise Refused(self._ui.keymap.fill(texts.FOLDED_ROW))
        return about

    async def begin(self) -> None:
        """Show what was there last time: the piece last worked on, or else the newest."""
        try:
            place = await self._studio.place()
            self._state.put(swept(replace(self._state.now, place=place)))
            await self._read_list(may_sort=True)
            order = self._state.now.order
            if place.content is not None and place.content in order:
                await self.open(place.content)
            elif order:
                await self.open(order[0])
        finally:
            self.is_read = True

    async def open(
        self,
        content_id: ContentId,
        branch_id: BranchId | None = None,
        turn: int = 0,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Show a piece: the branch asked for, or else the one last shown, and a turn of it.

        Nothing is shown when it `is_wanted` no more once it has been read.
        """
        content = await self._studio.content(content_id)
        shown = opened(self._state.now, content, branch_id)
        # A long conversation is read in a thread first; showing it then finds it remembered.
        await asyncio.to_thread(self._chat.prepare, content, shown.branch)
        if not is_wanted():
            return
        self._state.put(with_engine(opened(self._state.now, content, branch_id), self._studio))
        if turn:
            self._ui.show_turn(turn)

    async def open_branch(self, branch_id: BranchId, turn: int) -> None:
        """Show another branch of the piece on screen, or one turn on it."""
        content = self._state.now.content
        if content is not None:
            await self.open(content.id, branch_id, turn)

    async def take_over(self, content: Content) -> None:
        """Show the next value of a piece, and the list with it."""
        self._state.put(with_engine(with_content(self._state.now, content), self._studio))
        self.list_contents(content)

    async def read_again(self) -> None:
        """Read the piece on screen again."""
        content = self._state.now.content
        if content is not None:
            await self.take_over(await self._studio.content(content.id))

    # -- the list ----------------------------------------------------------------------------

    def list_contents(self, *contents: Content, may_sort: bool | None = None) -> None:
        """Put contents as they are now into the list, before the library reports the change."""
        newer = {row.id for row in self._state.now.catalog.rows if row.needs}
        rows = tuple(row_of(content) for content in contents if content.id not in newer)
        self._show(applied(self._state.now.catalog, RowsChanged(rows)), may_sort=may_sort)

    def unlist(self, content_id: ContentId) -> None:
        """Take a content out of the list."""
        self._show(applied(self._state.now.catalog, RowsRemoved(frozenset({content_id}))))

    async def _read_list(self, *, may_sort: bool | None = None) -> None:
        catalog, self._mark = await self._studio.marked_catalog()
        self._show(catalog, may_sort=may_sort)

    def _show(self, catalog: Catalog, *, may_sort: bool | None = None) -> None:
        """Show another catalog; it is sorted anew where it changed and no key came for a while."""
        for problem in catalog.problems:
            if problem not in self._reported:
                self._reported.add(problem)
                self._ui.show_notice(problem, is_problem=True)
        before = self._state.now
        if may_sort is None:
            is_changed = catalog.rows != before.catalog.rows
            may_sort = is_changed and self._ui.seconds_at_rest >= SORT_AFTER
        if catalog != before.catalog or may_sort:
            self._state.put(with_catalog(before, catalog, may_sort=may_sort))

    # -- what others change ------------------------------------------------------------------

    async def follow(self) -> None:
        """Take over what changes in the library, here or in another program, until it is closed.

        While the library cannot be read this says so once, and since when; once it is back all is
        read again.
        """
        async with self._studio.changes(self._mark) as changes:
            async for change in changes:
                await self._ui.guarded(self._take(change))

    async def _take(self, change: CatalogChange) -> None:
        match change:
            case LibraryLost(problem):
                _logger.warning("The library cannot be read: %s", problem)
                if self._state.now.unreadable_since is None:
                    self._state.put(replace(self._state.now, unreadable_since=self._now()))
                    gone = texts.quoted(texts.LIBRARY_GONE, problem=problem)
                    self._ui.show_notice(gone, is_problem=True)
            case LibraryBack():
                self._state.put(replace(self._state.now, unreadable_since=None))
                self._ui.show_notice(texts.LIBRARY_BACK)
                await self.read_again()
            case _:
                await self._take_rows(change)

    async def _take_rows(self, change: CatalogChange) -> None:
        before = self._state.now
        if isinstance(change, StartAgain):
            await self._read_list()
        else:
            self._show(applied(before.catalog, change))
        now = self._state.now
        if now.content is None:
            if now.order and now.search is None:
                await self.open(now.order[0])
        elif not now.is_writing_here:
            row, was = _row(now, now.content.id), _row(before, now.content.id)
            if row is None and was is not None:
                await self.put_away(before.order)
            elif row is not None and _may_concern(change, row):
                await self._read_shown()

    async def _read_shown(self) -> None:
        """Read the piece on screen again, as another program may have left it."""
        shown = self._state.now.content
        while shown is not None:
            fresh = await self._studio.content(shown.id)
            now = self._state.now
            if now.content is None or now.content.id != shown.id or now.is_writing_here:
                return
            if now.content is shown:
                if fresh != shown:
                    self._state.put(with_content(now, fresh))
                return
            shown = now.content  # What was read may be older than what came meanwhile.

    async def put_away(self, order: tuple[ContentId, ...]) -> None:
        """Close a piece that is gone; its neighbour in the list takes its place."""
        now = self._state.now
        gone = None if now.content is None else now.content.id
        place = order.index(gone) if gone is not None and gone in order else 0
        self._state.put(closed(now))
        if now.order:
            await self.open(now.order[min(place, len(now.order) - 1)])


def _row(workspace: Workspace, content_id: ContentId) -> ContentRow | None:
    return next((row for row in workspace.catalog.rows if row.id == content_id), None)


def _may_concern(change: CatalogChange, row: ContentRow) -> bool:
    """Whether a change may be about a content."""
    return isinstance(change, StartAgain) or (
        isinstance(change, RowsChanged) and row in change.rows
    )


def with_engine(workspace: Workspace, studio: Studio) -> Workspace:
    """Take over where Claude writes or waits for an answer, and the turn that runs on screen."""
    running = studio.conversations.running
    writing = {branch: talk.content_id for branch, talk in running.items()}
    asking = {branch: talk.content_id for branch, talk in running.items() if talk.reply.questions}
    return replace(
        workspace,
        writing=_kept(workspace.writing, writing),
        asking=_kept(workspace.asking, asking),
        live=_live(workspace, running),
    )


def _kept(
    before: Mapping[BranchId, ContentId], now: Mapping[BranchId, ContentId]
) -> Mapping[BranchId, ContentId]:
    return before if before == now else now


def _live(workspace: Workspace, running: Mapping[BranchId, Conversation]) -> Live | None:
    talk = None if workspace.branch is None else running.get(workspace.branch)
    if talk is None or talk.turn is None:
        return None
    live = Live(talk.turn.id, talk.is_stopping, talk.reply.estimate)
    return workspace.live if live == workspace.live else live

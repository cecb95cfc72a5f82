"""The list of pieces: new ones, finding, sorting, settings, the archive, the trash, and undo."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tui.domain.content import Content, TurnKind
from tui.domain.errors import RedraftError, Refused
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.list_query import Sort
from tui.domain.place import NOTHING_BEGUN, BegunPiece
from tui.domain.status import Status, status_words
from tui.domain.undo import Undone
from tui.domain.words import counted
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.library import with_engine
from tui.screens.main.prompts import Outgoing, Prompts
from tui.screens.main.ui import Handlers, Work
from tui.screens.main.workspace import Pane, filtered, narrowed, sorted_by
from tui.studio.sources import checked_sources

if TYPE_CHECKING:
    from tui.screens.content_settings import ContentSettings

_FILTERS: Final = (None, *Status)


class PieceActions(ActionGroup):
    """The commands about whole pieces, and about the list of them."""

    def __init__(self, desk: Desk, prompts: Prompts, *, take_back: Callable[[], bool]) -> None:
        """Take the parts; `take_back` undoes what is newer than the newest step of the library."""
        super().__init__(desk)
        self._prompts = prompts
        self._take_back = take_back
        self._looks = asyncio.Lock()
        self._under_cursor: ContentId | None = None

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {
            "new": self._new,
            "find": self.open_search,
            "list.sort": self._sort,
            "list.filter": self._filter,
            "settings": self._settings,
            "archive": self._archive,
            "delete": self._delete,
            "undo": self._undo,
            "redo": lambda: self._step(self._studio.undo_list.redo, texts.REDONE),
            "import": self._import,
        }

    # -- new ---------------------------------------------------------------------------------

    async def _new(self) -> None:
        from tui.screens.new_content import BLANK, NewContentScreen

        self._ui.start(self._studio.warm_up())
        begun = self._state.now.place.begun
        start = replace(begun, kind=begun.kind or BLANK.kind)
        dialog = NewContentScreen(start, check_sources=checked_sources, keep=self._keep_begun)
        new = await self._ui.open(dialog)
        if new is not None:
            await self.create(new)

    async def create(self, new: BegunPiece) -> None:
        """Create a piece and open it; one with a brief is generated at once."""
        content = await self._studio.create(
            new.title, kind=new.kind, brief=new.brief, sources=new.sources
        )
        self._keep_begun(NOTHING_BEGUN)
        self._state.put(narrowed(self._state.now, None))
        await self._library.open(content.id)
        self._library.list_contents(content, may_sort=True)
        self._ui.focus(Pane.PROMPT)
        if content.brief:
            brief = Outgoing(content.id, content.main, content.brief, TurnKind.GENERATE)
            self._prompts.start_turn(brief)

    def _keep_begun(self, begun: BegunPiece) -> None:
        """Remember what stands in the dialog for a new piece and is not created yet."""
        place = self._state.now.place
        if begun != place.begun:
            self._state.put_place(replace(place, begun=begun))

    async def go_to(self, content_id: ContentId, branch_id: BranchId | None) -> None:
        """Open a piece, or a branch of it, and go to its prompt."""
        await self._library.open(content_id, branch_id)
        self._ui.focus(Pane.PROMPT)

    # -- the list ----------------------------------------------------------------------------

    def open_search(self) -> None:
        """Open the search field over the list."""
        if self._state.now.search is None:
            self._state.put(narrowed(self._state.now, ""))
        self._ui.focus(Pane.SEARCH)

    async def search(self, typed: str) -> None:
        """Narrow the list down; the first hit is shown when the piece on screen is none."""
        self._state.put(narrowed(self._state.now, typed))
        await self._show_listed()

    def close_search(self) -> None:
        """Show the whole list again."""
        self._state.put(narrowed(self._state.now, None))

    def _sort(self) -> None:
        sorts = tuple(Sort)
        here = sorts.index(self._state.now.query.sort)
        sort = sorts[(here + 1) % len(sorts)]
        self._state.put(sorted_by(self._state.now, sort))
        by = {Sort.RECENT: "last change", Sort.TITLE: "title", Sort.STATUS: "status"}
        self._ui.show_notice(f"Sorted by {by[sort]}.")

    async def _filter(self) -> None:
        here = _FILTERS.index(self._state.now.status)
        status = _FILTERS[(here + 1) % len(_FILTERS)]
        self._state.put(filtered(self._state.now, status))
        await self._show_listed()

    def show_all(self) -> None:
        """Show pieces of every status again."""
        self._state.put(filtered(self._state.now, None))

    async def _show_listed(self) -> None:
        order = self._state.now.order
        if order and self._shown not in order:
            await self._library.open(order[0])

    async def look(self, content_id: ContentId) -> None:
        """Show the piece under the cursor of the list, unless the cursor moves on meanwhile."""
        self._under_cursor = content_id
        async with self._looks:
            if self._is_under_cursor(content_id) and self._shown != content_id:
                await self._library.open(
                    content_id, is_wanted=lambda: self._is_under_cursor(content_id)
                )

    def _is_under_cursor(self, content_id: ContentId) -> bool:
        return content_id == self._under_cursor

    @property
    def _shown(self) -> ContentId | None:
        content = self._state.now.content
        return None if content is None else content.id

    @property
    def is_looking(self) -> bool:
        """Whether the piece under the cursor is not shown yet."""
        return self._looks.locked()

    async def looked(self) -> None:
        """Wait until the piece under the cursor is shown."""
        async with self._looks:
            pass

    # -- settings ----------------------------------------------------------------------------

    async def _settings(self) -> None:
        from tui.screens.content_settings import ContentSettings, ContentSettingsScreen

        about = self._library.about
        content = await self._studio.content(about.content.id)
        branch = content.branch(about.branch)
        before = ContentSettings(
            content.title, content.kind, content.sources, content.has_web, branch.allowed
        )

        async def save(after: "ContentSettings") -> None:
            await self._save_settings(content.id, branch.id, before, after)

        is_writing = content.id in self._state.now.writing.values()
        dialog = ContentSettingsScreen(before, branch=branch.name, is_writing=is_writing, save=save)
        saved = await self._ui.open(dialog)
        if saved is not None and saved != before:
            await self._library.read_again()
            is_writing = content.id in self._state.now.writing.values()
            self._ui.show_notice(texts.LATER if is_writing else texts.SAVED)

    async def _save_settings(
        self,
        content_id: ContentId,
        branch_id: BranchId,
        before: "ContentSettings",
        after: "ContentSettings",
    ) -> None:
        """Save what was changed; what may be refused comes first, so that nothing is half saved."""
        studio = self._studio
        if (after.sources, after.has_web) != (before.sources, before.has_web):
            await studio.access.grant(content_id, after.sources, has_web=after.has_web)
        if after.title != before.title:
            await studio.decisions.rename(content_id, after.title)
        if after.kind != before.kind:
            await studio.set_kind(content_id, after.kind)
        forgotten = set(before.allowed) - set(after.allowed)
        if forgotten:
            await studio.access.withdraw(content_id, branch_id, forgotten)

    # -- archive and trash -------------------------------------------------------------------

    async def _archive(self) -> None:
        content = self._library.about.content
        self._check_idle(content)
        if content.status is Status.ARCHIVED:
            content = await self._studio.decisions.unarchive(content.id)
            told = texts.UNARCHIVED
        else:
            content = await self._studio.decisions.move(content.id, Status.ARCHIVED)
            told = texts.ARCHIVED
        self._notify(told, title=content.title, status=status_words(content.status))
        await self._library.take_over(content)

    def _check_idle(self, content: Content) -> None:
        if content.id in self._state.now.writing.values():
            stop = self._ui.keymap.key("stop")
            raise Refused(f"Claude is writing in “{content.title}”. Wait, or stop it with {stop}.")

    async def _delete(self) -> None:
        content = self._library.about.content
        self._check_idle(content)
        question = self._worded(texts.DELETE, title=content.title)
        if await self._ask(question, ("k", "Keep it"), ("m", "Move to the trash")) != "m":
            return
        order = self._state.now.order
        await self._studio.trash.delete(content.id)
        self._notify(texts.IN_TRASH, title=content.title)
        self._library.unlist(content.id)
        if self._shown == content.id:
            await self._library.put_away(order)

    # -- undo --------------------------------------------------------------------------------

    def _undo(self) -> Work | None:
        if self._take_back():
            return None
        return self._step(self._studio.undo_list.undo, texts.UNDONE)

    async def _step(self, take: Callable[[], Coroutine[Any, Any, Undone]], back: str) -> None:
        """Undo or redo, and tell what holds again and which key leads `back`.

        What happened to another piece than the one on screen is only told, unless that piece came
        back from the trash.
        """
        order, were = self._state.now.order, self._state.now.catalog.rows
        try:
            undone = await take()
        except RedraftError:
            await self._library.read_again()
            raise
        content, said, is_here = undone.content, undone.sentence, not undone.is_in_trash
        if is_here:
            self._library.list_contents(content)
        else:
            self._library.unlist(content.id)
        is_shown = self._shown == content.id
        if is_shown and is_here:
            await self._library.take_over(content)
        elif is_shown:
            await self._library.put_away(order)
        elif is_here and all(row.id != content.id for row in were):
            await self._library.open(content.id)
        elif f"“{content.title}”" not in said:
            said = f"“{content.title}”: {said}"
        self._state.put(with_engine(self._state.now, self._studio))
        self._ui.show_notice(f"{said} {self._worded(back)}")

    # -- import ------------------------------------------------------------------------------

    async def _import(self) -> None:
        from tui.screens.import_sessions import ImportScreen

        importing = self._studio.services.sessions
        found = await importing.found()
        new = [row.found for row in found if row.content is None and row.found.prompts]
        if not new:
            self._ui.show_notice(texts.NO_SESSIONS)
            return
        adopted: list[Content] = []
        here: set[SessionId] = set()
        for session in await self._ui.open(ImportScreen(new)) or ():
            if session in here:
                continue  # It came with another one, whose history it shares.
            made = await importing.adopt(session)
            if made.problem:
                self._ui.show_notice(made.problem)
            if made.content is not None:
                adopted.append(made.content)
                here.update(SessionId(branch.source) for branch in made.content.branches)
        if adopted:
            self._library.list_contents(*adopted, may_sort=True)
            await self._library.open(adopted[0].id)
            count = counted(len(adopted), "piece")
            self._ui.show_notice(f"Imported {count}. The sessions stay as they were.")

"""The decisions of a writer's that can be taken back, newest first, and done again."""

from collections.abc import Awaitable, Callable
from typing import Final

from tui.domain import undo
from tui.domain.catalog import ContentRow
from tui.domain.content import Content
from tui.domain.errors import NotFound, Refused
from tui.domain.ids import ContentId
from tui.domain.newest_step import StepSeen, newest_step_of, nothing_to_undo
from tui.domain.signing import signed
from tui.domain.steps import Action, UndoStep
from tui.domain.undo import Redo, Undone
from tui.domain.undo_words import done_words
from tui.studio.catalog import whole_catalog
from tui.studio.ports import Change, Clock, Store, Who

NOTHING_UNDONE: Final = "There is nothing to redo."

Discard = Callable[[ContentId, Change], Awaitable[Content]]
"""Moves a content to the trash after a check, which may raise `Refused`, and returns it."""


class _Overtaken(Refused):
    """A step that was about to be undone is no longer the newest of its content."""


class UndoList:
    """What undo takes back next, over a whole library that others may work on, too.

    What was undone can be done again until something else is decided or the program ends.
    """

    def __init__(self, store: Store, clock: Clock, *, who: Who, discard: Discard) -> None:
        self._store = store
        self._clock = clock
        self._who = who
        self._discard = discard
        self._shown: StepSeen | None = None
        """The step that the writer was told of last; None before there is one."""
        self._undone: list[Redo] = []
        """What was undone since the last decision, the last undo at the end."""

    def note(self, content: Content) -> None:
        """Note a decision: it is what undo takes back next, and nothing can be redone now."""
        self._undone.clear()
        self._shown = StepSeen(content.id, content.undo[-1].at)

    def forget(self) -> None:
        """Note that something was decided that cannot be undone."""
        self._undone.clear()
        self._shown = None

    async def undo(self) -> Undone:
        """Take back the newest decision of the person's in the library, deletions included.

        Raises `Refused` when there is none, when another program's came or went since the writer
        was told of the newest (it is named, and the next undo takes it back), or when what it
        changed was changed again by other means; then it is off the list, and the next undo takes
        back what came before it.
        """
        while True:
            rows, trash = await self._rows()
            newest = newest_step_of((*rows, *trash), self._who.id)
            before, self._shown = self._shown, newest
            if newest is None:
                raise Refused(nothing_to_undo((*rows, *trash)))
            deleted = next((row for row in trash if row.id == newest.content), None)
            if before not in (None, newest):
                raise Refused(await self._overtaken(newest, deleted))
            try:
                undone = await (self._undo_in(newest) if deleted is None else self._back(deleted))
            except _Overtaken:
                continue  # What is the newest now is told of first.
            rows, trash = await self._rows()
            self._shown = newest_step_of((*rows, *trash), self._who.id)
            if undone.redo is not None:
                self._undone.append(undone.redo)
                return undone

    async def _rows(self) -> tuple[tuple[ContentRow, ...], tuple[ContentRow, ...]]:
        """Return the rows of the library, and those of its trash that can be brought back.

        A row of the trash cannot while its id is in the library again, or was deleted once more.
        """
        catalog, _ = await whole_catalog(self._store)
        trash = {row.id: row for row in reversed(await self._store.trash())}
        here = {row.id for row in catalog.rows}
        return catalog.rows, tuple(row for row in trash.values() if row.id not in here)

    async def _overtaken(self, newest: StepSeen, deleted: ContentRow | None) -> str:
        if deleted is not None:
            said = done_words(deleted.title, Action.DELETE)
        else:
            content = await self._store.load(newest.content)
            said = done_words(content.title, content.undo[-1].action if content.undo else "")
        return (
            f"Nothing was undone: the newest step is another one by now, {said}. "
            "Undo again takes that back."
        )

    async def _back(self, deleted: ContentRow) -> Undone:
        content = await self._store.restore(deleted.id, without_deletion)
        redo = Redo(UndoStep(Action.DELETE, self._clock()), content)
        return Undone(content, f"“{content.title}” is back from the trash.", redo)

    async def _undo_in(self, newest: StepSeen) -> Undone:
        done: list[Undone] = []
        by = await self._who()

        def step_back(content: Content) -> Content:
            if not newest.is_newest_of(content):
                raise _Overtaken("The newest step is another one by now.")
            done.append(undo.undone(content, self._clock()))
            return signed(content, done[-1].content, by)

        try:
            await self._store.update(newest.content, step_back)
        except _Overtaken:
            raise
        except (Refused, NotFound):
            # Otherwise nothing before this step could ever be undone.
            await self._store.update(newest.content, newest.forgotten)
            self._shown = None
            raise
        return done[-1]

    @property
    def can_redo(self) -> bool:
        """Whether something was undone in this program, and nothing decided since."""
        return bool(self._undone)

    async def redo(self) -> Undone:
        """Do again what the last undo of this program took back, so that it can be undone again.

        Raises `Refused` when there is nothing, which is so after every new decision, or when what
        it would change was changed since; then nothing that was undone can be done again.
        """
        if not self._undone:
            raise Refused(NOTHING_UNDONE)
        redo = self._undone[-1]
        is_deletion = redo.step.action == Action.DELETE
        try:
            redone = await (self._delete_again(redo) if is_deletion else self._redo_in(redo))
        except (Refused, NotFound):
            # What was undone before it built on what has changed.
            self._undone.clear()
            raise
        # Another decision may have come meanwhile: then nothing is left to take away.
        self._undone = [kept for kept in self._undone if kept is not redo]
        if redone.content.undo:
            self._shown = StepSeen(redone.content.id, redone.content.undo[-1].at)
        return redone

    async def _delete_again(self, redo: Redo) -> Undone:
        title = redo.taken.title

        def unchanged(content: Content) -> Content:
            if not undo.shows_the_same(content, redo.taken):
                raise Refused(f"“{title}” has changed since, so it was not deleted again.")
            return content

        content = await self._discard(redo.taken.id, unchanged)
        return Undone(content, f"“{title}” is in the trash again.", is_in_trash=True)

    async def _redo_in(self, redo: Redo) -> Undone:
        done: list[Undone] = []
        by = await self._who()

        def step_again(content: Content) -> Content:
            done.append(undo.redone(content, redo, self._clock(), by))
            return signed(content, done[-1].content, by)

        await self._store.update(redo.taken.id, step_again)
        return done[-1]


def without_deletion(content: Content) -> Content:
    """Return a content from the trash with its deletion off the list."""
    is_deletion = bool(content.undo) and content.undo[-1].action == Action.DELETE
    return undo.without_last_step(content) if is_deletion else content

"""A writer's decisions that can be undone, newest first, and redone."""

from collections.abc import Awaitable, Callable
from typing import Final

from tui.domain import undo
from tui.domain.catalog import ContentRow
from tui.domain.content import Content
from tui.domain.errors import NotFound, Refused
from tui.domain.ids import ContentId
from tui.domain.newest_step import StepSeen, newest_step_of, nothing_to_undo
from tui.domain.signing import signed
from tui.domain.steps import Action, UndoStep, done_words
from tui.domain.undo import Redo, Undone
from tui.studio.ports import Change, Clock, Store, Who
from tui.studio.whole_catalog import whole_catalog

NOTHING_UNDONE: Final = "There is nothing to redo."

Discard = Callable[[ContentId, Change], Awaitable[Content]]
"""Checks a content, moves it to the trash and returns it; the check may raise `Refused`."""


class _Overtaken(Refused):
    """The step to undo is no longer the newest of its content."""


class UndoList:
    """The undo history of a whole library, which other programs may change too.

    An undone decision can be redone until another decision is made or the program ends.
    """

    def __init__(self, store: Store, clock: Clock, *, who: Who, discard: Discard) -> None:
        self._store = store
        self._clock = clock
        self._who = who
        self._discard = discard
        self._shown: StepSeen | None = None
        """The last step reported to the writer; None before the first report."""
        self._undone: list[Redo] = []
        """Steps undone since the last decision, the most recent undo last."""

    def note(self, content: Content) -> None:
        """Record a decision: the next undo takes it back, and nothing can be redone."""
        self._undone.clear()
        self._shown = StepSeen(content.id, content.undo[-1].at)

    @property
    def newest(self) -> StepSeen | None:
        """The step that this program reported last; None before the first one."""
        return self._shown

    def forget(self) -> None:
        """Record a decision that cannot be undone."""
        self._undone.clear()
        self._shown = None

    async def undo(self) -> Undone:
        """Undo the person's newest decision in the library, deletions included.

        Raises `Refused` in three cases. First, there is nothing to undo. Second, another program
        added or undid a decision since the newest step was last reported to the writer: the error
        names the newest step, and the next undo takes that step back. Third, the values that the
        step changed were changed again by other means: the step is dropped from the list, and the
        next undo takes back the one before.
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
        """Return the rows of the library, and the rows of its trash that can be restored.

        A row of the trash cannot be restored while its id is in the library again, nor can any but
        the last of several deletions of one id.
        """
        catalog, _ = await whole_catalog(self._store)
        trash = {row.id: row for row in reversed(await self._store.trash())}
        here = {row.id for row in catalog.rows}
        return catalog.rows, tuple(row for row in trash.values() if row.id not in here)

    async def _overtaken(self, newest: StepSeen, deleted: ContentRow | None) -> str:
        if deleted is not None:
            step = done_words(deleted.title, Action.DELETE)
        else:
            content = await self._store.load(newest.content)
            step = done_words(content.title, content.undo[-1].action if content.undo else "")
        return (
            f"Nothing was undone: the newest step is another one by now, {step}. "
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
            # Otherwise no step before this one could ever be undone.
            await self._store.update(newest.content, newest.forgotten)
            self._shown = None
            raise
        return done[-1]

    async def redo(self) -> Undone:
        """Redo the step that this program's last undo took back; the step can then be undone again.

        Raises `Refused` when there is nothing to redo, as after every new decision, or when the
        values to change were changed since; then no undone step can be redone any more.
        """
        if not self._undone:
            raise Refused(NOTHING_UNDONE)
        redo = self._undone[-1]
        is_deletion = redo.step.action == Action.DELETE
        try:
            redone = await (self._delete_again(redo) if is_deletion else self._redo_in(redo))
        except (Refused, NotFound):
            # The steps undone earlier build on the values that have changed.
            self._undone.clear()
            raise
        # Another decision may have come meanwhile: then there is nothing to remove.
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
    """Return a content from the trash with its deletion removed from the undo list."""
    is_deletion = bool(content.undo) and content.undo[-1].action == Action.DELETE
    return undo.without_last_step(content) if is_deletion else content

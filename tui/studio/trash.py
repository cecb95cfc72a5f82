"""The trash of a library: deleted contents, until they are restored or deleted for good."""

from collections.abc import Awaitable, Callable

from tui.domain import undo
from tui.domain.catalog import ContentRow, find_row
from tui.domain.content import Content
from tui.domain.errors import NotFound
from tui.domain.ids import ContentId
from tui.domain.steps import Action
from tui.studio.ports import Change, Clock, Store, Who
from tui.studio.undo_list import UndoList, without_deletion


class Trash:
    """Moves contents to the trash and restores them.

    `let_go` is called before a content is moved to the trash, to close its sessions; `let_go`
    raises `Refused` while Claude writes in the content.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        who: Who,
        let_go: Callable[[Content], Awaitable[None]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._who = who
        self._let_go = let_go
        self.undo_list = UndoList(store, clock, who=who, discard=self._discard)
        """The undo list of the library, deletions included."""

    async def delete(self, content_id: ContentId) -> Content:
        """Move a content to the trash and return it; refused while Claude writes in it."""
        content = await self._discard(content_id, lambda content: content)
        self.undo_list.note(content)
        return content

    async def rows(self) -> tuple[ContentRow, ...]:
        """Return a row of every content in the trash, the last deleted first."""
        return await self._store.trash()

    async def restore(self, reference: str) -> Content:
        """Restore a content from the trash by id, the start of an id, or exact title.

        Raises `NotFound`, or `Ambiguous` with the matching ids.
        """
        rows = await self._store.trash()
        try:
            row = find_row(rows, reference)
        except NotFound:
            has = ", ".join(f"“{row.title}” ({row.id})" for row in rows[:5]) or "nothing"
            raise NotFound(f"There is no “{reference}” in the trash; it holds: {has}.") from None
        content = await self._store.restore(row.id, without_deletion)
        self.undo_list.forget()
        return content

    async def empty(self) -> int:
        """Delete for good everything in the trash; return the number of contents deleted."""
        return await self._store.empty_trash()

    async def _discard(self, content_id: ContentId, check: Change) -> Content:
        await self._let_go(await self._store.load(content_id))
        by = await self._who()

        def deleted(content: Content) -> Content:
            content = check(content)
            return undo.with_step(content, content, Action.DELETE, self._clock(), by)

        return await self._store.discard(content_id, deleted)

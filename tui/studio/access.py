"""What Claude may read for a content: sources, the web, and permissions that the writer granted."""

from collections.abc import Collection, Sequence

from tui.domain.access import with_access, without_rules
from tui.domain.content import Content
from tui.domain.ids import BranchId, ContentId
from tui.studio.ports import Clock, Store
from tui.studio.sources import checked_sources


class Access:
    """Changes what Claude may read; every change applies from the next turn on."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def grant(
        self, content_id: ContentId, sources: Sequence[str], *, has_web: bool
    ) -> Content:
        """Replace the sources that Claude may read for a content, and its access to the web.

        Raises `InvalidInput` for a source that does not exist, unless the content had that source
        before.
        """
        before = await self._store.load(content_id)
        checked = await checked_sources(sources, kept=before.sources)
        return await self._store.update(
            content_id,
            lambda content: with_access(content, checked, has_web=has_web, at=self._clock()),
        )

    async def withdraw(
        self, content_id: ContentId, branch_id: BranchId, rules: Collection[str]
    ) -> Content:
        """Withdraw permissions granted on a branch; Claude asks again."""
        return await self._store.update(
            content_id, lambda content: without_rules(content, branch_id, rules)
        )

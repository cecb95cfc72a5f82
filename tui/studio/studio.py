"""The library as a writer works with it: create, open, fork, edit, approve, and talk to Claude."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace

from tui.domain import changes
from tui.domain.access import with_access
from tui.domain.catalog import Catalog, Mark, find_row
from tui.domain.catalog_changes import CatalogChange
from tui.domain.checks import checked_kind, checked_name, name_from_prompt
from tui.domain.content import Branch, Content, TurnState
from tui.domain.costs import NO_BUDGETS, Budgets
from tui.domain.errors import Refused, SessionLost
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.place import Place
from tui.domain.search import Hits, SearchQuery
from tui.domain.session import Account, Fork
from tui.studio.access import Access
from tui.studio.angles import Angles
from tui.studio.branch_writer import IDLE_AFTER, RENEW_EVERY
from tui.studio.budget import BudgetGuard
from tui.studio.context import ConversationContext, Rescue, no_rescue
from tui.studio.conversation import Conversation
from tui.studio.conversations import Conversations
from tui.studio.decisions import Decisions
from tui.studio.plan import fork_source
from tui.studio.ports import Agent, Clock, NewIds, Nobody, Store, Who
from tui.studio.recovery import Recovery
from tui.studio.services import Services
from tui.studio.sources import checked_sources
from tui.studio.trash import Trash
from tui.studio.whole_catalog import whole_catalog


class Studio:
    """Everything Redraft does without a screen.

    `conversations` talks to Claude, `decisions` changes contents, `trash` deletes and restores
    them, `undo_list` undoes both, `access` says what Claude may read, and `angles` has the prompts
    for other approaches.
    """

    def __init__(
        self,
        store: Store,
        agent: Agent,
        clock: Clock,
        new_ids: NewIds,
        *,
        model: str = "",
        budgets: Budgets = NO_BUDGETS,
        live_sessions: int = 3,
        recover_after: float | None = None,
        services: Services | None = None,
        rescue: Rescue = no_rescue,
        idle_after: float = IDLE_AFTER,
        renew_every: float = RENEW_EVERY,
        who: Who | None = None,
    ) -> None:
        self._store = store
        self._agent = agent
        self._clock = clock
        self._new_ids = new_ids
        who = who or Nobody()
        self._recovery = Recovery(store, agent, clock, behind_after=recover_after)
        context = ConversationContext(
            store=store,
            agent=agent,
            clock=clock,
            new_ids=new_ids,
            model=model,
            guard=BudgetGuard(budgets),
            rescue=rescue,
            who=who,
            idle_after=idle_after,
            renew_every=renew_every,
        )
        self.conversations = Conversations(context, self._recovery, live_sessions=live_sessions)
        self.trash = Trash(store, clock, who=who, let_go=self.conversations.let_go)
        self.undo_list = self.trash.undo_list
        self.decisions = Decisions(store, clock, self.undo_list, who=who)
        self.access = Access(store, clock)
        self.angles = Angles(store.angles)
        self.rescue = rescue
        """Saves a text outside a library that cannot save it, and says where; never raises."""
        self.budgets = budgets
        """The budgets; fixed for the life of the program."""
        self.is_leaving = False
        """Whether the program is about to exit; nothing new should start."""
        self._services = services

    @property
    def services(self) -> Services:
        """The import and export services; raises `Refused` when there are none."""
        if self._services is None:
            raise Refused("This library has no import and no export.")
        return self._services

    async def account(self) -> Account:
        """Return the login state, which decides whether Claude can be prompted."""
        return await self._agent.account()

    async def warm_up(self) -> None:
        """Prepare for a first prompt that will probably come soon."""
        await self._agent.warm_up()

    async def catalog(self) -> Catalog:
        """Return a row for every content, most recently changed first."""
        return (await self.marked_catalog())[0]

    async def marked_catalog(self) -> tuple[Catalog, Mark]:
        """Return all contents, and the mark since which `changes` reports later changes."""
        return await whole_catalog(self._store)

    def changes(self, since: Mark) -> AbstractAsyncContextManager[AsyncIterator[CatalogChange]]:
        """Yield changes of the catalog, made by any program; see `Store.changes`."""
        return self._store.changes(since)

    async def place(self) -> Place:
        """Return where the writer was."""
        return await self._store.place()

    async def save_place(self, place: Place) -> None:
        """Remember where the writer is."""
        await self._store.save_place(place)

    async def find(self, reference: str) -> Content:
        """Return the content for an id, an unambiguous start of one, or an exact title."""
        row = find_row((await self.catalog()).rows, reference)
        return await self._store.load(row.id)

    async def search(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        """Search for words in one content, or in all; see `Search`."""
        return await self._store.search(query, only, limit)

    async def content(self, content_id: ContentId) -> Content:
        """Return a content's current value; turns that a dead program left running are ended first.

        When `recover_after` is set, such turns are ended in the background and count as running
        until then.
        """
        return await self._recovery.look(
            await self._store.load(content_id), self.conversations.writing
        )

    def conversation(self, content_id: ContentId, branch_id: BranchId) -> Conversation:
        """Return the conversation on a branch; the same object every time."""
        return self.conversations.on(content_id, branch_id)

    async def create(
        self,
        title: str,
        *,
        kind: str = "post",
        brief: str = "",
        tags: Sequence[str] = (),
        sources: Sequence[str] = (),
        has_web: bool = False,
    ) -> Content:
        """Create a content with an empty main branch, its session id chosen and stored.

        Raises `InvalidInput`, before anything is created, also for a source that is not there.
        """
        checked = await checked_sources(sources)
        at = self._clock()
        content = changes.new_content(
            self._new_ids.content(),
            title=title,
            kind=kind,
            brief=brief,
            tags=tags,
            branch=BranchId(self._new_ids.uuid()),
            session=SessionId(self._new_ids.uuid()),
            at=at,
        )
        content = with_access(content, checked, has_web=has_web, at=at)
        await self._store.create(content)
        return content

    async def set_kind(self, content_id: ContentId, kind: str) -> Content:
        """Change a content's kind; raises `InvalidInput` for an unknown one."""
        kind = checked_kind(kind)
        return await self._store.update(
            content_id, lambda content: replace(content, kind=kind, updated_at=self._clock())
        )

    async def fork(
        self,
        content_id: ContentId,
        parent: BranchId,
        after_turn: int,
        name: str = "",
        *,
        version: int | None = None,
    ) -> tuple[Content, Branch]:
        """Fork a branch after a turn's answer (0: before the first turn).

        The fork's draft is the draft at that point, or the text of `version`; the next prompt tells
        Claude about that text once. The parent and its session do not change. Without a name, the
        branch is named after the prompt of that turn. Returns the content and the new branch.
        """
        content = await self._store.load(content_id)
        if after_turn:
            turn = content.turn_at(parent, after_turn).turn
            if turn.state is TurnState.RUNNING:
                raise Refused("Claude is still writing this answer: fork when it is complete.")
            name = name or name_from_prompt(turn.prompt)
        name = checked_name(name or "another start")
        new = BranchId(self._new_ids.uuid())
        session, anchor = SessionId(self._new_ids.uuid()), None
        copy = await self._copied_session(content, parent, after_turn, name)
        if copy is not None:
            session, anchor = copy.session, copy.anchor

        content = await self._store.update(
            content_id,
            lambda content: changes.forked(
                content,
                parent,
                after_turn,
                branch=new,
                session=session,
                name=name,
                at=self._clock(),
                version=version,
                anchor=anchor,
            ),
        )
        return content, content.branch(new)

    async def _copied_session(
        self, content: Content, parent: BranchId, after_turn: int, name: str
    ) -> Fork | None:
        """Return a copy of a branch's session up to a turn; None when there is none to copy.

        The first prompt of a fork without a copy tells Claude the turns again.
        """
        source = fork_source(content, parent, after_turn)
        if source is None:
            return None
        try:
            return await self._agent.fork(*source, title=f"{content.title}: {name}")
        except SessionLost:
            return None

    def stop_writing(self) -> None:
        """Ask Claude to stop on every branch, as the program exits; harmless when nothing runs."""
        self.is_leaving = True
        self.conversations.stop()

    async def close(self) -> None:
        """Stop and save every running turn, then close the agent and the store.

        Each part is closed even if another fails; the first error is raised at the end.
        """
        self.is_leaving = True
        async with AsyncExitStack() as closing:  # Closed from the last to the first.
            closing.push_async_callback(self._store.close)
            closing.push_async_callback(self._agent.close)
            closing.push_async_callback(self.conversations.close)
            closing.push_async_callback(self._recovery.close)
            self.conversations.stop()  # Before the recovery that a prompt may wait for is given up.

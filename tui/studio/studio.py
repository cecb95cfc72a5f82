"""The library as a writer works with it: create, open, fork, edit, approve, and talk to Claude."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace

from tui.domain import changes
from tui.domain.access import with_access, without_rules
from tui.domain.angles import Angle, FoundAngles
from tui.domain.catalog import Catalog, Mark, find_row
from tui.domain.catalog_changes import CatalogChange
from tui.domain.checks import checked_kind, checked_name, name_from_prompt
from tui.domain.content import Branch, Content, TurnState
from tui.domain.costs import NO_BUDGETS, Budgets
from tui.domain.errors import Refused, SessionLost
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.place import Place
from tui.domain.search import Hits, SearchQuery
from tui.domain.session import Account
from tui.studio.angles import all_angles, copy_angle
from tui.studio.branch_writer import IDLE_AFTER, RENEW_EVERY
from tui.studio.budget import BudgetGuard
from tui.studio.catalog import whole_catalog
from tui.studio.conversation import Conversation
from tui.studio.decisions import Decisions
from tui.studio.plan import fork_source
from tui.studio.ports import Agent, Clock, NewIds, Nobody, Store, Who
from tui.studio.recovery import Recovery
from tui.studio.running_turn import Rescue, no_rescue
from tui.studio.services import Services
from tui.studio.sources import checked_sources
from tui.studio.trash import Trash


class Studio:
    """Everything Redraft does without a screen; owns the conversations that are going on.

    `decisions` changes contents, `trash` deletes and restores them, `undo_list` undoes both.
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
        self._clock = clock
        self._who = who or Nobody()
        self.trash = Trash(store, clock, who=self._who, let_go=self._let_go)
        self.undo_list = self.trash.undo_list
        self.decisions = Decisions(store, clock, self.undo_list, who=self._who)
        self._agent = agent
        self._new_ids = new_ids
        self._model = model
        self.budgets = budgets
        """The budgets; fixed for the life of the program."""
        self.is_leaving = False
        """Whether the program is about to exit; nothing new should start."""
        self._guard = BudgetGuard(budgets)
        self._live_sessions = live_sessions
        self._rescue = rescue
        self._idle_after = idle_after
        self._renew_every = renew_every
        self._conversations: dict[BranchId, Conversation] = {}
        self._services = services
        self._recovery = Recovery(store, agent, clock, behind_after=recover_after)

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

    async def rescued(self, name: str, text: str) -> str:
        """Save a text outside a library that cannot save it; return a sentence that says where.

        Never raises.
        """
        return await self._rescue(name, text)

    async def angles(self) -> tuple[Angle, ...]:
        """Return all angles: those that come with Redraft, then the writer's own."""
        return (await self.found_angles()).angles

    async def found_angles(self) -> FoundAngles:
        """Return all angles, and a sentence for each that cannot be read; never raises."""
        return await all_angles(self._store)

    async def copy_angle(self, name: str) -> str:
        """Put a copy of a shipped angle into the library; return its path. See `copy_angle`."""
        return await copy_angle(self._store, name)

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
        return await self._recovery.look(await self._store.load(content_id), self.writing)

    @property
    def writing(self) -> frozenset[BranchId]:
        """The branches on which Claude is writing in this program."""
        return frozenset(branch for branch, talk in self._conversations.items() if talk.is_writing)

    @property
    def running(self) -> Mapping[BranchId, Conversation]:
        """The conversations in which a turn runs in this program, by their branch."""
        talks = self._conversations.items()
        return {branch: talk for branch, talk in talks if talk.is_writing}

    @property
    def writing_contents(self) -> frozenset[ContentId]:
        """The contents in which Claude is writing in this program."""
        talks = self._conversations.values()
        return frozenset(talk.content_id for talk in talks if talk.is_writing)

    @property
    def asking(self) -> Mapping[BranchId, ContentId]:
        """The branches on which Claude waits for the writer's answer, with their contents."""
        talks = self._conversations.items()
        return {
            branch: talk.content_id
            for branch, talk in talks
            if talk.is_writing and talk.reply.questions
        }

    def conversation(self, content_id: ContentId, branch_id: BranchId) -> Conversation:
        """Return the conversation on a branch; the same object every time."""
        talk = self._conversations.pop(branch_id, None)
        if talk is None:
            talk = Conversation(
                self._store,
                self._agent,
                self._clock,
                self._new_ids,
                content_id=content_id,
                branch_id=branch_id,
                model=self._model,
                guard=self._guard,
                rescue=self._rescue,
                idle_after=self._idle_after,
                renew_every=self._renew_every,
                who=self._who,
                before_turn=self._settle,
                before_connect=self._make_room,
            )
        self._conversations[branch_id] = talk
        return talk

    async def create(
        self,
        title: str,
        *,
        kind: str = "post",
        brief: str = "",
        sources: Sequence[str] = (),
        has_web: bool = False,
    ) -> Content:
        """Create a content with an empty main branch, its session id chosen and stored.

        Raises `InvalidInput`, before anything is created, for a source that is not there.
        """
        checked = await self.check_sources(sources)
        at = self._clock()
        content = changes.new_content(
            self._new_ids.content(),
            title=title,
            kind=kind,
            brief=brief,
            branch=BranchId(self._new_ids.uuid()),
            session=SessionId(self._new_ids.uuid()),
            at=at,
        )
        content = with_access(content, checked, has_web=has_web, at=at)
        await self._store.create(content)
        return content

    async def set_access(
        self, content_id: ContentId, sources: Sequence[str], *, has_web: bool
    ) -> Content:
        """Replace the sources that Claude may read for a content, and its access to the web.

        The change applies from the next turn on. Raises `InvalidInput` for a source that does not
        exist, unless the content had that source before.
        """
        before = await self._store.load(content_id)
        checked = await self.check_sources(sources, kept=before.sources)
        return await self._store.update(
            content_id,
            lambda content: with_access(content, checked, has_web=has_web, at=self._clock()),
        )

    async def check_sources(
        self, named: Sequence[str], *, kept: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Return folders and files as absolute paths; see `checked_sources`."""
        if not any(name.strip() for name in named):
            return ()
        return await checked_sources(named, kept=kept)

    async def forget_allowed(
        self, content_id: ContentId, branch_id: BranchId, rules: Collection[str]
    ) -> Content:
        """Withdraw all permissions granted on a branch; Claude asks again from the next turn on."""
        return await self._store.update(
            content_id, lambda content: without_rules(content, branch_id, rules)
        )

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
        source = fork_source(content, parent, after_turn)
        if source is not None:
            try:
                copy = await self._agent.fork(*source, title=f"{content.title}: {name}")
                session, anchor = copy.session, copy.anchor
            except SessionLost:
                anchor = None  # The fork's first prompt tells the turns again.

        def forked(content: Content) -> Content:
            at = self._clock()
            content = changes.forked(
                content,
                parent,
                after_turn,
                branch=new,
                session=session,
                name=name,
                at=at,
                version=version,
            )
            is_live = anchor is not None
            branch = replace(
                content.branch(new),
                base_anchor=anchor,
                is_live=is_live,
                total_cost=0.0 if is_live else None,  # A copied session counts from nothing.
            )
            return changes.with_branch(content, branch)

        content = await self._store.update(content_id, forked)
        return content, content.branch(new)

    def stop_writing(self) -> None:
        """Ask Claude to stop on every branch, as the program exits; harmless when nothing runs."""
        self.is_leaving = True
        for talk in self._conversations.values():
            talk.stop()

    async def close(self) -> None:
        """Stop and save every running turn, then close the agent and the store.

        Each part is closed even if another fails; the first error is raised at the end.
        """
        self.is_leaving = True
        async with AsyncExitStack() as closing:  # Closed from the last to the first.
            closing.push_async_callback(self._store.close)
            closing.push_async_callback(self._agent.close)
            closing.push_async_callback(self._close_conversations)
            closing.push_async_callback(self._recovery.close)
            for talk in self._conversations.values():
                talk.stop()  # Before the recovery is given up that its prompt may wait for.

    async def _close_conversations(self) -> None:
        closing = [talk.close() for talk in self._conversations.values()]
        results = await asyncio.gather(*closing, return_exceptions=True)
        problems = [result for result in results if isinstance(result, BaseException)]
        if problems:
            raise problems[0]

    async def _let_go(self, content: Content) -> None:
        """Close the idle sessions of a content; raises `Refused` while Claude writes in it."""
        if content.id in self.writing_contents:
            raise Refused(f"Claude is writing in “{content.title}”: wait, or stop it first.")
        for branch in content.branches:
            talk = self._conversations.pop(branch.id, None)
            if talk is not None:
                await talk.close()

    async def _settle(self, talk: Conversation) -> None:
        await self._recovery.settle(talk.content_id, talk.branch_id)

    async def _make_room(self, coming: Conversation) -> None:
        """Disconnect the least recently used idle conversations, to stay within the limit."""
        others = [talk for talk in self._conversations.values() if talk is not coming]
        for talk in others:
            live = sum(other.is_connected or other.is_writing for other in others)
            if live < self._live_sessions:
                return
            # Checked again each time: a turn may have begun while another conversation was
            # disconnected.
            if talk.is_connected and not talk.is_writing:
                # Not cancellable: a stop of the next turn must not leave the disconnected branch
                # leased.
                await asyncio.shield(talk.disconnect())

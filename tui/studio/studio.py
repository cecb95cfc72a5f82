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

    `decisions` changes contents, `trash` moves them away and back, `undo_list` takes either back.
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
        """What may be spent; it holds from the start of the program to its end."""
        self.is_leaving = False
        """Whether the program is about to end: nothing new is to be begun."""
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
        """What carries contents in and out; raises `Refused` where there is nothing of the kind."""
        if self._services is None:
            raise Refused("This library has no import and no export.")
        return self._services

    async def account(self) -> Account:
        """Return whether Claude can be asked at all."""
        return await self._agent.account()

    async def warm_up(self) -> None:
        """Get ready for a first prompt that will probably come soon."""
        await self._agent.warm_up()

    async def catalog(self) -> Catalog:
        """Return all contents, a row each, most recently changed first."""
        return (await self.marked_catalog())[0]

    async def marked_catalog(self) -> tuple[Catalog, Mark]:
        """Return all contents, and the mark since which `changes` tells of what comes."""
        return await whole_catalog(self._store)

    def changes(self, since: Mark) -> AbstractAsyncContextManager[AsyncIterator[CatalogChange]]:
        """Tell what changes in the catalog, whoever changes it; see `Store`."""
        return self._store.changes(since)

    async def place(self) -> Place:
        """Return where the writer was."""
        return await self._store.place()

    async def save_place(self, place: Place) -> None:
        """Remember where the writer is."""
        await self._store.save_place(place)

    async def rescued(self, name: str, text: str) -> str:
        """Keep a text that the library cannot take elsewhere; return the sentence that says where.

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
        """Return the content an id, an unambiguous start of one, or an exact title stands for."""
        row = find_row((await self.catalog()).rows, reference)
        return await self._store.load(row.id)

    async def search(self, query: SearchQuery, only: ContentId | None, limit: int) -> Hits:
        """Return where words occur in one content, or in all; see `Search`."""
        return await self._store.search(query, only, limit)

    async def content(self, content_id: ContentId) -> Content:
        """Return a content as it is now; turns that a dead program left running are ended first.

        Where `recover_after` is set they are ended behind the screen, and run on until then.
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
        """Return the conversation on a branch, always the same one."""
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
        """Let Claude read other sources for a content, and ask for the web or not.

        It holds from the next turn on. Raises `InvalidInput` for a source that is not there and
        was not there before either.
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
        """Have Claude ask again, from the next turn on, about what was allowed on a branch."""
        return await self._store.update(
            content_id, lambda content: without_rules(content, branch_id, rules)
        )

    async def set_kind(self, content_id: ContentId, kind: str) -> Content:
        """Give a content another kind; raises `InvalidInput` for none."""
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
        """Make a branch that leaves another after a turn's answer (0: before the first turn).

        Its draft is the one of that place, or the text of `version`; Claude is told that once.

        The parent and its session stay as they are. Without a name it gets one from the prompt
        of that turn. Returns the content and the new branch.
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
        """Ask Claude to stop on every branch, since the program ends; harmless where none runs."""
        self.is_leaving = True
        for talk in self._conversations.values():
            talk.stop()

    async def close(self) -> None:
        """Stop every turn that runs, save it, and let go of Claude and of the library.

        Each part is closed whatever becomes of the others; what the first one to fail raised is
        raised at the end.
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
        """End the idle sessions of a content; raises `Refused` while Claude writes in it."""
        if content.id in self.writing_contents:
            raise Refused(f"Claude is writing in “{content.title}”: wait, or stop it first.")
        for branch in content.branches:
            talk = self._conversations.pop(branch.id, None)
            if talk is not None:
                await talk.close()

    async def _settle(self, talk: Conversation) -> None:
        await self._recovery.settle(talk.content_id, talk.branch_id)

    async def _make_room(self, coming: Conversation) -> None:
        """Disconnect the idle conversations that were used least recently, to keep to the limit."""
        others = [talk for talk in self._conversations.values() if talk is not coming]
        for talk in others:
            live = sum(other.is_connected or other.is_writing for other in others)
            if live < self._live_sessions:
                return
            # Asked anew each time: it may have begun while another was being disconnected.
            if talk.is_connected and not talk.is_writing:
                # To its end: a stop of the coming turn must not leave that branch leased.
                await asyncio.shield(talk.disconnect())

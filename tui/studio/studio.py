"""The library as a writer works with it: create, open, fork, edit, approve, and talk to Claude."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tui.domain import changes
from tui.domain.catalog import Catalog, find_row
from tui.domain.checks import checked_name, checked_title, name_from_prompt, unique_name
from tui.domain.content import Branch, Content, TurnState, Version
from tui.domain.drafts import finished_draft, partial_draft
from tui.domain.errors import Refused, SessionLost
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.place import Place
from tui.domain.session import Account
from tui.domain.status import Status
from tui.studio.conversation import Conversation
from tui.studio.files import write_whole
from tui.studio.plan import fork_source
from tui.studio.ports import Agent, Clock, NewIds, Store


class Studio:
    """Everything Redraft does without a screen; owns the conversations that are going on."""

    def __init__(
        self,
        store: Store,
        agent: Agent,
        clock: Clock,
        new_ids: NewIds,
        *,
        model: str = "",
        live_sessions: int = 3,
    ) -> None:
        self._store = store
        self._agent = agent
        self._clock = clock
        self._new_ids = new_ids
        self._model = model
        self._live_sessions = live_sessions
        self._conversations: dict[BranchId, Conversation] = {}

    async def account(self) -> Account:
        """Return whether Claude can be asked at all."""
        return await self._agent.account()

    async def warm_up(self) -> None:
        """Get ready for a first prompt that will probably come soon."""
        await self._agent.warm_up()

    async def catalog(self) -> Catalog:
        """Return all contents, a row each, most recently changed first."""
        return await self._store.catalog()

    async def place(self) -> Place:
        """Return where the writer was."""
        return await self._store.place()

    async def save_place(self, place: Place) -> None:
        """Remember where the writer is."""
        await self._store.save_place(place)

    async def find(self, reference: str) -> Content:
        """Return the content an id, an unambiguous start of one, or an exact title stands for."""
        row = find_row((await self._store.catalog()).rows, reference)
        return await self._store.load(row.id)

    async def content(self, content_id: ContentId) -> Content:
        """Return a content as it is now; turns that a dead program left running are marked so."""
        content = await self._store.load(content_id)
        for branch in content.branches:
            if _is_running(branch) and branch.id not in self.writing:
                content = await self._interrupt_if_abandoned(content, branch.id)
        return content

    @property
    def writing(self) -> frozenset[BranchId]:
        """The branches on which Claude is writing in this program."""
        return frozenset(branch for branch, talk in self._conversations.items() if talk.is_writing)

    @property
    def writing_contents(self) -> frozenset[ContentId]:
        """The contents in which Claude is writing in this program."""
        talks = self._conversations.values()
        return frozenset(talk.content_id for talk in talks if talk.is_writing)

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
                before_connect=self._make_room,
            )
        self._conversations[branch_id] = talk
        return talk

    async def create(self, title: str, *, kind: str = "post", brief: str = "") -> Content:
        """Create a content with an empty main branch, its session id chosen and stored."""
        content = changes.new_content(
            self._new_ids.content(),
            title=title,
            kind=kind,
            brief=brief,
            branch=BranchId(self._new_ids.uuid()),
            session=SessionId(self._new_ids.uuid()),
            at=self._clock(),
        )
        await self._store.create(content)
        return content

    async def fork(
        self, content_id: ContentId, parent: BranchId, after_turn: int, name: str = ""
    ) -> tuple[Content, Branch]:
        """Make a branch that leaves another after a turn's answer (0: before the first turn).

        The parent and its session stay as they are. Without a name it gets one from the prompt
        of that turn. Returns the content and the new branch.
        """
        content = await self._store.load(content_id)
        if after_turn:
            turn = content.turn_at(parent, after_turn).turn
            if turn.state is TurnState.RUNNING:
                raise Refused(f"Turn {after_turn} is still being written: fork when it has ended.")
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
                content, parent, after_turn, branch=new, session=session, name=name, at=at
            )
            branch = replace(content.branch(new), base_anchor=anchor, is_live=anchor is not None)
            return changes.with_branch(content, branch)

        content = await self._store.update(content_id, forked)
        return content, content.branch(new)

    async def edit(self, content_id: ContentId, branch_id: BranchId, text: str) -> Content:
        """Save a text by the writer's hand as the next version; an unchanged one makes none."""
        return await self._change(
            content_id, lambda content: changes.edited(content, branch_id, text, self._clock())
        )

    async def take_draft(self, content_id: ContentId, branch_id: BranchId, number: int) -> Content:
        """Make a version of what a turn answered: its draft, whole or partial, or else its talk."""

        def taken(content: Content) -> Content:
            numbered = content.turn_at(branch_id, number)
            reply = numbered.turn.reply
            text = finished_draft(reply) or partial_draft(reply) or reply
            return changes.taken_draft(
                content, numbered.owner, numbered.turn.id, text, self._clock()
            )

        return await self._change(content_id, taken)

    async def approve(self, content_id: ContentId, number: int) -> Content:
        """Approve exactly this version."""
        return await self._change(
            content_id, lambda content: changes.approved(content, number, self._clock())
        )

    async def publish(self, content_id: ContentId, target: str) -> tuple[Content, Version]:
        """Mark the approved version published; returns it with the content."""
        content = await self._change(
            content_id, lambda content: changes.published(content, target, self._clock())
        )
        publication = content.publication
        if publication is None:
            raise Refused(f"“{content.title}” has nothing published.")
        return content, content.version(publication.version)

    async def publish_to_file(self, content_id: ContentId, file: Path) -> tuple[Content, Version]:
        """Write the approved text to a file, then mark it published; see `publish`.

        Nothing is written when publishing is not legal now, nothing marked when writing fails.
        """
        planned = changes.published(await self.content(content_id), str(file), self._clock())
        if planned.publication is not None:
            text = planned.version(planned.publication.version).text
            await asyncio.to_thread(write_whole, file, text)
        return await self.publish(content_id, str(file))

    async def move(self, content_id: ContentId, target: Status) -> Content:
        """Move a content to review, back to draft, or into the archive."""
        return await self._change(
            content_id, lambda content: changes.with_status(content, target, self._clock())
        )

    async def unarchive(self, content_id: ContentId) -> Content:
        """Take a content out of the archive, back to the status it had."""

        def restored(content: Content) -> Content:
            target = content.status_before_archive or Status.DRAFT
            return changes.with_status(content, target, self._clock())

        return await self._change(content_id, restored)

    async def make_main(self, content_id: ContentId, branch_id: BranchId) -> Content:
        """Make another branch the main one."""
        return await self._change(
            content_id, lambda content: changes.with_main(content, branch_id, self._clock())
        )

    async def rename(self, content_id: ContentId, title: str) -> Content:
        """Give a content another title."""
        title = checked_title(title)
        return await self._change(content_id, lambda content: replace(content, title=title))

    async def rename_branch(self, content_id: ContentId, branch_id: BranchId, name: str) -> Content:
        """Give a branch another name."""

        def renamed(content: Content) -> Content:
            branch = content.branch(branch_id)
            others = replace(
                content, branches=tuple(b for b in content.branches if b.id != branch_id)
            )
            new_name = unique_name(others, checked_name(name))
            return changes.with_branch(content, replace(branch, name=new_name))

        return await self._change(content_id, renamed)

    async def close(self) -> None:
        """Stop every turn that runs, save it, and let go of Claude and of the library."""
        await asyncio.gather(*(talk.close() for talk in self._conversations.values()))
        await self._agent.close()
        await self._store.close()

    async def _change(self, content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        return await self._store.update(content_id, change)

    async def _interrupt_if_abandoned(self, content: Content, branch_id: BranchId) -> Content:
        claim = await self._store.claim(branch_id)
        if claim is None:
            return content
        try:
            return await self._store.update(
                content.id, lambda now: changes.interrupted(now, branch_id, self._clock())
            )
        finally:
            claim.release()

    async def _make_room(self, coming: Conversation) -> None:
        """Disconnect the idle conversations that were used least recently, to keep to the limit."""
        others = [talk for talk in self._conversations.values() if talk is not coming]
        connected = [talk for talk in others if talk.is_connected]
        idle = [talk for talk in connected if not talk.is_writing]
        surplus = len(connected) + 1 - self._live_sessions
        for talk in idle[: max(0, surplus)]:
            await talk.disconnect()


def _is_running(branch: Branch) -> bool:
    return bool(branch.turns) and branch.turns[-1].state is TurnState.RUNNING

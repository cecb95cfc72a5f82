"""The conversations of a program: one for each branch, few of them connected at a time."""

import asyncio
from collections.abc import Mapping

from tui.domain.content import Content
from tui.domain.errors import Refused
from tui.domain.ids import BranchId, ContentId
from tui.studio.context import ConversationContext
from tui.studio.conversation import Conversation
from tui.studio.recovery import Recovery


class Conversations:
    """Owns the conversations that are going on."""

    def __init__(
        self, context: ConversationContext, recovery: Recovery, *, live_sessions: int
    ) -> None:
        self._context = context
        self._recovery = recovery
        self._live_sessions = live_sessions
        """How many sessions stay connected, unless Claude is writing in more."""
        self._talks: dict[BranchId, Conversation] = {}
        """By branch, the least recently used first."""

    def on(self, content_id: ContentId, branch_id: BranchId) -> Conversation:
        """Return the conversation on a branch; the same object every time."""
        talk = self._talks.pop(branch_id, None)
        if talk is None:
            talk = Conversation(
                self._context,
                content_id,
                branch_id,
                before_turn=self._settle,
                before_connect=self._make_room,
            )
        self._talks[branch_id] = talk
        return talk

    @property
    def running(self) -> Mapping[BranchId, Conversation]:
        """The conversations in which a turn runs in this program, by their branch."""
        return {branch: talk for branch, talk in self._talks.items() if talk.is_writing}

    @property
    def writing(self) -> frozenset[BranchId]:
        """The branches on which Claude is writing in this program."""
        return frozenset(self.running)

    @property
    def asking(self) -> Mapping[BranchId, ContentId]:
        """The branches on which Claude waits for the writer's answer, with their contents."""
        running = self.running.items()
        return {branch: talk.content_id for branch, talk in running if talk.reply.questions}

    async def let_go(self, content: Content) -> None:
        """Close the idle sessions of a content; raises `Refused` while Claude writes in it."""
        if any(talk.content_id == content.id for talk in self.running.values()):
            raise Refused(f"Claude is writing in “{content.title}”: wait, or stop it first.")
        for branch in content.branches:
            talk = self._talks.pop(branch.id, None)
            if talk is not None:
                await talk.close()

    def stop(self) -> None:
        """Ask Claude to stop on every branch; harmless when nothing runs."""
        for talk in self._talks.values():
            talk.stop()

    async def close(self) -> None:
        """Stop and save every running turn; raises the first error once all are closed."""
        closing = [talk.close() for talk in self._talks.values()]
        results = await asyncio.gather(*closing, return_exceptions=True)
        problems = [result for result in results if isinstance(result, BaseException)]
        if problems:
            raise problems[0]

    async def _settle(self, talk: Conversation) -> None:
        await self._recovery.settle(talk.content_id, talk.branch_id)

    async def _make_room(self, coming: Conversation) -> None:
        """Disconnect the least recently used idle conversations, to stay within the limit."""
        others = [talk for talk in self._talks.values() if talk is not coming]
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

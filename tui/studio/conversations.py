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
        self._conversations: dict[BranchId, Conversation] = {}
        """By branch, the least recently used first."""

    def on(self, content_id: ContentId, branch_id: BranchId) -> Conversation:
        """Return the conversation on a branch; the same object every time."""
        conversation = self._conversations.pop(branch_id, None)
        if conversation is None:
            conversation = Conversation(
                self._context,
                content_id,
                branch_id,
                before_turn=self._settle,
                before_connect=self._make_room,
            )
        self._conversations[branch_id] = conversation
        return conversation

    @property
    def running(self) -> Mapping[BranchId, Conversation]:
        """The conversations in which a turn runs in this program, by their branch."""
        return {branch: one for branch, one in self._conversations.items() if one.is_writing}

    @property
    def writing(self) -> frozenset[BranchId]:
        """The branches on which Claude is writing in this program."""
        return frozenset(self.running)

    @property
    def asking(self) -> Mapping[BranchId, ContentId]:
        """The branches on which Claude waits for the writer's answer, with their contents."""
        running = self.running.items()
        return {branch: one.content_id for branch, one in running if one.reply.questions}

    async def let_go(self, content: Content) -> None:
        """Close the idle sessions of a content; raises `Refused` while Claude writes in it."""
        if any(one.content_id == content.id for one in self.running.values()):
            raise Refused(f"Claude is writing in “{content.title}”: wait, or stop it first.")
        for branch in content.branches:
            conversation = self._conversations.pop(branch.id, None)
            if conversation is not None:
                await conversation.close()

    def stop(self) -> None:
        """Ask Claude to stop on every branch; harmless when nothing runs."""
        for conversation in self._conversations.values():
            conversation.stop()

    async def close(self) -> None:
        """Stop and save every running turn; raises the first error once all are closed."""
        closing = [one.close() for one in self._conversations.values()]
        results = await asyncio.gather(*closing, return_exceptions=True)
        problems = [result for result in results if isinstance(result, BaseException)]
        if problems:
            raise problems[0]

    async def _settle(self, conversation: Conversation) -> None:
        await self._recovery.settle(conversation.content_id, conversation.branch_id)

    async def _make_room(self, coming: Conversation) -> None:
        """Disconnect the least recently used idle conversations, to stay within the limit."""
        others = [one for one in self._conversations.values() if one is not coming]
        for conversation in others:
            live = sum(other.is_connected or other.is_writing for other in others)
            if live < self._live_sessions:
                return
            # Checked again each time: a turn may have begun while another conversation was
            # disconnected.
            if conversation.is_connected and not conversation.is_writing:
                # Not cancellable: a stop of the next turn must not leave the disconnected branch
                # leased.
                await asyncio.shield(conversation.disconnect())

"""A draft that is open in the editor, and Claude's work on its passages."""

import asyncio
from collections.abc import Awaitable, Callable

from tui.domain.content import Choice, Content, Refusal, Turn, TurnKind, TurnState, Version
from tui.domain.diff import compare
from tui.domain.drafts import Part, split_reply
from tui.domain.errors import Refused
from tui.domain.ids import BranchId
from tui.domain.passage import Passage, Span, put_back_words
from tui.domain.reply import Reply
from tui.screens.main.prompts import Prompts
from tui.screens.passage import PassageAnswer
from tui.studio.studio import Studio


class OpenDraft:
    """What is saved of a draft while it is edited: it changes when Claude works on a passage."""

    def __init__(
        self,
        studio: Studio,
        prompts: Prompts,
        content: Content,
        branch: BranchId,
        *,
        draft: Version | None,
        saved: Callable[[Content, BranchId], Awaitable[None]],
    ) -> None:
        """Open a draft of a branch, not the newest one perhaps; `saved` is told of new versions."""
        self.content = content
        self._studio = studio
        self._prompts = prompts
        self._branch = branch
        self._older = draft
        """The version that is edited, until a newer one is saved from here."""
        self._saved = saved
        self._answered: tuple[Version, Version] | None = None
        """The version that was asked about last, and the one that came of it."""

    @property
    def draft(self) -> Version | None:
        """The draft as it is saved now."""
        return self._older or self.content.draft(self._branch)

    @property
    def text(self) -> str:
        """The text of the draft; empty without one."""
        return "" if self.draft is None else self.draft.text

    @property
    def locks(self) -> tuple[Span, ...]:
        """What is locked in the draft."""
        return () if self.draft is None else self.draft.locks

    @property
    def reply(self) -> Reply:
        """What has arrived of the answer that is being written."""
        talk = self._studio.conversation(self.content.id, self._branch)
        return talk.reply if talk.is_writing else Reply()

    def stop(self) -> None:
        """Ask Claude to stop; what has arrived is kept."""
        self._studio.conversation(self.content.id, self._branch).stop()

    async def save(self, text: str, locks: tuple[Span, ...]) -> Version:
        """Save what the editor holds, if that is not the draft; raises `RedraftError`."""
        on = None if self.draft is None else self.draft.number
        if text != self.text or locks != self.locks:
            self.content = await self._studio.edit_version(
                self.content.id, self._branch, text, on=on, locks=locks
            )
            self._older = None
            await self._saved(self.content, self._branch)
        if self.draft is None:
            raise Refused("There are no words yet.")
        return self.draft

    async def ask(self, span: Span, prompt: str, kind: TurnKind) -> PassageAnswer:
        """Ask about a stretch of the draft and wait for the end; raises `RedraftError`."""
        before = self.draft
        if before is None:
            raise Refused("There are no words yet.")
        self._answered = None
        content_id, branch = self.content.id, self._branch
        passage = Passage(before.number, span)
        await self._prompts.run_turn(content_id, branch, prompt, kind, passage)
        self.content = await self._studio.content(content_id)
        self._older = None
        turn = self.content.branch(branch).turns[-1]
        after = self.draft
        if turn.version is None or after is None or after.number != turn.version:
            return _answer(turn, span.of(before.text), None)
        self._answered = (before, after)
        end = len(after.text) - (len(before.text) - span.end)
        return _answer(turn, span.of(before.text), after.text[span.start : end])

    async def refuse(self) -> None:
        """Have the text as it was before the last answer again; raises `RedraftError`."""
        if self._answered is None:
            return
        before, after = self._answered
        comparison = await asyncio.to_thread(compare, before.text, after.text)
        refused = tuple(Refusal(one.before, one.after) for one in comparison.changes)
        choice = Choice(after.number, 0, len(refused), refused)
        self.content = await self._studio.save_choice(
            self.content.id, self._branch, before.text, choice
        )
        self._answered = None
        await self._saved(self.content, self._branch)


def _answer(turn: Turn, before: str, after: str | None) -> PassageAnswer:
    said = (part.text.strip() for part in split_reply(turn.reply) if part.part is Part.TALK)
    problem = ""
    if turn.state is TurnState.FAILED:
        problem = turn.failure or "The turn failed."
    elif turn.state is not TurnState.FINISHED:
        problem = turn.failure or "Stopped. What had arrived is in the conversation."
    return PassageAnswer(
        before,
        after,
        said="\n\n".join(part for part in said if part),
        problem=problem,
        note="" if turn.put_back is None else put_back_words(turn.put_back),
    )

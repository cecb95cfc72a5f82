"""A draft that is open in the editor, and Claude's work on its passages."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui.domain.checks import check_base
from tui.domain.content import Choice, Content, Refusal, Turn, TurnKind, TurnState, Version
from tui.domain.diff import compare
from tui.domain.drafts import Part, split_reply
from tui.domain.errors import Refused
from tui.domain.ids import BranchId
from tui.domain.passage import Passage, Span, put_back_words, replaced
from tui.domain.reply import Reply
from tui.screens.main.prompts import Outgoing, Prompts
from tui.studio.studio import Studio

if TYPE_CHECKING:
    from tui.screens.passage import PassageAnswer


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
        wish: str = "",
        keep_wish: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Open a draft of a branch, not the newest one perhaps; `saved` is told of new versions.

        `wish` was typed into the box about a passage and not sent; `keep_wish` is given the next.
        """
        self.wish = wish
        self._keep_wish = keep_wish
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

    def keep_wish(self, wish: str) -> None:
        """Remember what is typed into the box about a passage; empty once it was answered."""
        self.wish = wish
        self._keep_wish(wish)

    def stop(self) -> None:
        """Ask Claude to stop; what has arrived is kept."""
        self._studio.conversation(self.content.id, self._branch).stop()

    async def save(self, text: str, locks: tuple[Span, ...]) -> Version:
        """Save what the editor holds, if that is not the draft; raises `RedraftError`."""
        on = None if self.draft is None else self.draft.number
        check_base(self.content, self._branch, on)
        if text != self.text or locks != self.locks:
            self.content = await self._studio.decisions.edit_version(
                self.content.id, self._branch, text, on=on, locks=locks
            )
            self._older = None
            await self._saved(self.content, self._branch)
        if self.draft is None:
            raise Refused("There are no words yet.")
        return self.draft

    async def ask(self, span: Span, prompt: str, kind: TurnKind) -> "PassageAnswer":
        """Ask about a stretch of the draft and wait for the end; raises `RedraftError`."""
        before = self.draft
        if before is None:
            raise Refused("There are no words yet.")
        self._answered = None
        content_id, branch = self.content.id, self._branch
        passage = Passage(before.number, span)
        outgoing = Outgoing(content_id, branch, prompt, kind, passage)
        turn_id = await self._prompts.run_turn(outgoing)
        self.content = await self._studio.content(content_id)
        self._older = None
        if turn_id is None:
            raise Refused("Stopped before the prompt was sent.")
        turn = self.content.turn(branch, turn_id)
        if turn.version is None:
            return _answer(turn, (span.of(before.text), None))
        after = self.content.version(turn.version)
        # It may have been edited elsewhere while Claude wrote: that is not Claude's.
        earlier = before if after.before is None else self.content.version(after.before)
        self._answered = (earlier, after)
        words, new = _spans_of_both(before.text, span, earlier.text, after.text)
        return _answer(
            turn,
            (words.of(earlier.text), new.of(after.text)),
            (after.text[: new.start], after.text[new.end :]),
        )

    async def refuse(self) -> None:
        """Have the text as it was before the last answer again; raises `RedraftError`."""
        if self._answered is None:
            return
        before, after = self._answered
        comparison = await asyncio.to_thread(compare, before.text, after.text)
        refused = tuple(Refusal(one.before, one.after) for one in comparison.changes)
        choice = Choice(after.number, 0, len(refused), refused)
        self.content = await self._studio.decisions.save_choice(
            self.content.id, self._branch, before.text, choice
        )
        self._answered = None
        await self._saved(self.content, self._branch)


def _spans_of_both(before: str, span: Span, earlier: str, after: str) -> tuple[Span, Span]:
    """Return where a passage and its new words are; where the text was edited, what differs."""
    new = replaced(before, span, after) if earlier == before else None
    if new is not None:
        return span, new
    head = len(os.path.commonprefix((earlier, after)))
    tail = len(os.path.commonprefix((earlier[head:][::-1], after[head:][::-1])))
    return Span(head, len(earlier) - tail), Span(head, len(after) - tail)


def _answer(
    turn: Turn, words: tuple[str, str | None], around: tuple[str, str] = ("", "")
) -> "PassageAnswer":
    """Return what came of a turn: the passage before and after, and the text around it."""
    from tui.screens.passage import PassageAnswer

    remarks = (part.text.strip() for part in split_reply(turn.reply) if part.part is Part.TALK)
    problem = ""
    if turn.state is TurnState.FAILED:
        problem = turn.failure or "The turn failed."
    elif turn.state is not TurnState.FINISHED:
        problem = turn.failure or "Stopped. What had arrived is in the conversation."
    return PassageAnswer(
        *words,
        remarks="\n\n".join(part for part in remarks if part),
        problem=problem,
        note="" if turn.put_back is None else put_back_words(turn.put_back),
        lead=around[0],
        rest=around[1],
    )

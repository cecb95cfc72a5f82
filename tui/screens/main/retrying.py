"""Asking the last prompt of a branch again: one that failed, or whose answer went too far."""

from tui.domain.change_limits import prompt_again
from tui.domain.content import Content, Turn
from tui.domain.errors import Refused
from tui.domain.passage import Passage
from tui.domain.turn_changes import last_over, went_over
from tui.screens.main import texts
from tui.screens.main.conditions import RETRIED
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.prompts import Outgoing, Prompts
from tui.screens.main.ui import Handlers
from tui.screens.main.workspace import Target


class RetryActions(ActionGroup):
    """Sends a prompt again as it was: about its passage, within its limits."""

    def __init__(self, desk: Desk, prompts: Prompts) -> None:
        super().__init__(desk)
        self._prompts = prompts

    def handlers(self) -> Handlers:
        """Return what the command does."""
        return {"retry": self._retry}

    async def _retry(self) -> None:
        """Send the last prompt again, after a question: it costs money and was not typed."""
        about = self._library.about
        if (over := last_over(about.content, about.branch)) is not None:
            await self._retry_within(about, over)
            return
        turns = about.content.branch(about.branch).turns
        if not turns or turns[-1].state not in RETRIED:
            raise Refused("Nothing to retry: the last turn here did not fail.")
        turn = turns[-1]
        passage = self._same_passage(about, turn)
        question = texts.RETRY if passage is None else texts.RETRY_PASSAGE
        if await self._is_wanted(question):
            self._send(about, turn.prompt, turn, passage)

    def _same_passage(self, about: Target, turn: Turn) -> Passage | None:
        """Return the passage that a turn is about; raises `Refused` when that may not be there."""
        draft = about.content.draft(about.branch)
        if turn.passage is not None and (draft is None or draft.number != turn.passage.version):
            number = str(turn.passage.version)
            raise Refused(self._worded(texts.RETRY_MARKED, number=number))
        return turn.passage

    async def _retry_within(self, about: Target, turn: Turn) -> None:
        """Send a prompt again whose answer went over its limits, from the text before that."""
        draft = about.content.draft(about.branch)
        if draft is None or draft.before is None:
            return
        if not await self._is_wanted(self._worded(texts.RETRY_WITHIN, number=str(draft.before))):
            return
        content = await self._studio.decisions.bring_back(
            about.content.id, about.branch, draft.before
        )
        prompt = prompt_again(turn.prompt, went_over(about.content, turn))
        self._send(about, prompt, turn, _brought_back(content, about, turn))

    def _send(self, about: Target, prompt: str, turn: Turn, passage: Passage | None) -> None:
        content, branch = about.content.id, about.branch
        outgoing = Outgoing(content, branch, prompt, turn.kind, passage, turn.limits)
        self._prompts.start_turn(outgoing)

    async def _is_wanted(self, question: str) -> bool:
        return await self._ask(question, ("n", "Not now"), ("a", "Ask again")) == "a"


def _brought_back(content: Content, about: Target, turn: Turn) -> Passage | None:
    """Return the passage of a turn in the version that has the text before that turn again."""
    draft = content.draft(about.branch)
    if turn.passage is None or draft is None:
        return None
    is_same = content.version(turn.passage.version).text == draft.text
    return Passage(draft.number, turn.passage.span) if is_same else None

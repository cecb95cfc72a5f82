"""What must hold after every turn of the soak; each check returns what it found wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tests.bench.soak_plan import Step
from tests.bench.soak_world import TIMEOUTS, WORDS_PER_SECOND, Sent, marks_in
from tui.domain.content import Content, Turn, TurnState
from tui.domain.drafts import finished_draft
from tui.domain.ids import BranchId, TurnId
from tui.domain.turn_changes import WRITING_KINDS

NOT_CLAUDES: Final = ("API Error", "[Request interrupted", "No response requested")
"""What the CLI writes itself, and must never be taken for Claude's words."""
OVERHEAD: Final = 25.0
"""Seconds a turn may take beside what it waits for; on a busy machine much goes into connecting."""
STOP_SECONDS: Final = TIMEOUTS.arming + TIMEOUTS.resend + TIMEOUTS.deadline
"""A stop takes this long at most, once a session is there."""


@dataclass(frozen=True, slots=True)
class Played:
    """A turn that has ended, as the world outside saw it."""

    step: Step
    branch: BranchId
    before: Content
    """The content right before the turn."""
    prompt: str
    sent: Sequence[Sent]
    """Every request for it, in order."""
    seconds: float
    announced: float
    """Seconds of waiting that Claude Code announced before it tried again."""
    stop_seconds: float | None = None
    """From the stop to the end of the turn."""


def wrong_in(played: Played, content: Content) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with a turn."""
    turn = content.branch(played.branch).turns[-1]
    if turn.prompt != played.prompt:
        yield f"the last turn has the prompt {turn.prompt!r}, not {played.prompt!r}"
        return
    if turn.state not in played.step.scenario.ends:
        yield f"it is {turn.state}, not {'/'.join(played.step.scenario.ends)}: {turn.failure}"
    yield from _wrong_text(turn, played.sent)
    yield from _wrong_version(turn, content, played.branch)
    yield from wrong_requests(turn, played.before, played.branch, played.sent)
    yield from _wrong_times(played)


def _wrong_text(turn: Turn, sent: Sequence[Sent]) -> Iterator[str]:
    answers = [request.answer for request in sent]
    if turn.state is TurnState.FINISHED:
        if not answers or turn.reply != answers[-1]:
            yield f"what is saved is not what was sent: {turn.reply!r}, {answers!r}"
        if turn.anchor is None:
            yield "it has finished, and Claude is not said to remember it"
    elif turn.reply and not any(answer.startswith(turn.reply) for answer in answers):
        yield f"what is saved is not the start of an answer: {turn.reply!r}, {answers!r}"
    if (turn.state is TurnState.FAILED) != bool(turn.failure):
        yield f"it is {turn.state} for the reason {turn.failure!r}"
    if turn.state is TurnState.FAILED and turn.anchor is not None:
        yield "it has failed, and Claude is said to remember it"
    for words in NOT_CLAUDES:
        if words in turn.reply:
            yield f"the CLI's words are in the reply: {turn.reply!r}"


def _wrong_version(turn: Turn, content: Content, branch: BranchId) -> Iterator[str]:
    text = finished_draft(turn.reply)
    if turn.version is not None and content.version(turn.version).text != text:
        yield f"v{turn.version} is not the draft of its turn"
    if turn.state is TurnState.FINISHED and turn.kind in WRITING_KINDS and text is not None:
        draft = content.draft(branch)
        if draft is None or draft.text != text:
            yield "a finished draft is not the branch's newest version"
    if turn.state is not TurnState.FINISHED and turn.version is not None:
        yield f"it is {turn.state} and made v{turn.version}"


def wrong_requests(
    turn: Turn, before: Content, branch: BranchId, sent: Sequence[Sent]
) -> Iterator[str]:
    """What Claude is told is what Redraft says it remembers: each prompt once, and in order.

    `before` is the content right before the turn.
    """
    line = [numbered.turn for numbered in before.lineage(branch)]
    remembered = [old for old in line if old.anchor is not None]
    told = marks_in([*(old.prompt for old in remembered), turn.prompt])
    # A session that began anew was told of what came before in one prompt, not in messages.
    starts = [at for at, old in enumerate(remembered) if old.is_retold]
    native = remembered[starts[-1] if starts else 0 :]
    replies = tuple(old.reply.strip() for old in ([] if turn.is_retold else native))
    draft = before.draft(branch)
    for number, request in enumerate(sent, 1):
        if request.told != told:
            yield f"request {number} tells the prompts {request.told}, Redraft says {told}"
        if not request.prompts[-1].endswith(turn.prompt):
            yield f"request {number} does not end with the prompt: {request.prompts[-1][-300:]!r}"
        if draft is not None and not any(draft.text in text for text in request.texts):
            yield f"request {number} does not tell v{draft.number}"
        if tuple(reply.strip() for reply in request.replies) != replies:
            yield f"request {number} tells other answers: {_differing(request.replies, replies)}"


def _differing(told: Sequence[str], saved: Sequence[str]) -> str:
    for at, (one, other) in enumerate(zip(told, saved, strict=False)):
        if one.strip() != other:
            return f"the {at + 1}th of {len(told)} is {one[:200]!r}, saved is {other[:200]!r}"
    return f"there are {len(told)}, saved are {len(saved)}"


def _wrong_times(played: Played) -> Iterator[str]:
    words = sum(len(request.answer.split()) for request in played.sent)
    silence = TIMEOUTS.silence + STOP_SECONDS if played.step.scenario.is_silent else 0.0
    bound = OVERHEAD + words / WORDS_PER_SECOND + played.announced + silence
    if played.seconds > bound:
        yield f"it took {played.seconds:.1f} s, {bound:.1f} s are due"
    if played.stop_seconds is not None and played.stop_seconds > STOP_SECONDS:
        yield f"the stop took {played.stop_seconds:.1f} s"


def changed_since(ended: dict[TurnId, tuple[BranchId, Turn]], content: Content) -> Iterator[str]:
    """Yield the turns that are not any more what they were when they had ended."""
    for branch in content.branches:
        for turn in branch.turns:
            if turn.state is TurnState.RUNNING:
                yield f"turn {turn.id} still runs"
            if ended.pop(turn.id, None) != (branch.id, turn):
                yield f"turn {turn.id} on “{branch.name}” is not what it was when it ended"

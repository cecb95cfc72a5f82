"""What the server sent for each turn: requests put together over tool loops and retries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.demo.seen import SeenRequest


@dataclass(frozen=True, slots=True)
class SentTurn:
    """One prompt, and the requests whose answers make up what was said to it."""

    requests: tuple[SeenRequest, ...]
    """In the order of the conversation: one per round of tool calls, then the last one."""

    @property
    def prompts(self) -> tuple[str, ...]:
        """All prompts of the conversation; the turn's own is the last."""
        return self.requests[-1].prompts

    @property
    def is_finished(self) -> bool:
        """Whether the last answer went out to its end, and calls no tool any more."""
        last = self.requests[-1]
        return last.finished and not last.call_ids

    @property
    def texts(self) -> tuple[str, ...]:
        """The text sent in each request; only in an unfinished turn the last may be a part.

        Of an answer that broke and was gone on from, it is the blocks that were sent to their end.
        """
        *earlier, last = self.requests
        return (*(request.settled for request in earlier), last.sent)

    @property
    def text(self) -> str:
        """All text sent, joined by nothing."""
        return "".join(self.texts)


def sent_turns(requests: Sequence[SeenRequest]) -> tuple[SentTurn, ...]:
    """The turns of all conversations, ordered by their last requests.

    The answers before a round of tool results are found by the ids of the calls. A request that
    another one repeats or goes on from is no turn of its own. A prompt that is sent twice at the
    same place of a conversation (asked again, or on two forks) is two turns only if both finished.
    """
    known = [(request, request.prompts) for request in requests if not request.is_auxiliary]
    issuer = {call: request for request, _ in known for call in request.call_ids}
    newest_of = {prompts: request.number for request, prompts in known}
    turns = [
        SentTurn((*_earlier(request, issuer, _broken_before(request, prompts, known)), request))
        for request, prompts in known
    ]
    passed = {request.number for turn in turns for request in turn.requests[:-1]}
    return tuple(
        turn
        for turn, (request, prompts) in zip(turns, known, strict=True)
        if request.number not in passed
        and (turn.is_finished or newest_of[prompts] == request.number)
    )


def _broken_before(
    request: SeenRequest,
    prompts: tuple[str, ...],
    known: Sequence[tuple[SeenRequest, tuple[str, ...]]],
) -> dict[str, SeenRequest]:
    """Answers to the same prompts that broke before this request, by the text that was settled."""
    return {
        other.settled.strip(): other
        for other, others in known
        if other.number < request.number and not other.finished and others == prompts
    }


def _earlier(
    request: SeenRequest, issuer: Mapping[str, SeenRequest], broken: Mapping[str, SeenRequest]
) -> Iterator[SeenRequest]:
    """The requests whose answers this one tells since its newest prompt."""
    messages = request.messages
    newest = max((at for at, message in enumerate(messages) if message.is_prompt), default=-1)
    seen = {request.number}
    for message in messages[newest + 1 :]:
        if message.role != "assistant":
            continue
        issuers = [issuer[call.id] for call in message.calls if call.id in issuer]
        source = issuers[0] if issuers else None
        if not message.calls:
            source = broken.get(message.text.strip())
        if source is not None and source.number not in seen:
            seen.add(source.number)
            yield source

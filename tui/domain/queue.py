"""The prompts that wait until Claude has ended the turn before them on their branch.

A queue goes on by itself only after a turn that finished. After one that failed or was stopped, and
after a restart, it is held: each prompt waits until the writer sends it, and no other goes with it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tui.domain.change_limits import ChangeLimits
from tui.domain.content import TurnKind
from tui.domain.errors import Refused
from tui.domain.frozen import frozen


@frozen
class QueuedPrompt:
    """A prompt entered while Claude was writing."""

    text: str
    is_asking: bool = False
    """Whether the prompt only asks a question and makes no version."""
    is_removed: bool = False
    """Whether the writer removed the prompt; it can be restored until they leave."""
    limits: ChangeLimits | None = None
    """Limits on the change that the answer may make; None for no limits."""

    def kind(self, *, has_draft: bool) -> TurnKind:
        """Return what kind of turn it begins, decided when it is sent."""
        if self.is_asking:
            return TurnKind.ASK
        return TurnKind.REVISE if has_draft else TurnKind.GENERATE


@frozen
class Queue:
    """The queue of one branch, as a value."""

    prompts: tuple[QueuedPrompt, ...] = ()
    is_held: bool = True
    """Whether the queue, later prompts included, is held until the writer sends it."""
    is_sending: bool = False
    """Whether the first prompt is being sent, so that it can no longer be changed."""
    let_go: int = 0
    """Number of released prompts in a held queue, counted from the first one not being sent."""

    @property
    def next(self) -> int | None:
        """Index of the prompt to send next; None when there is none."""
        places = range(int(self.is_sending), len(self.prompts))
        return next((place for place in places if not self.prompts[place].is_removed), None)

    def goes(self, place: int) -> bool:
        """Whether a prompt will be sent automatically."""
        return not self.is_held or place < int(self.is_sending) + self.let_go

    @property
    def goes_next(self) -> int | None:
        """Index of the prompt that will be sent automatically next; None when there is none."""
        place = self.next
        return place if place is not None and self.goes(place) else None

    def find(self, prompt: QueuedPrompt, place: int) -> int | None:
        """Return where a prompt that was seen at a place stands by now; None when it is gone."""
        if place < len(self.prompts) and self.prompts[place] == prompt:
            return place
        return self.prompts.index(prompt) if prompt in self.prompts else None

    def add(self, prompt: QueuedPrompt) -> "Queue":
        """Put a prompt at the end; behind held ones it is held as well."""
        waits = [not self.goes(n) and not p.is_removed for n, p in enumerate(self.prompts)]
        added = replace(self, prompts=(*self.prompts, prompt))
        return added if any(waits) else replace(added, is_held=False, let_go=0)

    def take(self, place: int) -> tuple[QueuedPrompt, "Queue"]:
        """Return a prompt and the queue without it; raises `Refused` when it is being sent."""
        self._check_free(place)
        rest = self.prompts[:place] + self.prompts[place + 1 :]
        let_go = self.let_go - (self.is_held and self.goes(place))
        return self.prompts[place], replace(self, prompts=rest, let_go=let_go)

    def toggle(self, place: int) -> "Queue":
        """Take a prompt out for now, or bring it back; raises `Refused` when it is being sent."""
        self._check_free(place)
        prompt = self.prompts[place]
        toggled = replace(prompt, is_removed=not prompt.is_removed)
        prompts = (*self.prompts[:place], toggled, *self.prompts[place + 1 :])
        return replace(self, prompts=prompts)

    def move(self, place: int, by: int) -> "Queue":
        """Swap a prompt with the one after (1) or before (-1) it, if there is one.

        A released prompt and a held prompt are never swapped, because their states would be swapped
        too.
        """
        self._check_free(place)
        other = place + by
        is_there = int(self.is_sending) <= other < len(self.prompts)
        if not is_there or self.goes(place) is not self.goes(other):
            return self
        prompts = list(self.prompts)
        prompts[place], prompts[other] = prompts[other], prompts[place]
        return replace(self, prompts=tuple(prompts))

    def release(self, place: int) -> "Queue":
        """Let a held prompt go by itself, behind those let go before; the others stay held.

        Raises `Refused` as `take` does.
        """
        prompt, rest = self.take(place)
        prompts = _with(rest.prompts, int(self.is_sending) + rest.let_go, prompt)
        return replace(rest, prompts=prompts, let_go=rest.let_go + self.is_held)

    def send(self, place: int) -> "Queue":
        """Move a prompt to the front and mark it as being sent; held prompts stay held.

        Raises `Refused` while another prompt is being sent.
        """
        if self.is_sending:
            raise Refused("A prompt in this queue is being sent: wait a moment.")
        prompt, rest = self.take(place)
        return replace(rest, prompts=_with(rest.prompts, 0, prompt), is_sending=True)

    def sent(self) -> "Queue":
        """Return the queue after the prompt being sent was saved as a turn."""
        return replace(self, prompts=self.prompts[1:], is_sending=False)

    def refused(self) -> "Queue":
        """Return the queue after the prompt could not be sent: it stays first, and is held."""
        return replace(self, is_held=True, is_sending=False, let_go=0)

    def hold(self) -> "Queue":
        """Send nothing more before the writer says so."""
        return replace(self, is_held=True, let_go=0)

    def swept(self) -> "Queue":
        """Drop the removed prompts."""
        kept = tuple(prompt for prompt in self.prompts if not prompt.is_removed)
        front = int(self.is_sending)
        gone = sum(prompt.is_removed for prompt in self.prompts[front : front + self.let_go])
        return replace(self, prompts=kept, let_go=self.let_go - gone)

    def _check_free(self, place: int) -> None:
        if self.is_sending and place == 0:
            raise Refused("This prompt is being sent, so it can no longer be changed.")


def _with(
    prompts: tuple[QueuedPrompt, ...], place: int, prompt: QueuedPrompt
) -> tuple[QueuedPrompt, ...]:
    """Return prompts with one put in at a place, which the writer wants sent."""
    wanted = replace(prompt, is_removed=False) if prompt.is_removed else prompt
    return (*prompts[:place], wanted, *prompts[place:])


def joined(typed: str, taken: str) -> str:
    """Return what stands in the prompt when a queued text comes back to one that was typed."""
    return f"{typed.rstrip()}\n\n{taken}" if typed.strip() else taken


def merged(
    base: Iterable[QueuedPrompt], ours: Iterable[QueuedPrompt], theirs: Iterable[QueuedPrompt]
) -> tuple[QueuedPrompt, ...]:
    """Return what two programs made of one queue: our order, less what they took, then theirs."""
    base, ours, theirs = tuple(base), tuple(ours), tuple(theirs)
    taken_by_them = Counter(base) - Counter(theirs)
    kept = _without(ours, taken_by_them)
    added_by_them = _without(theirs, Counter(base))
    return (*kept, *added_by_them)


def _without(
    prompts: tuple[QueuedPrompt, ...], gone: Counter[QueuedPrompt]
) -> tuple[QueuedPrompt, ...]:
    left, kept = Counter(gone), list[QueuedPrompt]()
    for prompt in prompts:
        if left[prompt]:
            left[prompt] -= 1
        else:
            kept.append(prompt)
    return tuple(kept)

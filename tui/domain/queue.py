"""The queue of a branch: prompts that wait until Claude has ended the turn before them.

After a finished turn the next prompt is sent automatically. After a failed or stopped turn, and
after a restart, the queue is held: each prompt waits until the writer sends that prompt.
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
        """Return the kind of turn that the prompt begins; decided when the prompt is sent."""
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
        """Return the current index of a prompt last seen at `place`; None when it is gone."""
        if place < len(self.prompts) and self.prompts[place] == prompt:
            return place
        return self.prompts.index(prompt) if prompt in self.prompts else None

    def add(self, prompt: QueuedPrompt) -> "Queue":
        """Append a prompt; behind a held prompt it is held, too."""
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
        """Mark a prompt as removed, or restore it; raises `Refused` when it is being sent."""
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
        """Release a held prompt, behind the prompts released before; the others stay held.

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
        """Return the queue after a failed send; the prompt stays first and is held."""
        return replace(self, is_held=True, is_sending=False, let_go=0)

    def hold(self) -> "Queue":
        """Hold all prompts until the writer sends them."""
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
    """Return the prompts with one inserted at a place, no longer marked as removed."""
    wanted = replace(prompt, is_removed=False) if prompt.is_removed else prompt
    return (*prompts[:place], wanted, *prompts[place:])


def joined(typed: str, taken: str) -> str:
    """Return the text of the prompt box when a queued prompt is added to a typed text."""
    return f"{typed.rstrip()}\n\n{taken}" if typed.strip() else taken


def merged(
    base: Iterable[QueuedPrompt], ours: Iterable[QueuedPrompt], theirs: Iterable[QueuedPrompt]
) -> tuple[QueuedPrompt, ...]:
    """Merge two programs' changes: our order without prompts they removed, then their new ones."""
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

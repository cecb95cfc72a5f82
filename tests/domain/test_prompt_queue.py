"""The rules of the queue: nothing typed is lost or sent twice, whatever is done in any order."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tui.domain.content import TurnKind
from tui.domain.errors import Refused
from tui.domain.queue import Queue, QueuedPrompt, joined, merged

ONE, TWO, THREE = (QueuedPrompt(text) for text in ("one", "two", "three"))
queued = st.builds(QueuedPrompt, st.sampled_from("abc"), st.booleans(), st.booleans())
queues = st.lists(queued, max_size=5).map(tuple)


def going(*prompts: QueuedPrompt) -> Queue:
    return Queue(prompts, is_held=False)


def test_the_first_prompt_of_an_empty_queue_goes_by_itself() -> None:
    assert Queue().add(ONE) == going(ONE)
    assert Queue().add(ONE).add(TWO) == going(ONE, TWO)


def test_behind_held_prompts_a_new_one_is_held_too() -> None:
    assert going(ONE).hold().add(TWO) == Queue((ONE, TWO), is_held=True)


def test_behind_removed_prompts_a_new_one_goes_by_itself() -> None:
    assert not going(ONE).hold().toggle(0).add(TWO).is_held


def test_a_removed_prompt_is_not_sent_and_can_be_brought_back() -> None:
    queue = going(ONE, TWO).toggle(0)
    assert queue.next == 1
    assert queue.toggle(0) == going(ONE, TWO)
    assert queue.swept() == going(TWO)
    assert going(ONE).toggle(0).next is None


def test_a_prompt_that_was_sent_is_gone_and_what_follows_goes_on() -> None:
    sending = going(ONE, TWO, THREE).send(1)
    assert sending.prompts == (TWO, ONE, THREE)
    assert sending.sent() == going(ONE, THREE)


def test_one_held_prompt_is_sent_and_the_others_stay_held() -> None:
    sending = Queue((ONE, TWO, THREE)).send(1)
    assert sending.prompts == (TWO, ONE, THREE)
    assert sending.sent() == Queue((ONE, THREE), is_held=True)
    assert sending.sent().goes_next is None


def test_a_prompt_that_was_refused_stays_the_first_and_is_held() -> None:
    assert going(ONE, TWO).send(0).refused() == Queue((ONE, TWO), is_held=True)


def test_held_prompts_are_let_go_one_by_one_in_the_order_in_which_they_were_meant() -> None:
    queue = Queue((ONE, TWO, THREE)).release(2)
    assert queue == Queue((THREE, ONE, TWO), is_held=True, let_go=1)
    assert queue.goes_next == 0
    queue = queue.release(2)
    assert queue == Queue((THREE, TWO, ONE), is_held=True, let_go=2)
    assert [queue.goes(place) for place in range(3)] == [True, True, False]
    assert queue.send(0).sent() == Queue((TWO, ONE), is_held=True, let_go=1)
    assert queue.send(0).sent().send(0).sent() == Queue((ONE,), is_held=True)
    assert queue.hold().goes_next is None
    assert queue.send(0).refused() == Queue((THREE, TWO, ONE), is_held=True)


def test_what_is_let_go_stays_apart_from_what_is_held() -> None:
    queue = Queue((ONE, TWO, THREE)).release(0).add(QueuedPrompt("four"))
    assert [queue.goes(place) for place in range(4)] == [True, False, False, False]
    assert queue.move(0, 1) == queue.move(1, -1) == queue
    assert queue.move(1, 1).prompts[1:3] == (THREE, TWO)
    assert queue.take(0)[1].goes_next is None
    assert queue.take(1)[1].goes(0)
    assert queue.toggle(0).goes_next is None
    assert queue.toggle(0).swept().goes_next is None
    assert going(ONE, TWO).send(0).hold().release(1) == Queue((ONE, TWO), True, True, 1)


def test_a_queue_that_is_held_while_a_prompt_is_sent_stays_held() -> None:
    assert going(ONE, TWO).send(0).hold().sent() == Queue((TWO,), is_held=True)


def test_a_prompt_on_its_way_is_out_of_reach() -> None:
    queue = going(ONE, TWO).send(0)
    assert queue.next == 1
    for change in (queue.take, queue.toggle, queue.send, lambda place: queue.move(place, 1)):
        with pytest.raises(Refused):
            change(0)
    with pytest.raises(Refused):
        queue.send(1)
    assert queue.move(1, -1) == queue


def test_a_prompt_is_found_again_after_it_moved() -> None:
    queue = going(ONE, TWO, TWO)
    assert queue.find(TWO, 2) == 2
    assert queue.find(TWO, 0) == 1
    assert queue.find(THREE, 0) is None
    assert queue.find(ONE, 7) == 0


@pytest.mark.parametrize(
    ("is_asking", "has_draft", "kind"),
    [
        (False, False, TurnKind.GENERATE),
        (False, True, TurnKind.REVISE),
        (True, False, TurnKind.ASK),
        (True, True, TurnKind.ASK),
    ],
)
def test_the_kind_is_decided_when_it_is_sent(
    is_asking: bool, has_draft: bool, kind: TurnKind
) -> None:
    assert QueuedPrompt("text", is_asking=is_asking).kind(has_draft=has_draft) is kind


def test_a_text_that_comes_back_loses_nothing_that_was_typed() -> None:
    assert joined("", "queued") == "queued"
    assert joined(" \n", "queued") == "queued"
    assert joined("typed ", "queued") == "typed\n\nqueued"


@given(queues, queues)
def test_what_one_program_changed_alone_is_as_it_made_it(
    base: tuple[QueuedPrompt, ...], changed: tuple[QueuedPrompt, ...]
) -> None:
    assert merged(base, changed, base) == changed
    assert Counter(merged(base, base, changed)) == Counter(changed)


@given(queues, st.data())
def test_two_programs_keep_what_the_other_added_and_drop_what_it_took(
    base: tuple[QueuedPrompt, ...], data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(base), max_size=len(base)))
    mine = QueuedPrompt("mine")
    theirs = QueuedPrompt("theirs")
    left = tuple(prompt for prompt, is_kept in zip(base, kept, strict=True) if is_kept)
    both = merged(base, (*base, mine), (*left, theirs))
    assert Counter(both) == Counter((*left, mine, theirs))


class AnyOrder(RuleBasedStateMachine):
    """Does anything to a queue in any order, and keeps account of every prompt."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.typed = 0
        self.elsewhere: list[str] = []
        """Texts that were sent, taken back or swept."""
        self.sent: list[str] = []

    @rule(is_asking=st.booleans())
    def add(self, is_asking: bool) -> None:
        self.typed += 1
        self.queue = self.queue.add(QueuedPrompt(str(self.typed), is_asking))

    @precondition(lambda self: self.queue.prompts)
    @rule(data=st.data(), what=st.sampled_from(["take", "toggle", "up", "down", "send", "release"]))
    def change(self, data: st.DataObject, what: str) -> None:
        place = data.draw(st.integers(0, len(self.queue.prompts) - 1))
        before, meant = self._going(), self.queue.prompts[place].text
        try:
            self._change(place, what)
        except Refused:
            assert self.queue.is_sending
        for text, goes in self._going().items():
            assert goes is before[text] or text == meant, "only the prompt meant is let go"

    def _going(self) -> dict[str, bool]:
        """Return whether each prompt goes by itself, by its text."""
        prompts = enumerate(self.queue.prompts)
        return {prompt.text: self.queue.goes(place) for place, prompt in prompts}

    def _change(self, place: int, what: str) -> None:
        if what == "take":
            prompt, self.queue = self.queue.take(place)
            self.elsewhere.append(prompt.text)
        elif what == "send":
            self.queue = self.queue.send(place)
        elif what == "release":
            self.queue = self.queue.release(place)
            goes_next = self.queue.goes_next
            assert goes_next is not None
        elif what == "toggle":
            self.queue = self.queue.toggle(place)
        else:
            self.queue = self.queue.move(place, 1 if what == "down" else -1)

    @precondition(lambda self: self.queue.is_sending)
    @rule(is_sent=st.booleans())
    def end_sending(self, is_sent: bool) -> None:
        if is_sent:
            self.elsewhere.append(self.queue.prompts[0].text)
            self.sent.append(self.queue.prompts[0].text)
            self.queue = self.queue.sent()
        else:
            self.queue = self.queue.refused()
            assert self.queue.is_held

    @rule()
    def hold(self) -> None:
        self.queue = self.queue.hold()

    @rule()
    def sweep(self) -> None:
        self.elsewhere += [prompt.text for prompt in self.queue.prompts if prompt.is_removed]
        self.queue = self.queue.swept()

    @rule()
    def restart(self) -> None:
        self.queue = Queue(self.queue.prompts)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        waiting = [prompt.text for prompt in self.queue.prompts]
        assert sorted(map(int, waiting + self.elsewhere)) == list(range(1, self.typed + 1))
        assert len(self.sent) == len(set(self.sent))

    @invariant()
    def what_is_on_its_way_is_the_first_and_not_removed(self) -> None:
        if self.queue.is_sending:
            assert not self.queue.prompts[0].is_removed

    @invariant()
    def prompts_are_let_go_only_of_a_held_queue(self) -> None:
        assert 0 <= self.queue.let_go <= len(self.queue.prompts) * self.queue.is_held

    @invariant()
    def the_next_one_can_be_sent(self) -> None:
        if self.queue.next is not None and not self.queue.is_sending:
            sending = self.queue.send(self.queue.next)
            assert sending.prompts[0] == replace(self.queue.prompts[self.queue.next])


def test_nothing_is_lost_or_doubled_in_any_order() -> None:
    run_state_machine_as_test(AnyOrder)

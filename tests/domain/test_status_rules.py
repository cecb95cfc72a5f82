"""The status machine: exactly the moves the product allows, and sentences that name ways on."""

from itertools import product

import pytest

from tui.domain.errors import Refused
from tui.domain.status import Status, moved, status_words

EVERY_PAIR = list(product(Status, Status))
LIVE = [status for status in Status if status is not Status.ARCHIVED]
ALLOWED = {
    ("draft", "review"),
    ("review", "draft"),
    ("review", "approved"),
    ("approved", "published"),
    ("approved", "draft"),
    ("published", "draft"),
    *((status.value, "archived") for status in LIVE),
}


@pytest.mark.parametrize(("current", "target"), EVERY_PAIR)
def test_exactly_the_legal_moves_pass(current: Status, target: Status) -> None:
    if (current.value, target.value) in ALLOWED:
        assert moved(current, target) is target
    else:
        with pytest.raises(Refused):
            moved(current, target)


@pytest.mark.parametrize(("before", "target"), list(product(LIVE, Status)))
def test_the_archive_gives_back_only_what_was_put_in(before: Status, target: Status) -> None:
    if target is before:
        assert moved(Status.ARCHIVED, target, before_archive=before) is before
    else:
        with pytest.raises(Refused, match="out of the archive"):
            moved(Status.ARCHIVED, target, before_archive=before)


@pytest.mark.parametrize(("current", "target"), EVERY_PAIR)
def test_a_past_archiving_opens_no_other_way(current: Status, target: Status) -> None:
    if current is not Status.ARCHIVED and (current.value, target.value) not in ALLOWED:
        with pytest.raises(Refused):
            moved(current, target, before_archive=target)


@pytest.mark.parametrize("current", LIVE)
def test_a_refusal_names_every_way_on(current: Status) -> None:
    with pytest.raises(Refused) as refusal:
        moved(current, current)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    ways_on = sentence.partition("it can become ")[2]
    named = set(ways_on.rstrip(".").split(" or "))
    targets = {Status(target) for origin, target in ALLOWED if origin == current.value}
    assert named == {status_words(target) for target in targets}

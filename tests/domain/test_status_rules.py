"""The status machine: exactly the moves the product allows, and sentences that name ways on."""

from itertools import product

import pytest

from tui.domain.errors import Refused
from tui.domain.status import Status, moved

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
    ways_on = sentence.partition("it can be ")[2]
    named = set(ways_on.rstrip(".").split(" or "))
    targets = {target for origin, target in ALLOWED if origin == current.value}
    said = {"draft": "taken back to draft", "review": "put into review"}
    assert named == {said.get(target, target) for target in targets}


@pytest.mark.parametrize(
    ("current", "target", "sentence"),
    [
        ("draft", "published", "This piece is a draft: approve it before it is published."),
        ("review", "published", "This piece is in review: approve it before it is published."),
        (
            "published",
            "review",
            (
                "A piece that is published can't be put into review: "
                "it can be taken back to draft or archived."
            ),
        ),
        (
            "archived",
            "published",
            "A piece that is archived can't be published: take it out of the archive first.",
        ),
        (
            "draft",
            "draft",
            "This piece is a draft already: it can be put into review or archived.",
        ),
    ],
)
def test_a_refusal_is_a_sentence(current: str, target: str, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        moved(Status(current), Status(target))
    assert str(refusal.value) == sentence

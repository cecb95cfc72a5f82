"""Hits in words: where they are, and how many there are."""

from dataclasses import replace

import pytest

from tests.domain.content_examples import START
from tui.domain.ids import BranchId, ContentId
from tui.domain.search import Hit, Hits, TextKind
from tui.domain.search_words import counted_hits, hit_words

HIT = Hit(
    content=ContentId("abcd2345"),
    title="Why we left",
    branch=BranchId("b0"),
    branch_name="main",
    turn=0,
    version=0,
    kind=TextKind.LABEL,
    at=START,
    excerpt="words",
    spans=((0, 5),),
)


@pytest.mark.parametrize(
    ("kind", "turn", "version", "told"),
    [
        (TextKind.BRIEF, 0, 0, "brief"),
        (TextKind.TITLE, 0, 0, "title"),
        (TextKind.LABEL, 0, 0, "main · name of the branch"),
        (TextKind.LABEL, 3, 0, "main · turn 3 · label"),
        (TextKind.LABEL, 3, 2, "main · turn 3 · v2 · label"),
        (TextKind.LABEL, 0, 2, "main · v2 · label"),
        (TextKind.DRAFT, 0, 2, "main · v2"),
        (TextKind.DRAFT, 3, 2, "main · turn 3 · v2"),
        (TextKind.PROMPT, 1, 0, "main · turn 1 · prompt"),
        (TextKind.ANSWER, 1, 0, "main · turn 1 · answer"),
    ],
)
def test_the_place_of_a_hit_is_told(kind: TextKind, turn: int, version: int, told: str) -> None:
    hit = replace(HIT, kind=kind, turn=turn, version=version)
    assert hit_words(hit, has_title=False) == told
    assert hit_words(hit, has_title=True) == f"Why we left · {told}"


@pytest.mark.parametrize(
    ("shown", "total", "pieces", "alone", "with_pieces"),
    [
        (0, 0, 0, "no hits", "no hits"),
        (1, 1, 1, "1 hit", "1 hit in 1 piece"),
        (2, 2, 1, "2 hits", "2 hits in 1 piece"),
        (2, 2, 2, "2 hits", "2 hits in 2 pieces"),
        (
            2,
            12_345,
            6_789,
            "12,345 hits, the first 2 here",
            "12,345 hits in 6,789 pieces, the first 2 here",
        ),
    ],
)
def test_hits_are_counted(
    shown: int, total: int, pieces: int, alone: str, with_pieces: str
) -> None:
    hits = Hits((HIT,) * shown, total, pieces)
    assert counted_hits(hits, has_pieces=False) == alone
    assert counted_hits(hits, has_pieces=True) == with_pieces

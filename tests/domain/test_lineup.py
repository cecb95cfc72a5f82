"""Drafts side by side: nothing lost, nothing twice, everything in order; and texts made of them."""

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.blocks import BlockForm, blocks
from tui.domain.lineup import Lineup, lined_up

PARAGRAPHS = st.sampled_from(
    [
        "# A heading of it",
        "The bill fell by half that month and stayed.",
        "The bill fell by 40 % that month and stayed.",
        "We moved out in May.",
        "- an item",
        "- another item",
        "```\ncode\n```",
    ]
)
DRAFTS = st.lists(st.lists(PARAGRAPHS, max_size=6).map("\n\n".join), min_size=1, max_size=4)


def column(lineup: Lineup, number: int) -> list[str]:
    found = (row.blocks[number] for row in lineup.rows)
    return [block.text for block in found if block is not None]


def parts(text: str) -> list[str]:
    return [block.text for block in blocks(text) if block.form is not BlockForm.END]


@given(DRAFTS)
def test_each_column_is_its_draft(drafts: list[str]) -> None:
    lineup = lined_up(drafts)
    for number, text in enumerate(drafts):
        assert column(lineup, number) == parts(text)
    assert all(len(row.blocks) == len(drafts) for row in lineup.rows)
    assert all(any(row.blocks) for row in lineup.rows)


@given(DRAFTS, st.data())
def test_a_combination_has_every_chosen_paragraph_once_and_in_order(
    drafts: list[str], data: st.DataObject
) -> None:
    lineup = lined_up(drafts)
    cells = [
        (row, number)
        for row, found in enumerate(lineup.rows)
        for number, block in enumerate(found.blocks)
        if block is not None
    ]
    chosen = data.draw(st.sets(st.sampled_from(cells))) if cells else set()
    wanted = [lineup.rows[row].blocks[number] for row, number in sorted(chosen)]
    assert parts(lineup.combined(chosen)) == [block.text for block in wanted if block is not None]


@given(st.lists(PARAGRAPHS, max_size=6))
def test_all_of_one_column_is_that_draft(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    lineup = lined_up([text, "Something else."])
    whole = [(row, 0) for row, found in enumerate(lineup.rows) if found.blocks[0] is not None]
    assert parts(lineup.combined(whole)) == parts(text)


def test_what_is_alike_stands_beside_each_other_and_the_rest_alone() -> None:
    lineup = lined_up(
        [
            "# T\n\nThe bill fell by half that month.\n\nThe end.",
            "# T\n\nThe bill fell by a third that month.\n\nMore of it.\n\nThe end.",
            "# T\n\nSomething only here.\n\nThe end.",
        ]
    )
    shown = [[block and block.text.split()[1] for block in row.blocks] for row in lineup.rows]
    assert shown == [
        ["T", "T", "T"],
        ["bill", "bill", None],
        [None, "of", None],
        [None, None, "only"],
        ["end.", "end.", "end."],
    ]
    assert [row.only for row in lineup.rows] == [None, None, 1, 2, None]


def test_items_of_a_list_stay_together() -> None:
    lineup = lined_up(["Intro.\n\n- one\n- two\n\nEnd."])
    assert lineup.combined([(0, 0), (1, 0), (2, 0), (3, 0)]) == "Intro.\n\n- one\n- two\n\nEnd."

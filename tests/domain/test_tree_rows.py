"""The rows of the fork tree: what is shown, what is folded, and where the cursor goes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import DOINGS, MAIN, Library, blank_content, lived
from tui.domain.changes import approved, with_version_label
from tui.domain.content import Branch, Content, NumberedTurn, TurnKind, TurnState, Version
from tui.domain.ids import BranchId
from tui.domain.outline import (
    Outline,
    folded_but,
    hoisted,
    next_filter,
    revealed,
    spot_of_turn,
    toggled,
    unfolded,
)
from tui.domain.tree import branch_tree
from tui.domain.tree_rows import Aside, KnownRows, Row, Run, tree_rows
from tui.domain.tree_shape import WHOLE_TREE, Part, Spot, TreeFilter, TreeShape

History = list[tuple[str, int, int]]
WISHES = st.lists(st.tuples(st.sampled_from(["space", "z", "Z", "F", "H"]), st.integers(0, 40)))


def shaped(content: Content, here: BranchId, wishes: list[tuple[str, int]]) -> TreeShape:
    """Fold, filter and hoist as a writer with the cursor on some row would."""
    shape = WHOLE_TREE
    for wish, number in wishes:
        outline = Outline(content, tree_rows(content, here, shape))
        place = number % len(outline.rows)
        branch = outline.rows[place].spot.branch
        match wish:
            case "space":
                shape = toggled(shape, outline, place)
            case "z":
                shape = folded_but(shape, content, branch)
            case "Z":
                shape = unfolded(shape, content, here)
            case "F":
                shape = next_filter(shape)
            case _:
                shape = hoisted(shape, branch)
    return shape


def all_spots(content: Content) -> set[Spot]:
    """Return what the whole tree has a row for."""
    spots = {Spot(branch.id) for branch in content.branches}
    made = {turn.version for branch in content.branches for turn in branch.turns}
    for branch in content.branches:
        line = content.lineage(branch.id)
        spots |= {Spot(n.owner, n.number) for n in line if n.owner == branch.id}
    by_hand = [version for version in content.versions if version.number not in made]
    spots |= {Spot(v.branch, v.after_turn, v.number) for v in by_hand}
    return spots


def here_of(content: Content, number: int) -> BranchId:
    return content.branches[number % len(content.branches)].id


@given(DOINGS, st.integers(0, 9))
def test_the_whole_tree_has_a_row_for_everything_once(doings: History, number: int) -> None:
    content = lived(doings).content
    here = here_of(content, number)
    shape = unfolded(WHOLE_TREE, content, here)
    shown = [row.spot for row in tree_rows(content, here, shape) if row.spot.part is Part.ITSELF]
    assert len(shown) == len(set(shown))
    turns_before_any = {replace(spot, turn=0) for spot in all_spots(content) if spot.version}
    wanted = all_spots(content) | turns_before_any
    assert set(shown) <= wanted
    assert {(s.branch, s.version or -s.turn) for s in shown} == {
        (s.branch, s.version or -s.turn) for s in all_spots(content)
    }


@given(DOINGS, st.integers(0, 9), WISHES)
def test_the_tree_is_never_empty_and_no_row_comes_twice(
    doings: History, number: int, wishes: list[tuple[str, int]]
) -> None:
    content = lived(doings).content
    here = here_of(content, number)
    rows = tree_rows(content, here, shaped(content, here, wishes))
    assert rows
    assert len({row.spot for row in rows}) == len(rows)


@given(DOINGS, st.integers(0, 9), WISHES, st.integers(0, 99))
def test_the_cursor_stays_on_its_row_or_on_the_one_that_hides_it(
    doings: History, number: int, wishes: list[tuple[str, int]], at: int
) -> None:
    content = lived(doings).content
    here = here_of(content, number)
    asides = {Spot(branch.id, part=Part.ASIDE) for branch in content.branches}
    spots = sorted(all_spots(content) | asides, key=repr)
    spot = spots[at % len(spots)]
    shape = shaped(content, here, wishes)
    outline = Outline(content, tree_rows(content, here, shape))
    place = outline.place(spot)
    row = outline.rows[place]
    shown = {other.spot for other in outline.rows}
    if spot in shown:
        assert row.spot == spot
    elif Spot(spot.branch) in shown:
        assert row.spot.branch == spot.branch
        assert row.spot.turn <= spot.turn
        if isinstance(row.about, Run) and spot.turn < row.spot.turn + len(row.about.turns):
            assert content.turn_at(spot.branch, spot.turn).turn in row.about.turns
    elif shape.top is None:
        assert row.spot.branch in ancestors(content, spot.branch)


@given(DOINGS, st.integers(0, 9), st.lists(WISHES, max_size=4))
def test_rows_that_are_kept_are_those_that_would_be_made(
    doings: History, number: int, shapes: list[list[tuple[str, int]]]
) -> None:
    content = lived(doings).content
    here = here_of(content, number)
    roots = branch_tree(content)
    known: dict[TreeFilter, KnownRows] = {}
    for wishes in shapes:
        shape = shaped(content, here, wishes)
        kept = tree_rows(
            content, here, shape, roots=roots, known=known.setdefault(shape.filter, {})
        )
        assert kept == tree_rows(content, here, shape)


def ancestors(content: Content, branch: BranchId) -> list[BranchId]:
    found = [branch]
    while (parent := content.branch(found[-1]).parent) is not None:
        found.append(parent)
    return found


@given(DOINGS, st.integers(0, 9), WISHES, st.integers(0, 99))
def test_what_is_looked_for_is_revealed(
    doings: History, number: int, wishes: list[tuple[str, int]], at: int
) -> None:
    content = lived(doings).content
    here = here_of(content, number)
    whole = tree_rows(content, here, unfolded(WHOLE_TREE, content, here))
    spot = whole[at % len(whole)].spot
    shape = revealed(shaped(content, here, wishes), content, here, spot)
    rows = {row.spot for row in tree_rows(content, here, shape)}
    assert spot in rows or spot.part is Part.ASIDE


@given(DOINGS, st.integers(0, 9), WISHES)
def test_every_row_can_be_reached_and_left_with_the_keys_of_parentage(
    doings: History, number: int, wishes: list[tuple[str, int]]
) -> None:
    content = lived(doings).content
    here = here_of(content, number)
    outline = Outline(content, tree_rows(content, here, shaped(content, here, wishes)))
    for place in range(len(outline.rows)):
        assert outline.parent(place) <= place
        child = outline.child(place)
        assert child is None or child > place
        up = place
        for _ in outline.rows:
            up = outline.parent(up)
        assert outline.rows[up].rails == outline.rows[0].rails or up == 0


@given(DOINGS, st.integers(0, 9), WISHES, st.integers(0, 40))
def test_folding_a_row_twice_brings_its_branch_back(
    doings: History, number: int, wishes: list[tuple[str, int]], at: int
) -> None:
    content = lived(doings).content
    here = here_of(content, number)
    shape = shaped(content, here, wishes)
    rows = tree_rows(content, here, shape)
    outline = Outline(content, rows)
    spot = rows[at % len(rows)].spot
    once = toggled(shape, outline, outline.place(spot))
    again = Outline(content, tree_rows(content, here, once))
    if isinstance(rows[outline.place(spot)].about, Branch | Aside):
        assert toggled(once, again, again.place(spot)) == shape


def drawn(rows: tuple[Row, ...]) -> list[str]:
    """Return the rows as short texts: what they are, and how deep they are."""
    return ["  " * len(row.rails) + _said(row) for row in rows]


def _said(row: Row) -> str:
    match row.about:
        case Branch(name=name):
            hidden = "" if row.hidden is None else f" hides {row.hidden.turns}"
            return f"{name}{hidden}"
        case NumberedTurn(number=number):
            return f"{number}{f' +{row.forks}' if row.forks else ''}{'.' if row.is_last else ''}"
        case Version(number=number):
            return f"v{number}"
        case Run(turns):
            return f"·· {len(turns)}"
        case Aside(archived, empty, failed):
            return f"aside {archived} {empty} {failed}"


def long_piece() -> tuple[Library, BranchId, BranchId]:
    """Return a piece of eight turns, with a branch after the third and one after the last."""
    library = Library(blank_content())
    for number in range(8):
        library.write(MAIN, f"Text {'more ' * number}")
    spicier = library.fork(MAIN, 3, "spicier")
    library.write(spicier, "Hot.")
    calmer = library.fork(MAIN, 8, "calmer")
    library.write(calmer, "Calm.")
    return library, spicier, calmer


def test_turns_stand_flat_and_quiet_ones_fold() -> None:
    library, _, _ = long_piece()
    assert drawn(tree_rows(library.content, MAIN)) == [
        "first draft",
        "1",
        "2",
        "3 +1",
        "·· 4",
        "8 +1.",
        "  spicier",
        "  4.",
        "  calmer",
        "  9.",
    ]


def test_the_branch_on_screen_comes_first_and_the_way_to_it_is_marked() -> None:
    library, _, calmer = long_piece()
    rows = tree_rows(library.content, calmer)
    assert drawn(rows)[6:] == ["  calmer", "  9.", "  spicier", "  4."]
    assert [_said(row) for row in rows if row.is_here] == [
        *("first draft", "1", "2", "3 +1", "·· 4", "8 +1.", "calmer", "9.")
    ]
    rows = tree_rows(library.content, library.content.branches[1].id)
    assert [_said(row) for row in rows if row.is_here] == [
        *("first draft", "1", "2", "3 +1", "spicier", "4.")
    ]


@pytest.mark.parametrize("special", ["label", "edit", "stop"])
def test_a_turn_that_is_not_quiet_is_never_folded(special: str) -> None:
    library = Library(blank_content())
    for number in range(11):
        state = TurnState.STOPPED if special == "stop" and number == 5 else TurnState.FINISHED
        library.write(MAIN, f"Text {'more ' * number}", state=state)
        if special == "edit" and number == 5:
            library.edit(MAIN, "By hand.")
    if special == "label":
        branch = library.content.branches[0]
        turns = (*branch.turns[:5], replace(branch.turns[5], label="here"), *branch.turns[6:])
        library.content = replace(library.content, branches=(replace(branch, turns=turns),))
    shown = drawn(tree_rows(library.content, MAIN))
    by_hand = ["v7"] if special == "edit" else []
    assert shown == ["first draft", "1", "·· 4", "6", *by_hand, "·· 4", "11."]


def test_a_run_opens_and_folds_again_around_the_cursor() -> None:
    library, _, _ = long_piece()
    outline = Outline(library.content, tree_rows(library.content, MAIN))
    place = outline.place(Spot(MAIN, 6))
    assert isinstance(outline.rows[place].about, Run)
    opened = toggled(WHOLE_TREE, outline, place)
    outline = Outline(library.content, tree_rows(library.content, MAIN, opened))
    assert drawn(tuple(outline.rows))[4:8] == ["4", "5", "6", "7"]
    assert toggled(opened, outline, outline.place(Spot(MAIN, 6))) == WHOLE_TREE


def test_empty_and_failed_branches_fold_by_themselves_unless_they_are_on_screen() -> None:
    library, spicier, calmer = long_piece()
    empty = library.fork(MAIN, 2, "empty")
    failed = library.fork(MAIN, 2, "failed")
    library.write(failed, None, TurnKind.ASK, state=TurnState.FAILED)
    content = library.content
    archived = tuple(
        replace(branch, is_archived=branch.id == calmer) for branch in content.branches
    )
    content = replace(content, branches=archived)
    assert drawn(tree_rows(content, MAIN))[6:] == ["  spicier", "  4.", "  aside 1 1 1"]
    opened = replace(WHOLE_TREE, opened=frozenset({Spot(MAIN, part=Part.ASIDE)}))
    assert drawn(tree_rows(content, MAIN, opened))[8:] == [
        *("  aside 1 1 1", "  empty", "  failed", "  3.", "  calmer", "  9.")
    ]
    assert drawn(tree_rows(content, empty))[6] == "  empty"
    assert "  failed" in drawn(tree_rows(content, MAIN, kept={failed}))
    outline = Outline(content, tree_rows(content, spicier))
    assert isinstance(outline.rows[outline.place(Spot(failed, 3))].about, Aside)


def test_what_is_opened_or_hoisted_is_made_anew_beside_rows_that_are_kept() -> None:
    library, spicier, _ = long_piece()
    content, known = library.content, KnownRows()
    roots = branch_tree(content)
    folded = Outline(content, tree_rows(content, MAIN, roots=roots, known=known))
    run = next(place for place, row in enumerate(folded.rows) if isinstance(row.about, Run))
    for shape in (
        WHOLE_TREE,
        toggled(WHOLE_TREE, folded, run),
        hoisted(WHOLE_TREE, spicier),
        WHOLE_TREE,
    ):
        rows = tree_rows(content, MAIN, shape, roots=roots, known=known)
        assert rows == tree_rows(content, MAIN, shape)
        again = tree_rows(content, MAIN, shape, roots=roots, known=known)
        turns = [place for place, row in enumerate(rows) if isinstance(row.about, NumberedTurn)]
        assert all(rows[place] is again[place] for place in turns)


def test_the_row_of_what_folds_by_itself_keeps_the_cursor() -> None:
    library, *_ = long_piece()
    library.fork(MAIN, 2, "empty")
    aside = Spot(MAIN, part=Part.ASIDE)
    shape = WHOLE_TREE
    for _ in range(3):
        outline = Outline(library.content, tree_rows(library.content, MAIN, shape))
        assert outline.rows[outline.place(aside)].spot == aside
        shape = toggled(shape, outline, outline.place(aside))
    assert shape != WHOLE_TREE


def test_a_failed_branch_with_a_living_fork_stays_where_it_is() -> None:
    library = Library(blank_content())
    library.write(MAIN, "One.")
    failed = library.fork(MAIN, 1, "failed")
    library.write(failed, None, TurnKind.ASK, state=TurnState.FAILED)
    fork = library.fork(failed, 2, "fork")
    library.write(fork, "Two.")
    assert drawn(tree_rows(library.content, MAIN))[2:] == [
        *("  failed", "  2 +1.", "    fork", "    3.")
    ]


def test_a_folded_branch_says_how_much_it_hides() -> None:
    library, spicier, _ = long_piece()
    deeper = library.fork(spicier, 4, "deeper")
    library.write(deeper, "Deep.")
    shape = folded_but(WHOLE_TREE, library.content, MAIN)
    rows = tree_rows(library.content, MAIN, shape)
    assert drawn(rows)[6:] == ["  spicier hides 2", "  calmer hides 1"]
    hidden = rows[6].hidden
    assert hidden is not None
    assert (hidden.turns, hidden.branches) == (2, 1)
    assert Outline(library.content, rows).place(Spot(deeper, 5)) == 6


FILTERED = {
    TreeFilter.FORKS: ["first draft", "3 +1", "8 +1.", "  spicier", "  4.", "  calmer", "  9."],
    TreeFilter.LABELLED: ["first draft", "  calmer", "  9."],
    TreeFilter.DRAFTS: [
        *("first draft", "1", "2", "3 +1", "4", "5", "6", "7", "8 +1.", "v11"),
        *("  spicier", "  4.", "  calmer", "  9."),
    ],
    TreeFilter.MINE: ["first draft", "v11"],
}


@pytest.mark.parametrize("chosen", FILTERED)
def test_a_filter_shows_its_rows_and_the_branches_that_lead_to_them(chosen: TreeFilter) -> None:
    library, _, calmer = long_piece()
    library.edit(MAIN, "By hand.")
    content = library.content
    branches = tuple(
        replace(branch, turns=(replace(branch.turns[0], label="calm"),))
        if branch.id == calmer
        else branch
        for branch in content.branches
    )
    content = replace(content, branches=branches)
    shape = replace(WHOLE_TREE, filter=chosen)
    assert drawn(tree_rows(content, MAIN, shape)) == FILTERED[chosen]


def test_only_what_is_looked_for_is_shown_whatever_is_folded() -> None:
    library, spicier, calmer = long_piece()
    shape = replace(folded_but(WHOLE_TREE, library.content, calmer), top=calmer)
    only = {Spot(spicier, 4), Spot(MAIN, 2)}
    rows = tree_rows(library.content, MAIN, shape, only=only)
    assert drawn(rows) == ["first draft", "2", "  spicier", "  4."]


def test_a_hoisted_branch_is_shown_alone_until_it_is_hoisted_again() -> None:
    library, spicier, _ = long_piece()
    alone = hoisted(WHOLE_TREE, spicier)
    assert drawn(tree_rows(library.content, MAIN, alone)) == ["spicier", "4."]
    assert hoisted(alone, spicier) == WHOLE_TREE


def moved(outline: Outline, place: int) -> str:
    return _said(outline.rows[place])


def test_the_keys_of_parentage_siblings_and_forks() -> None:
    library, spicier, calmer = long_piece()
    outline = Outline(library.content, tree_rows(library.content, MAIN))
    at_spicier, at_calmer = outline.place(Spot(spicier)), outline.place(Spot(calmer))
    assert moved(outline, outline.parent(outline.place(Spot(spicier, 4)))) == "spicier"
    assert moved(outline, outline.parent(at_spicier)) == "3 +1"
    assert outline.child(outline.place(Spot(MAIN, 3))) == at_spicier
    assert outline.child(outline.place(Spot(MAIN, 2))) is None
    assert moved(outline, outline.child(at_spicier) or 0) == "4."
    assert outline.sibling(at_spicier, 1) == at_calmer
    assert outline.sibling(outline.place(Spot(spicier, 4)), 1) == at_calmer
    assert outline.sibling(at_calmer, -1) == at_spicier
    assert outline.sibling(outline.place(Spot(calmer, 9)), -1) == at_spicier
    assert outline.sibling(at_calmer, 1) == at_calmer
    assert moved(outline, outline.fork_point(0, 1)) == "3 +1"
    assert moved(outline, outline.fork_point(at_calmer, -1)) == "8 +1."
    assert outline.fork_point(at_calmer, 1) == at_calmer


def test_a_chain_of_many_forks_is_no_depth() -> None:
    library = Library(blank_content())
    branch = MAIN
    for number in range(1, 400):
        library.write(branch, None, TurnKind.ASK)
        branch = library.fork(branch, number)
    rows = tree_rows(library.content, branch)
    assert len(rows[-1].rails) == 399
    assert Outline(library.content, rows).place(Spot(branch)) == len(rows) - 1


def test_a_turn_whose_version_is_approved_or_labelled_is_never_folded() -> None:
    library, *_ = long_piece()
    assert drawn(tree_rows(approved(library.content, 6, library.tick()), MAIN))[4:] == [
        *("4", "5", "6", "7", "8 +1.", "  spicier", "  4.", "  calmer", "  9.")
    ]
    library = Library(blank_content())
    for number in range(11):
        library.write(MAIN, f"Text {'more ' * number}")
    labelled = with_version_label(library.content, 6, "the green one")
    assert drawn(tree_rows(labelled, MAIN)) == ["first draft", "1", "·· 4", "6", "·· 4", "11."]


def test_a_shared_turn_is_found_on_the_branch_that_owns_it() -> None:
    library, spicier, _ = long_piece()
    assert spot_of_turn(library.content, spicier, 3) == Spot(MAIN, 3)
    assert spot_of_turn(library.content, spicier, 4) == Spot(spicier, 4)

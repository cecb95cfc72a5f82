"""The fork tree holds every branch and every turn exactly once, in its place."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from tests.domain.content_examples import DOINGS, MAIN, START, Library, blank_content, lived
from tui.domain.changes import with_main
from tui.domain.content import Branch, Turn, TurnKind, TurnState
from tui.domain.ids import BranchId, SessionId, TurnId
from tui.domain.tree import BranchNode, TurnNode, branch_tree

History = list[tuple[str, int, int]]


def every_branch(roots: Sequence[BranchNode]) -> Iterator[BranchNode]:
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.forks.get(node.shared, ())
        for turn in node.turns:
            waiting += turn.forks


def turn_node(roots: Sequence[BranchNode], turn: Turn) -> TurnNode:
    return next(
        node
        for branch in every_branch(roots)
        for node in branch.turns
        if node.numbered.turn.id == turn.id
    )


@given(DOINGS)
def test_every_branch_and_every_turn_is_there_exactly_once(doings: History) -> None:
    content = lived(doings).content
    nodes = list(every_branch(branch_tree(content)))
    assert sorted(node.branch.id for node in nodes) == sorted(b.id for b in content.branches)
    shown = sorted(node.numbered.turn.id for branch in nodes for node in branch.turns)
    assert shown == sorted(turn.id for branch in content.branches for turn in branch.turns)


@given(DOINGS)
def test_forks_hang_on_the_turn_they_leave_after(doings: History) -> None:
    content = lived(doings).content
    for node in every_branch(branch_tree(content)):
        assert [turn.numbered.turn for turn in node.turns] == list(node.branch.turns)
        assert node.is_main is (node.branch.id == content.main)
        line = content.lineage(node.branch.id)
        assert tuple(turn.numbered for turn in node.turns) == line[len(line) - len(node.turns) :]
        for turn in node.turns:
            for fork in turn.forks:
                assert fork.branch.parent == node.branch.id
                assert fork.branch.forked_after == turn.numbered.number
        for fork in node.forks.get(node.shared, ()):
            assert fork.branch.parent == node.branch.id


@given(DOINGS)
def test_every_version_a_turn_made_is_shown_at_it(doings: History) -> None:
    content = lived(doings).content
    for branch in every_branch(branch_tree(content)):
        for node in branch.turns:
            made = node.numbered.turn.version
            assert made == (node.version and node.version.number)
            if node.version is None:
                assert node.change is None
            else:
                assert node.version.branch == branch.branch.id


def test_a_turn_tells_what_it_did_to_the_draft() -> None:
    library = Library(blank_content())
    first = library.write(MAIN, "one two three")
    asked = library.write(MAIN, None, TurnKind.ASK)
    second = library.write(MAIN, "one")
    library.edit(MAIN, "one more word here")
    tree = branch_tree(library.content)
    shown = [
        (node.version and node.version.number, node.change)
        for node in (turn_node(tree, turn) for turn in (first, asked, second))
    ]
    assert shown == [(1, None), (None, None), (2, -2)]
    by_hand = [version.number for version in turn_node(tree, second).versions]
    assert by_hand == [2, 3]


def test_a_text_taken_late_is_shown_at_the_turn_that_answered_it() -> None:
    library = Library(blank_content())
    stopped = library.write(MAIN, "Half", state=TurnState.STOPPED)
    whole = library.write(MAIN, "All of it")
    library.take(MAIN, stopped, "Half")
    tree = branch_tree(library.content)
    taken, made = turn_node(tree, stopped).version, turn_node(tree, whole).version
    assert (taken and taken.number, made and made.number) == (2, 1)


def test_forks_are_listed_oldest_first() -> None:
    library = Library(blank_content())
    library.write(MAIN, "One.")
    at_turn = [library.fork(MAIN, 1) for _ in range(3)]
    at_start = [library.fork(MAIN, 0) for _ in range(3)]
    (root,) = branch_tree(library.content)
    assert [fork.branch.id for fork in root.turns[0].forks] == at_turn
    assert [fork.branch.id for fork in root.forks.get(root.shared, ())] == at_start


@pytest.mark.parametrize("number", [0, 1])
def test_a_fork_of_a_fork_before_its_own_first_turn_is_not_lost(number: int) -> None:
    library = Library(blank_content())
    library.write(MAIN, "One.")
    child = library.fork(MAIN, 1)
    library.write(child, "Two.")
    fork = library.fork(child, number)
    assert fork in {node.branch.id for node in every_branch(branch_tree(library.content))}


@pytest.mark.parametrize("forked_after", [0, 1, 7])
def test_a_branch_from_elsewhere_that_leaves_at_no_own_turn_is_not_lost(forked_after: int) -> None:
    library = Library(blank_content())
    library.write(MAIN, "One.")
    library.write(MAIN, "Two.")
    child = library.fork(MAIN, 2)
    library.write(child, "Three.")
    odd = Branch(BranchId("odd"), "odd", SessionId("s"), START, child, forked_after)
    content = replace(library.content, branches=(*library.content.branches, odd))
    assert len(list(every_branch(branch_tree(content)))) == 3


def test_the_main_branch_is_marked() -> None:
    library = Library(blank_content())
    fork = library.fork(MAIN, 0)
    content = with_main(library.content, fork, START)
    (root,) = branch_tree(content)
    assert not root.is_main
    assert root.forks[root.shared][0].is_main


def test_a_chain_of_many_forks_is_no_depth() -> None:
    count = 600
    branches = [
        Branch(
            BranchId(f"b{number}"),
            f"way {number}",
            SessionId(f"s{number}"),
            START,
            parent=BranchId(f"b{number - 1}") if number else None,
            forked_after=number,
            turns=(Turn(TurnId(f"t{number}"), TurnKind.ASK, "Why?", START),),
        )
        for number in range(count)
    ]
    content = replace(blank_content(), branches=tuple(branches))
    assert len(content.lineage(branches[-1].id)) == count
    nodes = every_branch(branch_tree(content))
    assert sum(len(node.turns) for node in nodes) == count

"""Contents from another library: which are the same, and how one comes under another id."""

from dataclasses import replace

from hypothesis import given, settings

from tests.domain.content_examples import MAIN, START, Library, blank_content
from tests.store.strategies import contents
from tui.domain.content import Content
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.steps import Action, UndoStep
from tui.domain.transfer import is_same, under_new_id, with_sessions

NEW = ContentId("newid222")


def elsewhere(content: Content) -> Content:
    """Return a content as an import leaves it: with sessions of its own and nothing to undo."""
    placed = {
        branch.id: (SessionId(f"other {branch.id}"), not branch.is_live)
        for branch in content.branches
    }
    return replace(with_sessions(content, placed), undo=(UndoStep(Action.DELETE, START),))


@settings(max_examples=30)  # A content is dear to draw, and its parts come several at a time.
@given(contents())
def test_any_content_comes_whole_from_another_library(content: Content) -> None:
    it_is_the_same_until_anything_but_its_sessions_differs(content)
    under_another_id_all_else_stays_and_nothing_names_a_branch_by_its_old_id(content)
    it_always_comes_under_one_id(content)


def it_is_the_same_until_anything_but_its_sessions_differs(content: Content) -> None:
    there = elsewhere(content)
    assert is_same(content, there)
    assert not is_same(content, replace(there, title=f"{content.title}!"))
    first, *others = there.branches
    named = replace(first, name=f"{first.name}!")
    assert not is_same(content, replace(there, branches=(named, *others)))


def under_another_id_all_else_stays_and_nothing_names_a_branch_by_its_old_id(
    content: Content,
) -> None:
    new = under_new_id(content, NEW)
    old_ids = [branch.id for branch in content.branches]
    ids = [branch.id for branch in new.branches]
    assert (new.id, new.undo) == (NEW, ())
    assert len({*old_ids, *ids}) == 2 * len(ids)
    assert {*map(len, ids)} == {36}
    back: dict[BranchId | None, BranchId | None] = dict(zip(ids, old_ids, strict=True))
    assert back[new.main] == content.main
    assert [back.get(branch.parent) for branch in new.branches] == [
        branch.parent for branch in content.branches
    ]
    assert [back[version.branch] for version in new.versions] == [
        version.branch for version in content.versions
    ]
    rest = replace(
        new,
        id=content.id,
        main=content.main,
        undo=content.undo,
        branches=tuple(
            replace(branch, id=old.id, parent=old.parent)
            for branch, old in zip(new.branches, content.branches, strict=True)
        ),
        versions=tuple(
            replace(version, branch=old.branch)
            for version, old in zip(new.versions, content.versions, strict=True)
        ),
    )
    assert rest == content


def it_always_comes_under_one_id(content: Content) -> None:
    new = under_new_id(content)
    assert new.id != content.id
    assert len(new.id) == 10
    assert set(new.id) <= set("abcdefghjkmnpqrstuvwxyz23456789")
    assert under_new_id(elsewhere(content)).id == new.id
    assert under_new_id(content, new.id) == new
    assert under_new_id(replace(content, title=f"{content.title}!")).id != new.id


def test_every_branch_gets_its_own_session() -> None:
    library = Library(blank_content())
    fork = library.fork(MAIN, 0)
    placed = {MAIN: (SessionId("n0"), False), fork: (SessionId("n1"), True)}
    made = with_sessions(library.content, placed)
    assert [(one.session, one.is_live) for one in made.branches] == [("n0", False), ("n1", True)]
    assert is_same(made, library.content)

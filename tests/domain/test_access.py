"""What Claude may use for a content: what is granted, and what is withdrawn with it."""

from dataclasses import replace

from tests.domain.content_examples import MAIN, Library, blank_content, minute
from tui.domain.access import with_access, with_rule, without_access, without_rules
from tui.domain.content import Content

SEARCH, PAGES = "WebSearch", "WebFetch(a.org)"
LATER = minute(500)


def granted() -> Content:
    """Return a content with sources, the web, and standing permissions on two of its branches."""
    library = Library(blank_content())
    other = library.fork(MAIN, 0, "other")
    library.fork(MAIN, 0, "third")
    content = with_access(library.content, ["/notes", "/a.md"], has_web=True, at=minute(9))
    content = with_rule(with_rule(content, MAIN, SEARCH), MAIN, PAGES)
    return with_rule(content, other, PAGES)


def rules(content: Content) -> list[tuple[str, ...]]:
    return [branch.allowed for branch in content.branches]


def test_a_permission_is_given_to_one_branch_and_once() -> None:
    content = granted()
    assert rules(content) == [(SEARCH, PAGES), (PAGES,), ()]
    assert with_rule(content, MAIN, SEARCH) is content
    assert with_rule(content, MAIN, "") is content


def test_other_sources_leave_the_permissions_of_the_web() -> None:
    content = granted()
    after = with_access(content, ["/b", "/a.md", "/b"], has_web=True, at=LATER)
    assert after == replace(content, sources=("/b", "/a.md"), updated_at=LATER)


def test_switching_the_web_off_withdraws_the_permissions_of_all_branches() -> None:
    content = granted()
    after = with_access(content, content.sources, has_web=False, at=LATER)
    assert (after.sources, after.has_web, after.updated_at) == (content.sources, False, LATER)
    assert rules(after) == [(), (), ()]
    again = with_access(after, after.sources, has_web=True, at=LATER)
    assert rules(again) == [(), (), ()]


def test_permissions_are_withdrawn_from_one_branch() -> None:
    content = granted()
    assert rules(without_rules(content, MAIN, [PAGES, "Else"])) == [(SEARCH,), (PAGES,), ()]
    assert without_rules(content, MAIN, ["Else"]) is content


def test_a_content_from_elsewhere_brings_no_access() -> None:
    content = granted()
    after = without_access(content)
    assert (after.sources, after.has_web) == ((), False)
    assert rules(after) == [(), (), ()]
    assert replace(after, sources=content.sources, has_web=True, branches=content.branches) == (
        content
    )

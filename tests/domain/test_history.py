"""The history of a content: everything that happened, in order, and who did it."""

from dataclasses import replace

from tests.domain.content_examples import MAIN, START, Library, blank_content, minute
from tui.domain.changes import approved, published
from tui.domain.content import Content, TurnKind
from tui.domain.history import Entry, history
from tui.domain.person import NOBODY, Person
from tui.domain.signing import signed

ANN, BEN = Person("Ann", "ann", "desk"), Person("Ben", "ben", "sofa")


def lived() -> Content:
    """Return a content that Ann wrote, Ben edited on a branch and approved, and that went out."""
    library = Library(blank_content())
    library.write(MAIN, "One.", TurnKind.GENERATE)
    library.write(MAIN, "Two.")
    content = signed(blank_content(), library.content, ANN)
    library.content = content
    fork = library.fork(MAIN, 1)
    library.write(fork, "Three.")
    library.edit(fork, "Three, by hand.")
    content = approved(library.content, 2, minute(40))
    content = signed(replace(library.content, versions=content.versions[:2]), content, BEN)
    return published(content, "/posts/two.md", minute(50))


def told(entry: Entry) -> tuple[str, int | None, int, Person, str]:
    number = None if entry.version is None else entry.version.number
    return entry.kind.value, number, entry.turn, entry.by, entry.target


def test_all_that_happened_is_told_once_oldest_first() -> None:
    content = lived()
    fork = content.branches[1].id
    entries = history(content)
    assert [told(entry) for entry in entries] == [
        ("created", None, 0, NOBODY, ""),
        ("version", 1, 1, ANN, ""),
        ("version", 2, 2, ANN, ""),
        ("forked", None, 1, NOBODY, ""),
        ("version", 3, 2, BEN, ""),
        ("version", 4, 2, BEN, ""),
        ("approved", 2, 2, BEN, ""),
        ("published", 2, 2, NOBODY, "/posts/two.md"),
    ]
    assert [entry.branch for entry in entries] == [*[MAIN] * 3, *[fork] * 3, MAIN, MAIN]
    times = [content.created_at, *(one.created_at for one in content.versions[:2])]
    times += [content.branches[1].created_at, *(one.created_at for one in content.versions[2:])]
    assert [entry.at for entry in entries] == [*times, minute(40), minute(50)]


def test_what_happened_at_one_moment_is_told_as_it_follows_from_each_other() -> None:
    content = lived()
    at_once = replace(
        content,
        branches=tuple(replace(branch, created_at=START) for branch in content.branches),
        versions=tuple(replace(version, created_at=START) for version in content.versions),
        approvals=tuple(replace(one, at=START) for one in content.approvals),
        publications=tuple(replace(one, at=START) for one in content.publications),
    )
    assert [entry.kind.value for entry in history(at_once)] == [
        *("created", "forked", *["version"] * 4, "approved", "published")
    ]

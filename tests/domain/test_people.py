"""Who made what: recorded once, named when it is another person, and told with how it was made."""

from dataclasses import replace

import pytest

from tests.domain.content_examples import MAIN, Library, blank_content, minute
from tui.domain.changes import approved, brought_back
from tui.domain.choosing import combined
from tui.domain.content import Choice, Content, TurnKind
from tui.domain.person import NOBODY, Person, another
from tui.domain.signing import signed
from tui.domain.version_words import how_made, taken_words

ANN, BEN = Person("Ann", "ann", "desk"), Person("", "ben", "sofa")


def piece() -> Content:
    """Claude's draft, then an edit, the first text again, two combinations and a choice."""
    library = Library(blank_content())
    library.write(MAIN, "One two three.", TurnKind.GENERATE)
    library.edit(MAIN, "By hand.")
    content = brought_back(library.content, MAIN, 1, minute(90))
    content = combined(content, MAIN, "Both of them.", (1, 2), minute(91))
    content = combined(content, MAIN, "All of them.", (4, 1, 2, 4), minute(92))
    chosen = replace(content.version(5), number=6, sources=(), choice=Choice(4, 5, 7))
    return replace(content, versions=(*content.versions, chosen))


def test_how_a_version_was_made_is_told() -> None:
    made = piece().versions
    assert [how_made(one) for one in made] == [
        "",
        "by hand",
        "v1 again",
        "combined from v1 and v2",
        "combined from v1, v2 and v4",
        "5 of 7 changes of v4",
    ]
    assert [how_made(one, "Ann") for one in made[:3]] == ["", "by Ann", "v1 again"]


def test_a_version_without_any_change_of_another_says_that_they_were_refused() -> None:
    assert taken_words(1, 2, "v7") == "1 of 2 changes of v7"
    assert taken_words(0, 2, "v7") == "all changes of v7 refused"
    assert taken_words(0, 1, "v7") == "the change of v7 refused"


@pytest.mark.parametrize(
    ("by", "here", "name"),
    [
        (ANN, BEN.id, "Ann"),
        (ANN, ANN.id, ""),
        (replace(ANN, name="A."), ANN.id, ""),
        (BEN, ANN.id, "ben@sofa"),
        (NOBODY, ANN.id, ""),
        (NOBODY, "", ""),
        (Person("", "", "desk"), "", "@desk"),
    ],
)
def test_another_person_is_named_and_the_one_who_works_here_is_not(
    by: Person, here: str, name: str
) -> None:
    assert another(by, here) == name


def test_only_what_is_new_and_of_nobody_is_signed() -> None:
    content = piece()
    first = signed(
        replace(content, versions=()), replace(content, versions=content.versions[:2]), ANN
    )
    grown = replace(content, versions=(*first.versions, *content.versions[2:]))
    after = signed(first, approved(grown, 2, minute(95)), BEN)
    assert [version.by for version in after.versions] == [ANN, ANN, BEN, BEN, BEN, BEN]
    assert [approval.by for approval in after.approvals] == [BEN]
    assert signed(replace(after, approvals=()), after, ANN) == after
    nobody = signed(blank_content(), approved(content, 2, minute(95)), NOBODY)
    assert signed(nobody, nobody, ANN) == nobody

"""Texts that could not be saved: all of them are in the file outside the library, and no others."""

from dataclasses import replace

from tui.domain.ids import BranchId
from tui.domain.place import BegunPiece, Place
from tui.domain.queue import QueuedPrompt
from tui.domain.unsaved import unsaved_texts

ONE, TWO = BranchId("b1"), BranchId("b2")
TYPED = Place(
    unsent={ONE: "A prompt.", TWO: " \n"},
    queued={
        ONE: (QueuedPrompt("First."), QueuedPrompt("Second.")),
        TWO: (QueuedPrompt("Gone.", is_removed=True), QueuedPrompt("Third.")),
    },
    edits={ONE: "An edit,\nof two lines."},
    wishes={TWO: "Shorter."},
    begun=BegunPiece("A title", "post", "A brief.", ("/notes", "/a.md")),
)
ALL = """\
Redraft could not save these texts in its library. They are here as they were typed.

## Prompt on branch b1

A prompt.

## Queued prompt on branch b1

First.

## Queued prompt on branch b1

Second.

## Queued prompt on branch b2

Third.

## Edited draft on branch b1

An edit,
of two lines.

## Wish for a passage on branch b2

Shorter.

## New piece

A title

A brief.

/notes

/a.md

"""


def headings(saved: Place) -> list[str]:
    """Return the headings of the texts of `TYPED` that another place has not."""
    return [line for line in unsaved_texts(TYPED, saved).split("\n") if line.startswith("## ")]


def test_every_text_that_is_not_saved_is_told_as_it_was_typed() -> None:
    assert unsaved_texts(TYPED, Place()) == ALL


def test_a_saved_text_is_not_told_again_but_a_changed_one_is() -> None:
    assert unsaved_texts(TYPED, TYPED) == ""
    assert unsaved_texts(Place(), TYPED) == ""
    saved = replace(
        TYPED,
        unsent={ONE: "A prompt"},
        queued={ONE: TYPED.queued[ONE][:1], TWO: TYPED.queued[TWO]},
    )
    assert headings(saved) == ["## Prompt on branch b1", "## Queued prompt on branch b1"]
    assert "Second." in unsaved_texts(TYPED, saved)
    saved = replace(TYPED, edits={ONE: "An edit."}, wishes={}, begun=BegunPiece("A title"))
    assert headings(saved) == [
        "## Edited draft on branch b1",
        "## Wish for a passage on branch b2",
        "## New piece",
    ]

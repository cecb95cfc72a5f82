"""Unsaved texts as one text, for a file outside the library."""

from collections.abc import Iterator
from typing import Final

from tui.domain.place import Place

_BEGIN: Final = (
    "Redraft could not save these texts in its library. They are here as they were typed."
)


def unsaved_texts(place: Place, saved: Place) -> str:
    """Return the texts of a place that differ from the saved place; empty without any."""
    parts = [f"## {what}\n\n{text}" for what, text in _unsaved(place, saved) if text.strip()]
    return "\n\n".join([_BEGIN, *parts, ""]) if parts else ""


def _unsaved(place: Place, saved: Place) -> Iterator[tuple[str, str]]:
    for branch, text in place.unsent.items():
        if saved.unsent.get(branch) != text:
            yield f"Prompt on branch {branch}", text
    for branch, prompts in place.queued.items():
        before = saved.queued.get(branch, ())
        for prompt in prompts:
            if prompt not in before and not prompt.is_removed:
                yield f"Queued prompt on branch {branch}", prompt.text
    for branch, text in place.edits.items():
        if saved.edits.get(branch) != text:
            yield f"Edited draft on branch {branch}", text
    for branch, text in place.wishes.items():
        if saved.wishes.get(branch) != text:
            yield f"Wish for a passage on branch {branch}", text
    if place.begun != saved.begun:
        begun = place.begun
        yield "New piece", "\n\n".join([begun.title, begun.brief, *begun.sources])

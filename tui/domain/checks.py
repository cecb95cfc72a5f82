"""Titles, kinds, names and prompts as a writer types them: tidied, or refused with a sentence."""

from typing import Final

from tui.domain.content import Content
from tui.domain.errors import InvalidInput, NewerDraft
from tui.domain.ids import BranchId

TITLE_LIMIT: Final = 200
NAME_LIMIT: Final = 60


def checked_title(title: str) -> str:
    """Return the title on one line without outer white space; raises `InvalidInput`."""
    return _checked(title, "title", TITLE_LIMIT, "type a few words that name the piece")


def checked_kind(kind: str) -> str:
    """Return the kind on one line, lower-case; raises `InvalidInput`."""
    return _checked(kind, "kind", NAME_LIMIT, "for example post, article or talk").lower()


def checked_name(name: str) -> str:
    """Return a branch name on one line; raises `InvalidInput`."""
    return _checked(name, "branch name", NAME_LIMIT, "say in a few words what it tries")


def checked_label(label: str) -> str:
    """Return a label of a turn or a version on one line, perhaps empty; raises `InvalidInput`."""
    return _checked(label, "label", NAME_LIMIT, "") if label.strip() else ""


def checked_note(note: str) -> str:
    """Return a note on a version on one line, perhaps empty; raises `InvalidInput`."""
    return _checked(note, "note", NAME_LIMIT, "") if note.strip() else ""


def check_base(content: Content, branch_id: BranchId, number: int | None) -> None:
    """Raise `NewerDraft` when the draft is not the version (None: none) a text was made from."""
    draft = content.draft(branch_id)
    if (None if draft is None else draft.number) != number:
        newest = "no draft" if draft is None else f"v{draft.number}"
        raise NewerDraft(
            f"“{content.title}” has {newest} by now, saved elsewhere while you were editing. Your "
            "text is kept: look at the difference, then edit again to go on with yours."
        )


def checked_prompt(prompt: str) -> str:
    """Return the prompt without outer white space; raises `InvalidInput` when nothing is left."""
    text = prompt.strip()
    if not text:
        raise InvalidInput("The prompt is empty: type what Claude should do.")
    return text


def _checked(text: str, what: str, limit: int, hint: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise InvalidInput(f"The {what} is empty: {hint}.")
    if len(line) > limit:
        raise InvalidInput(f"The {what} is {len(line)} characters long, and {limit} is the most.")
    return line


def name_from_prompt(prompt: str, limit: int = 32) -> str:
    """Return a branch name made of a prompt's first words, at most `limit` characters."""
    line = " ".join(prompt.split())
    if len(line) <= limit:
        return line or "another way"
    cut = line[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(",.;:") + "…"


def unique_name(content: Content, name: str) -> str:
    """Return `name`, with a number after it when another branch has it already."""
    taken = {branch.name for branch in content.branches}
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name} {count}"
    return candidate

"""A change of a passage as it stands on its page: word by word, with the text around it."""

from typing import Final

from rich.cells import cell_len
from textual.content import Content

from tui.domain.diff import DiffKind, compare
from tui.widgets.text import visible

_LOOKS: Final = {DiffKind.REMOVED: "$text-error strike", DiffKind.ADDED: "$text-success underline"}
_AROUND: Final = "$text-muted"
_CUT: Final = "…"


def change_on_page(
    before: str, after: str, *, lead: str, rest: str, rows: int, width: int
) -> Content:
    """Return a passage's change between the ends of the text before and after it.

    All of it together takes about as many `rows` of that `width` as are given, but the change is
    always whole.
    """
    change = _changed(before, after)
    left = max(2, rows - sum(_rows(line, width) for line in change.plain.split("\n")))
    above = _end(lead, left // 2, width)
    return Content.assemble(
        (visible(above), _AROUND),
        change,
        (visible(_beginning(rest, left - left // 2, width)), _AROUND),
    )


def _changed(before: str, after: str) -> Content:
    """Return the change of a passage: what is gone struck out, what is new marked."""
    shown: list[Content | tuple[str, str]] = []
    for block in compare(before, after).blocks:
        lead = block.lead.after or block.lead.before
        if shown and lead:
            shown.append(Content(visible(lead)))
        shown += [(visible(span.text), _LOOKS.get(span.kind, "")) for span in block.spans]
    return Content.assemble(*shown)


def _rows(line: str, width: int) -> int:
    return max(1, -(-cell_len(line) // width))


def _beginning(text: str, rows: int, width: int) -> str:
    """Return the lines that a text begins with, as far as there are rows for them."""
    kept: list[str] = []
    for line in text.split("\n"):
        needed = _rows(line, width)
        if needed > rows:
            kept += [f"{line[: rows * width - 8].rpartition(' ')[0]} {_CUT}"] if rows else []
            break
        kept.append(line)
        rows -= needed
    return "\n".join(kept).rstrip("\n")


def _end(text: str, rows: int, width: int) -> str:
    """Return the lines that a text ends with, as far as there are rows for them."""
    kept: list[str] = []
    for line in reversed(text.split("\n")):
        needed = _rows(line, width)
        if needed > rows:
            kept += [f"{_CUT} {line[8 - rows * width :].partition(' ')[2]}"] if rows else []
            break
        kept.append(line)
        rows -= needed
    return "\n".join(reversed(kept)).lstrip("\n")

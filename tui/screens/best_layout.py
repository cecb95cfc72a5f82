"""One of the texts of a best of N as its column shows it: the answer, and what goes on."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from tui.domain.costs import money
from tui.domain.drafts import Part as ReplyPart
from tui.domain.drafts import Segment
from tui.domain.frozen import frozen
from tui.domain.reply import Reply
from tui.domain.tools import describe_question
from tui.domain.words import count_words, counted
from tui.screens.activity import activity_line
from tui.studio.best_of import BestOf, Entry, EntryState
from tui.widgets.page import Layout, Page, Part, Row, wrapped_parts
from tui.widgets.text import one_line, visible

_WISH_WIDTH: Final = 60


@frozen
class ColumnFace:
    """All that a column shows."""

    heading: str
    facts: str
    status: str
    segments: tuple[Segment, ...]
    is_problem: bool = False


def face(
    best: BestOf,
    number: int,
    letter: str,
    *,
    is_revealed: bool,
    silent: int,
    keys: Mapping[str, str],
) -> ColumnFace:
    """Return what the column of an entry shows; nothing of its name before it is revealed.

    `silent` is for how many whole seconds nothing has come, `keys` has the shown key of every
    command, by its id.
    """
    entry, reply = best.entries[number], best.reply(number)
    words = entry.version.words if entry.version is not None else _words(reply.segments)
    return ColumnFace(
        f"{letter} · {entry.attempt.name}" if is_revealed else letter,
        counted(words) if words else "",
        _status(entry, reply, silent, keys),
        reply.segments,
        is_problem=entry.state is EntryState.FAILED,
    )


def _words(segments: Sequence[Segment]) -> int:
    return sum(count_words(one.text) for one in segments if one.part is ReplyPart.DRAFT)


def _status(entry: Entry, reply: Reply, silent: int, keys: Mapping[str, str]) -> str:
    cost = "" if not entry.cost else f" · {money(entry.cost)}"
    match entry.state:
        case EntryState.WAITING:
            return "Waits for the first word of another."
        case EntryState.WRITING if reply.questions:
            asks = one_line(describe_question(reply.questions[0]), _WISH_WIDTH)
            return f"Claude asks to {asks}. {keys['best.answer']} answers."
        case EntryState.WRITING:
            return activity_line(reply, silent, {**keys, "stop": keys["best.stop"]})
        case EntryState.FINISHED:
            made = "No draft came" if entry.version is None else f"v{entry.version.number}"
            return f"{made}{cost}"
        case EntryState.STOPPED:
            return f"{entry.failure or 'Stopped.'}{cost}"
        case EntryState.FAILED:
            return f"{entry.failure}{cost}"


def reply_layout(segments: Sequence[Segment]) -> Layout:
    """Lay out an answer: its draft as it is, what Claude says beside it quiet."""
    told = [(visible(one.text.strip("\n")), one.part) for one in segments if one.text.strip()]

    def lay_out(width: int) -> Page:
        rows: list[Row] = []
        lines: list[int] = []
        parts: list[tuple[Part]] = []
        number = 0
        for text, part in told:
            look = "" if part is ReplyPart.DRAFT else "quiet"
            for line in (*([""] if rows else ()), *text.split("\n")):
                for row, shown in _wrapped(line, look, width):
                    rows.append(row)
                    parts.append((shown,))
                    lines.append(number)
                number += 1
        return Page(rows, lines, parts=parts)

    return lay_out


@lru_cache(4096)
def _wrapped(line: str, look: str, width: int) -> tuple[tuple[Row, Part], ...]:
    """Wrap a line; the finished lines of a growing text are remembered."""
    return tuple(wrapped_parts(((line, look),), width))

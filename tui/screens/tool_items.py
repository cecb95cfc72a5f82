"""Where in an answer Claude used its tools, and how the chat tells it."""

from collections.abc import Iterator, Sequence
from typing import Final

from tui.domain.content import NumberedTurn
from tui.domain.drafts import Part, Segment
from tui.domain.frozen import frozen
from tui.domain.tools import ToolState, ToolUse, describe_use, describe_use_briefly
from tui.domain.words import capitalized
from tui.widgets.chat.items import ChatItem, Detail, Role

_ORDER: Final = (
    ToolState.RUNNING,
    ToolState.REFUSED,
    ToolState.FAILED,
    ToolState.UNFINISHED,
    ToolState.DONE,
)
"""What the writer should know is told first: a narrow pane shows the start of the line."""


@frozen
class Stretch:
    """A part of an answer between two uses of tools: a whole draft, or all or some of a talk."""

    key: str
    """Unique in the answer, and the same while the answer grows."""
    index: int
    """Of the segment it is of."""
    segment: Segment
    """The segment itself, or the part of its text that stands here."""


Uses = tuple[ToolUse, ...]
"""Uses of tools between which nothing was said."""


def stretches(
    text: str, segments: Sequence[Segment], tools: Sequence[ToolUse]
) -> Iterator[Stretch | Uses]:
    """Yield an answer's parts and the tools used between them, in order.

    What was used inside a draft stands before the draft.

    Args:
        text: The answer as it came, with its draft tags.
        segments: The same told apart; a text still being written may go on after them.
        tools: What was used; their places count in `text`.
    """
    waiting = sorted(tools, key=lambda use: use.at)
    gathered: list[ToolUse] = []
    for index, (segment, (start, end)) in enumerate(
        zip(segments, _spans(text, segments), strict=True)
    ):
        done = start
        while waiting and waiting[0].at < end:
            use = waiting.pop(0)
            said = segment.text[done - start : use.at - start]
            if segment.part is Part.TALK and use.at > done and said.strip():
                yield from _group(gathered)
                part = Segment(Part.TALK, said, is_closed=True)
                yield Stretch(_key(index, done - start), index, part)
            done = max(done, use.at)
            gathered.append(use)
        if segment.part is Part.DRAFT:
            yield from _group(gathered)
            yield Stretch(str(index), index, segment)
            continue
        rest = segment.text[done - start :]
        if rest.strip():
            yield from _group(gathered)
            part = Segment(Part.TALK, rest, segment.is_closed)
            yield Stretch(_key(index, done - start), index, part)
    yield from _group([*gathered, *waiting])


def uses_item(numbered: NumberedTurn, uses: Uses) -> ChatItem:
    """Return the line that folds some uses of tools, with what it folds."""
    return ChatItem(
        f"{numbered.turn.id}:tool:{uses[0].id}",
        numbered.number,
        Role.TOOL,
        "",
        folded_line(uses),
        is_open=any(use.state is ToolState.RUNNING for use in uses),
        details=tuple(Detail(capitalized(describe_use(use)), use.result) for use in uses),
    )


def folded_line(uses: Sequence[ToolUse]) -> str:
    """Return one line for some uses: “Read notes.md and 2 more · searched for “cost””."""
    kinds: dict[tuple[int, str], list[ToolUse]] = {}
    for use in uses:
        kind = (_ORDER.index(use.state), use.name)
        kinds.setdefault(kind, []).append(use)
    groups = [alike for _, alike in sorted(kinds.items(), key=lambda kind: kind[0][0])]
    said = (describe_use_briefly(alike[0], len(alike) - 1) for alike in groups)
    return capitalized(" · ".join(said))


def _group(gathered: list[ToolUse]) -> Iterator[Uses]:
    """Yield what was gathered, if anything was, and begin anew."""
    if gathered:
        yield tuple(gathered)
        gathered.clear()


def _key(index: int, skipped: int) -> str:
    return f"{index}.{skipped}" if skipped else str(index)


def _spans(text: str, segments: Sequence[Segment]) -> Iterator[tuple[int, int]]:
    """Yield where each segment begins and ends in the text, a draft with its tags.

    The cost is that of the tags, not of the text between them.
    """
    position = 0
    for segment in segments:
        start = position
        if segment.part is Part.TALK:
            position += len(segment.text)
            yield start, position
            continue
        position = _next_line(text, position) + len(segment.text)
        if not segment.is_closed:
            # Nothing comes after a draft without an end.
            yield start, len(text) + 1
            continue
        if text[position : position + 1] == "\n":
            position += 1
        tag, position = position, _next_line(text, position)
        yield start, tag + len(text[tag:position].rstrip())


def _next_line(text: str, position: int) -> int:
    found = text.find("\n", position)
    return len(text) if found < 0 else found + 1

"""A conversation as the chat shows it: stored and live turns become the same items."""

from collections.abc import Mapping, Sequence

from tui.domain.changes import WRITING_KINDS
from tui.domain.content import Author, Content, NumberedTurn, Turn, TurnKind, TurnState, Version
from tui.domain.costs import is_cost_unknown, money
from tui.domain.drafts import Part, Segment, partial_draft, split_reply, trimmed
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.domain.reply import Reply
from tui.domain.tools import ToolUse
from tui.domain.words import count_words, signed
from tui.screens.activity import activity_line
from tui.screens.tool_items import Stretch, stretches, uses_item
from tui.widgets.chat.items import ChatItem, Role

_Source = tuple[ContentId, NumberedTurn, tuple[Version, ...]]
"""All that the items of a turn depend on: the versions they name never change."""


class Transcript:
    """Turns a branch into items, and remembers those of turns that have not changed since."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        self._kept: dict[TurnId, tuple[_Source, list[ChatItem]]] = {}

    def items(self, content: Content, branch_id: BranchId) -> list[ChatItem]:
        """Return the items of every turn along a branch, a running one with its prompt only.

        May be called in a thread: it reads values only.
        """
        line = content.line(branch_id)
        edits = _edits_by_place(content)
        items = _edit_items(content, edits.get((branch_id, 0), ()), 0)
        if not line:
            return [*_unbegun(content), *items]
        for numbered in line:
            made = tuple(edits.get((numbered.owner, numbered.number), ()))
            items += self._turn_items(content, numbered, made)
            items += _forks_here(content, branch_id, numbered)
        return items

    def _turn_items(
        self, content: Content, numbered: NumberedTurn, edits: tuple[Version, ...]
    ) -> list[ChatItem]:
        source = (content.id, numbered, edits)
        kept = self._kept.get(numbered.turn.id)
        if kept is not None and kept[0] == source:
            return kept[1]
        items = turn_items(content, numbered, edits)
        self._kept[numbered.turn.id] = (source, items)
        return items


def turn_items(
    content: Content, numbered: NumberedTurn, edits: Sequence[Version] = ()
) -> list[ChatItem]:
    """Return the items of one stored turn, with the hand edits that came after it."""
    items = _asked(content, numbered)
    if numbered.turn.state is not TurnState.RUNNING:
        turn = numbered.turn
        items += _answer(content, numbered, turn.reply, split_reply(turn.reply), turn.tools)
        items += _ending(numbered)
    return items + _edit_items(content, edits, numbered.number)


def live_items(
    content: Content,
    numbered: NumberedTurn,
    reply: Reply,
    live_words: int,
    *,
    keys: Mapping[str, str] | None = None,
    silent: int = 0,
) -> list[ChatItem]:
    """Return the items of a turn that runs; `live_words` counts the draft being written.

    `silent` is for how many whole seconds nothing has been heard.
    """
    items = _asked(content, numbered)
    items += _answer(
        content, numbered, reply.text, reply.segments, reply.tools, live_words=live_words
    )
    if activity := activity_line(reply, silent):
        items.append(_note(numbered, "activity", activity))
    return items


def _unbegun(content: Content) -> list[ChatItem]:
    items = [ChatItem("brief", 0, Role.YOU, "Brief", content.brief)] if content.brief else []
    hint = "Press r and tell Claude what to write, or e to begin the text yourself."
    return [*items, ChatItem("unbegun", 0, Role.NOTE, "", hint)]


def _asked(content: Content, numbered: NumberedTurn) -> list[ChatItem]:
    turn = numbered.turn
    heading = f"You · {turn.kind.value} · turn {numbered.number}"
    if turn.label:
        heading += f" · {turn.label}"
    heading += _cost(content, numbered)
    items = [ChatItem(f"{turn.id}:you", numbered.number, Role.YOU, heading, turn.prompt)]
    if turn.is_retold:
        text = "Claude was told the earlier turns again: their session is not on this machine."
        items.append(_note(numbered, "retold", text))
    if turn.told is not None:
        told = content.version(turn.told)
        by = "your edit" if told.author is Author.YOU else "the draft as it stands"
        items.append(_note(numbered, "told", f"Claude was told v{told.number}, {by}."))
    return items


def _cost(content: Content, numbered: NumberedTurn) -> str:
    """Return what a turn cost, as the end of its heading; nothing for one that cost nothing."""
    if numbered.turn.cost:
        return f" · {money(numbered.turn.cost)}"
    # Of adopted turns nothing is ever known: said once, in the sum, and not at each of them.
    is_adopted = bool(content.branch(numbered.owner).source)
    return " · cost unknown" if is_cost_unknown(numbered.turn) and not is_adopted else ""


def _answer(
    content: Content,
    numbered: NumberedTurn,
    text: str,
    segments: Sequence[Segment],
    tools: Sequence[ToolUse],
    *,
    live_words: int | None = None,
) -> list[ChatItem]:
    items: list[ChatItem] = []
    drafts = [index for index, segment in enumerate(segments) if segment.part is Part.DRAFT]
    has_spoken = False
    parts = list(stretches(text, segments, tools))
    last = len(parts) - 1 if live_words is not None else None
    for position, part in enumerate(parts):
        if not isinstance(part, Stretch):
            items.append(uses_item(numbered, part))
            continue
        is_open = position == last and part.index == len(segments) - 1
        key, segment = f"{numbered.turn.id}:{part.key}", part.segment
        if segment.part is Part.TALK:
            body = segment.text.strip("\n") if not is_open else segment.text.lstrip("\n")
            heading = "" if has_spoken else "Claude"
            has_spoken = True
            items.append(ChatItem(key, numbered.number, Role.CLAUDE, heading, body, is_open))
            continue
        if not is_open and not segment.text.strip():
            continue
        is_final = bool(drafts) and part.index == drafts[-1]
        heading = _draft_heading(content, numbered, segment, is_final=is_final, live=live_words)
        body = segment.text if is_open else trimmed(segment.text)
        items.append(ChatItem(key, numbered.number, Role.DRAFT, heading, body, is_open))
    return items


def _draft_heading(
    content: Content,
    numbered: NumberedTurn,
    segment: Segment,
    *,
    is_final: bool,
    live: int | None,
) -> str:
    turn = numbered.turn
    if turn.version is not None and is_final:
        return _version_heading(content, content.version(turn.version))
    words = count_words(segment.text) if live is None or segment.is_closed else live
    if live is not None and turn.kind in WRITING_KINDS:
        return f"v{len(content.versions) + 1} · {counted(words)}"
    if not segment.is_closed:
        return f"partial draft · {counted(words)}"
    return f"draft · {counted(words)}"


def _version_heading(content: Content, version: Version) -> str:
    heading = f"v{version.number} · {counted(version.words)}"
    if version.before is not None:
        heading += f" ({signed(version.words - content.version(version.before).words)})"
    return heading + (" · partial" if version.is_partial else "")


def _ending(numbered: NumberedTurn) -> list[ChatItem]:
    turn = numbered.turn
    has_partial = turn.version is None and partial_draft(turn.reply) is not None
    take = " Press t to take the part as a draft." if has_partial else ""
    match turn.state:
        case TurnState.STOPPED:
            kept = "what had arrived is kept." if turn.reply else "nothing had arrived yet."
            why = f"{turn.failure} {kept[:1].upper()}{kept[1:]}" if turn.failure else ""
            return [_note(numbered, "end", f"{why or f'Stopped: {kept}'}{take}")]
        case TurnState.FAILED:
            said = turn.failure or "The turn failed."
            text = f"{said} Press ctrl+r to ask again.{take}"
            return [ChatItem(f"{turn.id}:end", numbered.number, Role.ERROR, "Failed", text)]
        case TurnState.INTERRUPTED:
            text = f"Redraft ended before this answer did. Press ctrl+r to ask again.{take}"
            return [_note(numbered, "end", text)]
        case TurnState.FINISHED if _lacks_draft(turn):
            return [_note(numbered, "end", "No draft in this answer; t takes it as the draft.")]
        case _:
            return []


def _lacks_draft(turn: Turn) -> bool:
    return turn.kind is TurnKind.GENERATE and turn.version is None and bool(turn.reply)


def _edits_by_place(content: Content) -> dict[tuple[BranchId, int], list[Version]]:
    edits: dict[tuple[BranchId, int], list[Version]] = {}
    for version in content.versions:
        if version.author is Author.YOU:
            edits.setdefault((version.branch, version.after_turn), []).append(version)
    return edits


def _edit_items(content: Content, edits: Sequence[Version], after_turn: int) -> list[ChatItem]:
    return [
        ChatItem(
            f"version:{version.number}",
            after_turn,
            Role.NOTE,
            "",
            f"You edited the draft: {_version_heading(content, version)}",
        )
        for version in edits
    ]


def _forks_here(content: Content, branch_id: BranchId, numbered: NumberedTurn) -> list[ChatItem]:
    branch = content.branch(branch_id)
    if branch.parent is None or branch.forked_after != numbered.number:
        return []
    if numbered.owner == branch_id:
        return []
    parent = content.branch(branch.parent)
    text = f"Branch “{branch.name}” leaves “{parent.name}” here."
    return [ChatItem(f"fork:{branch.id}", numbered.number, Role.NOTE, "", text)]


def _note(numbered: NumberedTurn, what: str, text: str) -> ChatItem:
    return ChatItem(f"{numbered.turn.id}:{what}", numbered.number, Role.NOTE, "", text)


def counted(words: int) -> str:
    """Return a number of words as a person says it: `1 word`, `2 words`."""
    return "1 word" if words == 1 else f"{words} words"


class LiveWords:
    """Counts the words of a draft that grows, each word once."""

    def __init__(self) -> None:
        self._counted = ""
        self._words = 0

    def count(self, reply: Reply) -> int:
        """Return the words of the draft being written; 0 when none is."""
        segments = reply.segments
        text = segments[-1].text if segments and segments[-1].part is Part.DRAFT else ""
        if not text.startswith(self._counted):
            self._counted, self._words = "", 0
        # A whole line can grow no more, so it is counted for good.
        end = text.rfind("\n") + 1
        if end > len(self._counted):
            self._words += count_words(text[len(self._counted) : end])
            self._counted = text[:end]
        return self._words + count_words(text[end:])

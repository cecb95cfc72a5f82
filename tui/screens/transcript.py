"""A conversation as the chat shows it: stored and live turns become the same items."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial

from tui.domain.change_limits import limits_words
from tui.domain.content import Author, Content, NumberedTurn, Turn, TurnKind, TurnState, Version
from tui.domain.costs import is_cost_unknown, money
from tui.domain.drafts import Part, Segment, has_text, partial_draft, split_reply, trimmed
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.domain.passage import excerpt, put_back_words
from tui.domain.reply import Reply
from tui.domain.tools import ToolUse
from tui.domain.turn_changes import WRITING_KINDS, went_over
from tui.domain.words import capitalized, count_words, counted
from tui.screens.activity import activity_line
from tui.screens.tool_items import Stretch, stretches, uses_item
from tui.screens.version_cards import named, version_card, version_heading, versions_by_place
from tui.widgets.chat.items import ChatItem, Role

_Source = tuple[ContentId, NumberedTurn, tuple[Version, ...], date]
"""All that the items of a turn depend on: the versions they name never change."""

_Heading = Callable[[Segment, bool], str]
"""Says what stands over a draft in an answer; the flag is for the last one."""


def _local_now() -> datetime:
    return datetime.now(UTC).astimezone()


class Transcript:
    """Turns a branch into items, and remembers those of turns that have not changed since."""

    def __init__(
        self,
        keys: Mapping[str, str],
        now: Callable[[], datetime] = _local_now,
        here: str = "",
    ) -> None:
        """Name keys as `keys` says, by command id; `now` tells the time, aware of its zone.

        `here` is the id of who works here: all others are named.
        """
        self._keys = keys
        self._now = now
        self._here = here
        self._kept: dict[TurnId, tuple[_Source, list[ChatItem]]] = {}

    def items(self, content: Content, branch_id: BranchId) -> list[ChatItem]:
        """Return the items of every turn along a branch, a running one with its prompt only.

        May be called in a thread: it reads values only.
        """
        now = self._now()
        turns = content.lineage(branch_id)
        made = versions_by_place(content, branch_id)
        items = _cards(content, made.get((branch_id, 0), ()), 0, now, self._here)
        if not turns:
            return [*_unbegun(content, self._keys), *items]
        for numbered in turns:
            place = numbered.owner, numbered.number
            items += self._turn_items(content, numbered, made.get(place, ()), now)
            forks = _forks_here(content, branch_id, numbered)
            if forks:
                items += forks
                own = made.get((branch_id, numbered.number), ())
                items += _cards(content, own, numbered.number, now, self._here)
        return items

    def _turn_items(
        self,
        content: Content,
        numbered: NumberedTurn,
        versions: tuple[Version, ...],
        now: datetime,
    ) -> list[ChatItem]:
        source = (content.id, numbered, versions, now.astimezone().date())
        kept = self._kept.get(numbered.turn.id)
        if kept is not None and kept[0] == source:
            return kept[1]
        items = turn_items(content, numbered, versions, keys=self._keys, now=now, here=self._here)
        self._kept[numbered.turn.id] = (source, items)
        return items


def turn_items(
    content: Content,
    numbered: NumberedTurn,
    versions: Sequence[Version] = (),
    *,
    keys: Mapping[str, str],
    now: datetime,
    here: str = "",
) -> list[ChatItem]:
    """Return the items of one stored turn, with the versions made in it and after it.

    Args:
        content: Whose turn it is.
        numbered: The turn.
        versions: Those made before the next turn, in order.
        keys: The shown key of every command, by its id.
        now: The day that is told as a time only; aware of its zone.
        here: The id of who works here: all others are named.
    """
    items = _asked(content, numbered, here)
    turn = numbered.turn
    if turn.state is not TurnState.RUNNING:
        segments = split_reply(turn.reply)
        heading = partial(_stored_heading, content, turn, now)
        is_draft = turn.version in {version.number for version in versions}
        answer = _answer(
            numbered, turn.reply, segments, turn.tools, heading, is_whole_draft=is_draft
        )
        if is_draft and any(item.role is Role.DRAFT for item in answer):
            versions = [version for version in versions if version.number != turn.version]
        items += answer
        if turn.put_back is not None:
            items.append(_note(numbered, "held", put_back_words(turn.put_back)))
        if over := went_over(content, turn):
            again = f"Press {keys['retry']} to ask again from the text before."
            text = f"Over the limits: {'; '.join(over)}. {again}"
            items.append(_note(numbered, "over", text))
        items += _ending(numbered, keys)
    return items + _cards(content, versions, numbered.number, now, here)


def live_items(
    content: Content,
    numbered: NumberedTurn,
    reply: Reply,
    live_words: int,
    *,
    keys: Mapping[str, str],
    silent: int = 0,
    here: str = "",
) -> list[ChatItem]:
    """Return the items of a turn that runs; `live_words` counts the draft being written.

    `keys` has the shown key of every command, `silent` is for how many whole seconds nothing has
    been heard, `here` the id of who works here.
    """
    items = _asked(content, numbered, here)
    heading = partial(_live_heading, content, numbered.turn, live_words)
    items += _answer(numbered, reply.text, reply.segments, reply.tools, heading, is_live=True)
    if activity := activity_line(reply, silent, keys):
        items.append(_note(numbered, "activity", activity))
    return items


def _unbegun(content: Content, keys: Mapping[str, str]) -> list[ChatItem]:
    items = [ChatItem("brief", 0, Role.YOU, "Brief", content.brief)] if content.brief else []
    hint = (
        "Tell Claude below what to write. "
        f"To write it yourself, go to the chat and press {keys['edit']}."
    )
    return [*items, ChatItem("unbegun", 0, Role.NOTE, "", hint)]


def _asked(content: Content, numbered: NumberedTurn, here: str) -> list[ChatItem]:
    turn = numbered.turn
    heading = f"You · {turn.kind.value} · turn {numbered.number}"
    if turn.label:
        heading += f" · {turn.label}"
    heading += _cost(content, numbered)
    items = [ChatItem(f"{turn.id}:you", numbered.number, Role.YOU, heading, turn.prompt)]
    if turn.is_retold:
        text = "Claude was told the earlier turns again: their session is not on this machine."
        items.append(_note(numbered, "retold", text))
    if turn.passage is not None:
        marked = turn.passage.span.of(content.version(turn.passage.version).text)
        items.append(_note(numbered, "passage", f"About this passage: “{excerpt(marked)}”"))
    if turn.limits is not None:
        items.append(_note(numbered, "limits", f"Limits: {limits_words(turn.limits)}."))
    if turn.told is not None:
        told = content.version(turn.told)
        other = named(told.by, here)
        by = f"the edit by {other}" if other else "your edit"
        by = by if told.author is Author.YOU else "the current draft"
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
    numbered: NumberedTurn,
    text: str,
    segments: Sequence[Segment],
    tools: Sequence[ToolUse],
    heading: _Heading,
    *,
    is_live: bool = False,
    is_whole_draft: bool = False,
) -> list[ChatItem]:
    """Return the items of an answer; with `is_whole_draft`, talk alone is shown as the draft."""
    items: list[ChatItem] = []
    drafts = [index for index, segment in enumerate(segments) if segment.part is Part.DRAFT]
    has_spoken = False
    parts = list(stretches(text, segments, tools))
    last = len(parts) - 1 if is_live else None
    is_one_talk = sum(isinstance(part, Stretch) for part in parts) == 1
    is_taken = is_whole_draft and not drafts and is_one_talk
    for position, part in enumerate(parts):
        if not isinstance(part, Stretch):
            items.append(uses_item(numbered, part))
            continue
        key, segment = f"{numbered.turn.id}:{part.key}", part.segment
        is_draft = segment.part is Part.DRAFT or is_taken
        is_open = position == last and part.index == len(segments) - 1
        is_open &= not (is_draft and segment.is_closed)
        if not is_draft:
            body = segment.text.strip("\n") if not is_open else segment.text.lstrip("\n")
            speaker = "" if has_spoken else "Claude"
            has_spoken = True
            items.append(ChatItem(key, numbered.number, Role.CLAUDE, speaker, body, is_open))
            continue
        if not (is_open or is_taken or has_text(segment)):
            continue
        is_final = is_taken or part.index == drafts[-1]
        body = segment.text if is_open else trimmed(segment.text)
        over = heading(segment, is_final)
        is_cut_off = not (is_open or is_taken or segment.is_closed)
        item = ChatItem(key, numbered.number, Role.DRAFT, over, body, is_open, is_cut_off)
        items.append(item)
    return items


def _stored_heading(
    content: Content, turn: Turn, now: datetime, segment: Segment, is_final: bool
) -> str:
    if turn.version is not None and is_final:
        heading = version_heading(content, content.version(turn.version), now)
        if turn.passage is not None:
            heading = heading.replace(" · ", " · passage · ", 1)
        if turn.limits is not None:
            # Early, since a heading is cut at its end.
            name, _, rest = heading.partition(" · ")
            heading = f"{name} · {_measured(went_over(content, turn))} · {rest}"
        return heading
    kind = "draft" if turn.passage is None else "passage"
    kind = kind if segment.is_closed else f"partial {kind}"
    return f"{kind} · {counted(count_words(segment.text))}"


def _measured(over: Sequence[str]) -> str:
    if not over:
        return "within the limits"
    return over[0] if len(over) == 1 else "over the limits"


def _live_heading(
    content: Content, turn: Turn, live: int, segment: Segment, _is_final: bool
) -> str:
    words = count_words(segment.text) if segment.is_closed else live
    if turn.passage is not None:
        return f"passage · {counted(words)}"
    if turn.kind in WRITING_KINDS:
        return f"v{len(content.versions) + 1} · {counted(words)}"
    kind = "draft" if segment.is_closed else "partial draft"
    return f"{kind} · {counted(words)}"


def _ending(numbered: NumberedTurn, keys: Mapping[str, str]) -> list[ChatItem]:
    turn = numbered.turn
    has_partial = turn.version is None and partial_draft(turn.reply) is not None
    does = "makes the part the draft" if turn.passage is None else "puts the part in its place"
    take = f" In the chat, {keys['take']} {does}." if has_partial else ""
    again = f" Press {keys['retry']} to ask again."
    lacks_draft = turn.kind is TurnKind.GENERATE and turn.version is None and bool(turn.reply)
    match turn.state:
        case TurnState.STOPPED:
            kept = "what had arrived is kept." if turn.reply else "nothing had arrived yet."
            why = f"{turn.failure} {capitalized(kept)}" if turn.failure else ""
            return [_note(numbered, "end", f"{why or f'Stopped: {kept}'}{take}")]
        case TurnState.FAILED:
            said = turn.failure or "The turn failed."
            text = f"{said}{again}{take}"
            return [ChatItem(f"{turn.id}:end", numbered.number, Role.ERROR, "Failed", text)]
        case TurnState.INTERRUPTED:
            text = f"Redraft closed before this answer finished.{again}{take}"
            return [_note(numbered, "end", text)]
        case TurnState.FINISHED if lacks_draft:
            text = f"No draft in this answer. In the chat, {keys['take']} makes it the draft."
            return [_note(numbered, "end", text)]
        case _:
            return []


def _cards(
    content: Content, versions: Sequence[Version], turn: int, now: datetime, here: str
) -> list[ChatItem]:
    return [version_card(content, version, turn, now, here) for version in versions]


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

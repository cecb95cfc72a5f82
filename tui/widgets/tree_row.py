"""One row of the fork tree, fitted to any width.

From the left: whether it is on the way to the branch on screen, the lines that lead to it, its
shape, what it is called. From the right: its age, its cost, its version with the change in words.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, assert_never

from rich.cells import cell_len

from tui.domain.age import age
from tui.domain.content import Author, Branch, Content, NumberedTurn, TurnState, Version
from tui.domain.costs import cost_of
from tui.domain.frozen import frozen
from tui.domain.person import another
from tui.domain.tree_rows import Aside, Hidden, Row, Run
from tui.domain.version_words import BY_CLAUDE, how_made
from tui.domain.words import signed
from tui.widgets.badges import (
    APPROVED,
    COMBINED,
    DOT,
    DRAFT,
    FAILED_STATES,
    FOLDED,
    HERE,
    LAST_TURN,
    LEAVES,
    MAIN,
    MAIN_BRANCH,
    OTHER_BRANCH,
    PUBLISHED,
    RUN,
    TO_COMPARE,
    WRITING,
    GoingOn,
    Mark,
    Tone,
    branch_mark,
)
from tui.widgets.text import one_line

SHORTEST: Final = 12
"""Cells that what a row is called keeps; other facts give way."""
AGE_FROM: Final = 44
"""Cells from which a row also says how old it is."""
_AGE, _COST, _CHANGE = 6, 8, 6
"""Cells of these columns; the text in them stands at their right."""
_IN_WORDS: Final[Mapping[TurnState, str]] = {
    TurnState.STOPPED: "stopped",
    TurnState.FAILED: "failed",
    TurnState.INTERRUPTED: "interrupted",
}

_ASCII_PUNCTUATION: Final = str.maketrans("…·−–±", "~----")

Part = tuple[str, str]
"""A text, and how it looks: a `Tone`, or one of the looks that only the tree has."""
Parts = list[Part]
LOOKS: Final = ("name", "here", "guide")
"""Of a branch's name, of one on the way to the branch on screen, and of the lines."""


@frozen
class Lines:
    """The strokes that lead to the rows of a branch, each two cells wide."""

    through: str = "│ "
    tee: str = "├─"
    last: str = "└─"
    plain: Mapping[str, str] | None = None
    """What stands for each sign in a terminal that cannot draw them."""

    def shown(self, sign: str) -> str:
        """Return a sign as this terminal can draw it."""
        return sign if self.plain is None else self.plain.get(sign, sign)


DRAWN: Final = Lines()
ASCII: Final = Lines(
    through="| ",
    tee="|-",
    last="`-",
    plain={
        HERE.symbol: ">",
        MAIN_BRANCH.symbol: "#",
        OTHER_BRANCH.symbol: "o",
        FOLDED.symbol: "+",
        DOT.symbol: "*",
        LAST_TURN.symbol: "o",
        RUN.symbol: "..",
        COMBINED.symbol: "&",
        DRAFT.symbol: "~",
        LEAVES.symbol: ">",
        MAIN.symbol: "(main)",
        TO_COMPARE.symbol: "=",
        APPROVED.symbol: "ok",
        PUBLISHED.symbol: "^",
        WRITING.symbol: "...",
        "…": "~",
    },
)


def lines_for(terminal: str, encoding: str) -> Lines:
    """Return how the tree is drawn, by the name of a terminal (`TERM`) and what it is sent in.

    The font of the Linux console has the lines, but hardly any of the other signs.
    """
    can_draw = terminal not in ("linux", "dumb", "vt100", "vt220")
    return DRAWN if can_draw and encoding.lower().replace("-", "") == "utf8" else ASCII


@frozen
class RowSetting:
    """What a row is drawn with, beside the row itself."""

    content: Content
    going_on: GoingOn
    marked: frozenset[str] = frozenset()
    """Branches that are to be compared."""
    now: datetime | None = None
    """What ages are counted from; without it there are none."""
    has_costs: bool = False
    """Whether a row says what it cost, in place of its age."""
    lines: Lines = DRAWN
    person: str = ""
    """The id of who works here: all others are named."""


def row_parts(row: Row, width: int, given: RowSetting) -> Parts:
    """Return a row's texts with their tones, `width` cells together (at least 16)."""
    lead = _lead(row, width, given.lines)
    shape, tone = _shape(row, given)
    room = width - sum(cell_len(text) for text, _ in lead) - cell_len(shape) - 1
    tail = _tail(row, given, room, width)
    room -= sum(cell_len(text) for text, _ in tail)
    called = _called(row, given, room)
    blank = " " * (room - sum(cell_len(text) for text, _ in called))
    parts = [*lead, (f"{shape} ", tone), *called, (blank, Tone.QUIET), *tail]
    return parts if given.lines.plain is None else [(_plain(text), tone) for text, tone in parts]


def _plain(text: str) -> str:
    return text.translate(_ASCII_PUNCTUATION)


def where_shape_starts(row: Row, width: int) -> int:
    """Return the cell at which the shape of a row stands."""
    return sum(cell_len(text) for text, _ in _lead(row, width, DRAWN))


def _lead(row: Row, width: int, lines: Lines) -> Parts:
    """Return the mark of the thread on screen, and the lines, no more than fit."""
    here: Part = (lines.shown(HERE.symbol) if row.is_here else " ", HERE.tone)
    if not row.rails:
        return [here]
    levels = [lines.through if follows else "  " for follows in row.rails]
    if isinstance(row.about, Branch | Aside):
        levels[-1] = lines.tee if row.rails[-1] else lines.last
    most = max(2, width // 3 // 2)
    if len(levels) > most:
        levels = [lines.shown("…") + " ", *levels[len(levels) - most + 1 :]]
    return [here, ("".join(levels), "guide")]


def _shape(row: Row, given: RowSetting) -> Part:
    match row.about:
        case Branch(id=branch):
            mark = MAIN_BRANCH if branch == given.content.main else OTHER_BRANCH
            mark = FOLDED if row.hidden is not None else mark
        case NumberedTurn(turn=turn):
            mark = LAST_TURN if row.is_last else DOT
            if turn.state in FAILED_STATES:
                return given.lines.shown(mark.symbol), Tone.BAD
        case Version(author=author):
            mark = COMBINED if author is Author.COMBINED else DRAFT
        case _:
            mark = RUN
    if row.is_here and not isinstance(row.about, Run | Aside):
        return given.lines.shown(mark.symbol), Tone.BUSY
    return given.lines.shown(mark.symbol), Tone.QUIET


# -- what a row is called --------------------------------------------------------------------------


def _called(row: Row, given: RowSetting, room: int) -> Parts:
    match row.about:
        case Branch() as branch:
            return _branch_called(row, branch, given, room)
        case NumberedTurn(number=number, turn=turn):
            text, tone = f"{number} {turn.label or turn.prompt}", Tone.PLAIN
            if turn.label:
                tone = Tone.GOOD
        case Version() as version:
            made = how_made(version, another(version.by, given.person)) or BY_CLAUDE
            text = version.label or made
            tone = Tone.GOOD if version.label else Tone.QUIET
        case Run(turns):
            text, tone = f"{len(turns)} turns", Tone.QUIET
        case Aside() as aside:
            text, tone = _aside_called(aside), Tone.QUIET
        case _:
            assert_never(row.about)
    if not row.is_here and tone is Tone.PLAIN:
        tone = Tone.QUIET
    return [(one_line(text, room), tone)]


def _branch_called(row: Row, branch: Branch, given: RowSetting, room: int) -> Parts:
    marks = f" {given.lines.shown(MAIN.symbol)}" if branch.id == given.content.main else ""
    if branch.id in given.marked:
        marks += f" {given.lines.shown(TO_COMPARE.symbol)}"
    facts = [f"after {branch.forked_after}"] if branch.parent is not None else []
    if row.hidden is not None:
        facts = [_hidden_words(row.hidden)]
    if branch.is_archived:
        facts.append("archived")
    beside = "".join(f" · {fact}" for fact in facts)
    whole = cell_len(one_line(branch.name, room))
    if min(whole, SHORTEST) + cell_len(marks) + cell_len(beside) > room:
        beside = ""
    name = one_line(branch.name, max(1, room - cell_len(marks) - cell_len(beside)))
    tone = "here" if row.is_here else "name"
    return [(name + one_line(marks, max(0, room - cell_len(name))), tone), (beside, Tone.QUIET)]


def _hidden_words(hidden: Hidden) -> str:
    parts = [_counted(hidden.turns, "turn", "turns")]
    if hidden.branches:
        parts.append(_counted(hidden.branches, "branch", "branches"))
    return ", ".join(parts)


def _aside_called(aside: Aside) -> str:
    counts = ((aside.archived, "archived"), (aside.empty, "empty"), (aside.failed, "failed"))
    total = aside.archived + aside.empty + aside.failed
    kinds = [f"{count} {word}" for count, word in counts if count]
    if len(kinds) == 1:
        return f"{kinds[0]} {'branch' if total == 1 else 'branches'}"
    return f"{_counted(total, 'branch', 'branches')}: {', '.join(kinds)}"


def _counted(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


# -- what stands at the right ----------------------------------------------------------------------


def _tail(row: Row, given: RowSetting, room: int, width: int) -> Parts:
    """Return the facts at the right, as many as leave room for what the row is called."""
    columns: list[Part] = []
    if given.has_costs:
        columns.append((f" {_cost(row):>{_COST}}", Tone.QUIET))
    elif width >= AGE_FROM and given.now is not None:
        columns.append((f" {_age(row, given.now):>{_AGE}}", Tone.QUIET))
    facts = _facts(row, given)
    changes: Parts = []
    change = _change(row)
    if change and width >= SHORTEST * 2 + _CHANGE:
        changes.append((f" {change:>{_CHANGE}}", Tone.QUIET))
    elif width >= AGE_FROM:
        changes.append((" " * (_CHANGE + 1), Tone.QUIET))
    least = SHORTEST
    if row.hidden is not None:  # How much it hides is what a folded row has to say.
        least += cell_len(f" · {_hidden_words(row.hidden)}")
    wanted = columns if given.has_costs else changes
    for tail in ([*facts, *changes, *columns], [*facts, *wanted], facts, facts[-1:]):
        if sum(cell_len(text) for text, _ in tail) + least <= room:
            return tail
    return []


def _facts(row: Row, given: RowSetting) -> Parts:
    """Return what happened at a row and what it made; the most urgent first."""
    shown, found = given.lines.shown, Parts()
    match row.about:
        case Branch() as branch:
            mark = branch_mark(branch, given.going_on)
            if mark is not None:
                found.append((f" {shown(mark.symbol)}", mark.tone))
        case NumberedTurn(turn=turn) if turn.state is TurnState.RUNNING:
            found.append((f" {shown(WRITING.symbol)}", WRITING.tone))
        case NumberedTurn(turn=turn) if turn.state in _IN_WORDS:
            tone = Tone.BAD if turn.state in FAILED_STATES else Tone.QUIET
            found.append((f" {_IN_WORDS[turn.state]}", tone))
        case Run(versions=versions) if versions:
            first, last = versions[0].number, versions[-1].number
            found.append((f" v{first}" if first == last else f" v{first}–v{last}", Tone.QUIET))
        case _:
            pass
    if row.forks:
        found += [(f" {shown(LEAVES.symbol)}", Tone.QUIET), (str(row.forks), Tone.QUIET)]
    if row.version is not None:
        fate = _fate(row, given.content)
        if fate is not None:
            found.append((f" {shown(fate.symbol)}", fate.tone))
        found.append((f" v{row.version.number}", Tone.QUIET))
    return found


def _fate(row: Row, content: Content) -> Mark | None:
    """Return what became of the version of a row: published, approved or neither."""
    version, approval, publication = row.version, content.approval, content.publication
    if version is None:
        return None
    if publication is not None and publication.sha256 == version.sha256:
        return PUBLISHED
    return APPROVED if approval is not None and approval.sha256 == version.sha256 else None


def _change(row: Row) -> str:
    if row.version is None:
        return ""
    return f"{row.version.words} w" if row.change is None else signed(row.change)


def _age(row: Row, now: datetime) -> str:
    match row.about:
        case Branch(turns=turns, created_at=at):
            return age((turns[-1].ended_at or turns[-1].started_at) if turns else at, now)
        case NumberedTurn(turn=turn):
            return age(turn.ended_at or turn.started_at, now)
        case Version(created_at=at):
            return age(at, now)
        case Run(turns):
            return age(turns[-1].started_at, now)
        case Aside():
            return ""


def _cost(row: Row) -> str:
    match row.about:
        case Branch(turns=turns):
            return cost_of(turns).short if turns else ""
        case NumberedTurn(turn=turn):
            return cost_of((turn,)).short
        case Run(turns):
            return cost_of(turns).short
        case _:
            return ""

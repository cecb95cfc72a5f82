"""What changed between two texts, told the way a writer reads it: paragraph by paragraph, in words.

Blocks (paragraphs, list items, headings, code) are aligned first, those that only moved are found,
and blocks that say nearly the same are compared word by word, code line by line. Every difference
belongs to one numbered change, and each change can be taken or refused for itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from enum import StrEnum

from tui.domain.blocks import Block, BlockForm, blocks
from tui.domain.frozen import frozen
from tui.domain.pairing import Entry, paired
from tui.domain.wording import Stretch, worded
from tui.domain.words import count_words


class DiffKind(StrEnum):
    """The kind of difference of a block, or of a span of a block."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"
    """Of a block only: it is in both texts, and some of its words differ."""
    MOVED = "moved"
    """Of a block only: it stands here in the text after, elsewhere in the text before."""
    MOVED_AWAY = "moved_away"
    """Of a block only: it stood here in the text before."""
    SPACING = "spacing"
    """Of a block only: nothing but line ends, blanks or blank lines differ."""


@frozen
class DiffSpan:
    """A stretch of a block as it is shown: `SAME`, `REMOVED` or `ADDED`."""

    kind: DiffKind
    text: str
    change: int | None = None
    """Number of the change it belongs to, from 0; None where nothing changed."""


@frozen
class DiffBlock:
    """One block of an inline view; all blocks in order are the unified diff of the two texts."""

    kind: DiffKind
    form: BlockForm
    lead: Stretch
    """The white space before the block."""
    stretches: tuple[Stretch, ...]
    """The block in both texts; one side is empty where a block is in one text only."""
    spans: tuple[DiffSpan, ...]
    """What is shown of it; of a moved block also which of its words changed on the way."""
    line_before: int | None
    """Number of its first line in the text before, from 1; None when it was not there."""
    line_after: int | None

    @property
    def before(self) -> tuple[DiffSpan, ...]:
        """The spans of the text before, exactly."""
        return tuple(
            DiffSpan(DiffKind.SAME if one.is_same else DiffKind.REMOVED, one.before, one.change)
            for one in self.stretches
            if one.before
        )

    @property
    def after(self) -> tuple[DiffSpan, ...]:
        """The spans of the text after, exactly."""
        return tuple(span for span in self.spans if span.kind is not DiffKind.REMOVED)

    @property
    def changes(self) -> tuple[int, ...]:
        """The numbers of the changes in it, rising, each once."""
        all_of = (self.lead, *self.stretches)
        return tuple(sorted({one.change for one in all_of if one.change is not None}))


@frozen
class Change:
    """One difference that can be taken or refused."""

    kind: DiffKind
    """`REMOVED`, `ADDED`, `CHANGED`, `MOVED` or `SPACING`."""
    before: str
    """The words it replaces; empty for an added block."""
    after: str


@frozen
class DiffSummary:
    """Counts of added and removed words and of moved blocks."""

    words_added: int
    words_removed: int
    blocks_moved: int = 0


@frozen
class Comparison:
    """Two texts compared."""

    blocks: tuple[DiffBlock, ...]
    changes: tuple[Change, ...]
    """The changes, in the order in which they occur; the index is the number."""

    def result(self, refused: Collection[int] = ()) -> str:
        """Return the text after without the refused changes; with all refused, the text before."""
        given_up = frozenset(refused)  # A range is searched from end to end for a None.
        return "".join(
            one.before if one.change in given_up else one.after
            for block in self.blocks
            for one in (block.lead, *block.stretches)
        )

    @property
    def summary(self) -> DiffSummary:
        """Words added and removed, whose difference is that of the texts' word counts.

        A moved block counts only with its changed words.
        """
        counts = {DiffKind.ADDED: 0, DiffKind.REMOVED: 0}
        moved = 0
        for block in self.blocks:
            moved += block.kind is DiffKind.MOVED
            if block.kind is DiffKind.MOVED_AWAY:
                continue
            for span in block.spans:
                if span.kind in counts:
                    counts[span.kind] += count_words(span.text)
        return DiffSummary(counts[DiffKind.ADDED], counts[DiffKind.REMOVED], moved)


def compare(before: str, after: str) -> Comparison:
    """Return the comparison of all blocks of both texts, in one order."""
    old, new = blocks(before), blocks(after)
    numbering = _Numbering()
    numbered = [numbering.numbered(entry) for entry in paired(old, new)]
    return Comparison(tuple(numbered), numbering.changes())


# -- numbering the changes ---------------------------------------------------------------------


class _Numbering:
    """Gives every difference the number of its change, in the order of the entries."""

    def __init__(self) -> None:
        self._kinds: list[DiffKind] = []
        self._before: list[list[str]] = []
        self._after: list[list[str]] = []
        self._moves: dict[int, int] = {}
        self._last: int | None = None
        """The change at the end of the entry before; None when nothing changed there."""

    def changes(self) -> tuple[Change, ...]:
        """Return all changes by their numbers."""
        texts = zip(self._kinds, self._before, self._after, strict=True)
        return tuple(Change(kind, "".join(old), "".join(new)) for kind, old, new in texts)

    def numbered(self, entry: Entry) -> DiffBlock:
        """Return an entry with its changes numbered."""
        if entry.old is not None and entry.new is not None:
            block = self._both(entry.old, entry.new)
        else:
            block = self._one_sided(entry)
        inside = [one.change for one in (block.lead, *block.stretches)]
        self._last = inside[-1]
        return block

    def _new(self, kind: DiffKind) -> int:
        self._kinds.append(kind)
        self._before.append([])
        self._after.append([])
        return len(self._kinds) - 1

    def _one_sided(self, entry: Entry) -> DiffBlock:
        block = entry.old or entry.new
        assert block is not None
        number = self._number_of(entry)
        is_old = entry.old is not None
        if is_old:
            self._before[number].append(block.text)
        else:
            self._after[number].append(block.text)
        lead = _one_side(block.lead, number, is_old=is_old)
        stretch = _one_side(block.text, number, is_old=is_old)
        spans: tuple[DiffSpan, ...]
        if entry.source is not None:
            stretches = worded(entry.source, block)
            spans = tuple(replace(span, change=number) for span in _spans(stretches))
        else:
            kind = DiffKind.REMOVED if is_old else DiffKind.ADDED
            spans = (DiffSpan(kind, block.text, number),)
        before, after = (block.line, None) if is_old else (None, block.line)
        return DiffBlock(_kind(entry), block.form, lead, (stretch,), spans, before, after)

    def _number_of(self, entry: Entry) -> int:
        if entry.origin is not None:
            if entry.origin not in self._moves:
                self._moves[entry.origin] = self._new(DiffKind.MOVED)
            return self._moves[entry.origin]
        if entry.is_answer and self._last is not None:
            self._kinds[self._last] = DiffKind.CHANGED
            return self._last
        return self._new(_kind(entry))

    def _both(self, old: Block, new: Block) -> DiffBlock:
        lead = self._spacing(Stretch(old.lead, new.lead))
        stretches = worded(old, new)
        first = len(self._kinds)
        numbers = {
            number: self._new(_kind_of(stretches, number)) for number in _numbers_in(stretches)
        }
        numbered = tuple(
            one if one.change is None else replace(one, change=numbers[one.change])
            for one in stretches
        )
        for number in range(first, len(self._kinds)):
            self._before[number], self._after[number] = _wordings(numbered, number)
        spans = _spans(numbered)
        kind = DiffKind.SAME
        if any(span.kind is not DiffKind.SAME for span in spans):
            kind = DiffKind.CHANGED
        elif numbers or (lead.change is not None and lead.change != self._last):
            kind = DiffKind.SPACING
        return DiffBlock(kind, new.form, lead, numbered, spans, old.line, new.line)

    def _spacing(self, lead: Stretch) -> Stretch:
        """Return white space that differs as part of the change before it, or as its own."""
        if lead.before == lead.after:
            return lead
        number = self._new(DiffKind.SPACING) if self._last is None else self._last
        return replace(lead, change=number)


def _kind(entry: Entry) -> DiffKind:
    """Return what became of a block that is in one text only."""
    if entry.old is not None:
        return DiffKind.REMOVED if entry.origin is None else DiffKind.MOVED_AWAY
    return DiffKind.ADDED if entry.origin is None else DiffKind.MOVED


def _one_side(text: str, change: int, *, is_old: bool) -> Stretch:
    return Stretch(text, "", change) if is_old else Stretch("", text, change)


def _numbers_in(stretches: Sequence[Stretch]) -> list[int]:
    return sorted({one.change for one in stretches if one.change is not None})


def _kind_of(stretches: Sequence[Stretch], number: int) -> DiffKind:
    is_blank = all(one.is_blank for one in stretches if one.change == number)
    return DiffKind.SPACING if is_blank else DiffKind.CHANGED


def _wordings(stretches: Sequence[Stretch], number: int) -> tuple[list[str], list[str]]:
    """Return both wordings of a change, with what stands unchanged between its places."""
    places = [at for at, one in enumerate(stretches) if one.change == number]
    inside = stretches[places[0] : places[-1] + 1]
    return [one.before for one in inside], [one.after for one in inside]


def _spans(stretches: Sequence[Stretch]) -> tuple[DiffSpan, ...]:
    spans: list[DiffSpan] = []
    for one in stretches:
        if one.is_same:
            spans.append(DiffSpan(DiffKind.SAME, one.after))
            continue
        sides = ((DiffKind.REMOVED, one.before), (DiffKind.ADDED, one.after))
        spans += [DiffSpan(kind, text, one.change) for kind, text in sides if text]
    return tuple(spans)


# -- side by side ------------------------------------------------------------------------------


def sides(found: Sequence[DiffBlock]) -> tuple[tuple[DiffBlock | None, DiffBlock | None], ...]:
    """Return the rows of a side-by-side view: left is before, right is after.

    A block and its replacement share a row; None is an empty place.
    """
    rows: list[tuple[DiffBlock | None, DiffBlock | None]] = []
    for block in found:
        if block.kind in (DiffKind.REMOVED, DiffKind.MOVED_AWAY):
            rows.append((block, None))
        elif block.kind in (DiffKind.ADDED, DiffKind.MOVED):
            left, right = rows[-1] if rows else (None, None)
            is_answer = left is not None and right is None and left.changes == block.changes
            if is_answer and left is not None and left.kind is DiffKind.REMOVED:
                rows[-1] = (left, block)
            else:
                rows.append((None, block))
        else:
            rows.append((block, block))
    return tuple(rows)

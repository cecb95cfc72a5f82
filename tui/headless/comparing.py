"""`redraft diff`: two versions, or a version and a file; changes can be taken one by one."""

from argparse import ArgumentParser
from collections.abc import Collection
from typing import Final

from tui.domain.content import Choice, Content, Refusal, Version
from tui.domain.diff import Comparison, DiffBlock, DiffKind, DiffSpan, compare
from tui.domain.errors import InvalidInput
from tui.domain.facts import FactChange, changed_facts
from tui.domain.frozen import frozen
from tui.domain.version_words import taken_words
from tui.domain.words import count_words, signed
from tui.headless.file_arguments import STDIN, read_draft
from tui.headless.finding import found_content
from tui.headless.output import Out, plain
from tui.headless.shapes import Json, version_json
from tui.headless.subcommand import Subcommand, add_content, parse_number, runs
from tui.studio.studio import Studio

_AROUND = 1
"""Unchanged paragraphs shown before and after a change."""
_MARKS = {DiffKind.REMOVED: ("[-", "-]"), DiffKind.ADDED: ("{+", "+}")}
_SIGNS = {
    DiffKind.SAME: " ",
    DiffKind.REMOVED: "-",
    DiffKind.ADDED: "+",
    DiffKind.CHANGED: "~",
    DiffKind.MOVED: ">",
    DiffKind.MOVED_AWAY: "<",
    DiffKind.SPACING: "¶",
}


@frozen
class _Text:
    """One of the two texts."""

    name: str
    text: str
    version: Version | None = None


async def show_diff(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    before: int,
    after: int | str,
    accept: bool = False,
    refuse: Collection[int] = (),
    as_json: bool = False,
) -> int:
    """Print what changed from a version to another one or to a file, word by word.

    [-removed-] and {+added+}; each change has its number, from 1. With `accept` the second text
    becomes the draft, without the changes that are refused.
    """
    content = await found_content(studio, reference)
    old, new = content.version(before), _second(content, after)
    comparison = compare(old.text, new.text)
    if accept:
        accepted = _Accepted(content, old, new, comparison, _refused(comparison, refuse))
        return await _save(studio, out, accepted, as_json=as_json)
    if refuse:
        raise InvalidInput("--refuse needs --accept: it saves what is left of the changes.")
    facts = changed_facts(old.text, new.text)
    if as_json:
        out.json(_json(content, old, new, comparison, facts))
        return 0
    counts = comparison.summary
    moved = f", {counts.blocks_moved} moved" if counts.blocks_moved else ""
    out.line(
        f"v{old.number} → {new.name} of “{plain(content.title)}”: "
        f"{signed(count_words(new.text) - old.words)} words "
        f"({counts.words_added} added, {counts.words_removed} removed{moved})"
    )
    out.text("".join(_shown_blocks(comparison.blocks)))
    if facts:
        out.line("Facts changed:")
    for fact in facts:
        out.line(f"{'+' if fact.is_new else '-'} {fact.kind.value}: {plain(fact.text)}")
    return 0


def _second(content: Content, after: int | str) -> _Text:
    if isinstance(after, int):
        version = content.version(after)
        return _Text(f"v{version.number}", version.text, version)
    name = "standard input" if after == STDIN else plain(after)
    return _Text(name, read_draft(after))


def _json(
    content: Content,
    old: Version,
    new: _Text,
    comparison: Comparison,
    facts: tuple[FactChange, ...],
) -> Json:
    counts = comparison.summary
    return {
        "content": content.id,
        "before": old.number,
        "after": new.name if new.version is None else new.version.number,
        "words_added": counts.words_added,
        "words_removed": counts.words_removed,
        "blocks_moved": counts.blocks_moved,
        "change": count_words(new.text) - old.words,
        "changes": [
            {
                "number": number,
                "kind": change.kind.value,
                "before": change.before,
                "after": change.after,
            }
            for number, change in enumerate(comparison.changes, start=1)
        ],
        "blocks": [
            {
                "kind": block.kind.value,
                "form": block.form.value,
                "line_before": block.line_before,
                "line_after": block.line_after,
                "changes": [number + 1 for number in block.changes],
                "spans": [{"kind": span.kind.value, "text": span.text} for span in block.spans],
            }
            for block in comparison.blocks
        ],
        "facts": [
            {"kind": fact.kind.value, "text": fact.text, "is_new": fact.is_new} for fact in facts
        ],
    }


@frozen
class _Accepted:
    """A comparison of which all changes are taken but the refused ones."""

    content: Content
    old: Version
    new: _Text
    comparison: Comparison
    refused: tuple[int, ...]
    """Numbers of the changes that are left out, from 0."""

    @property
    def taken(self) -> str:
        """How many of the changes are taken, in words."""
        count = len(self.comparison.changes)
        return taken_words(count - len(self.refused), count, self.new.name)


def _refused(comparison: Comparison, numbers: Collection[int]) -> tuple[int, ...]:
    """Return the places of changes that are named by their numbers; raises `InvalidInput`."""
    count = len(comparison.changes)
    for number in sorted(numbers):
        if not 1 <= number <= count:
            there = f"they are numbered from 1 to {count}" if count else "nothing changed"
            raise InvalidInput(f"There is no change {number}: {there}.")
    return tuple(sorted({number - 1 for number in numbers}))


async def _save(studio: Studio, out: Out, accepted: _Accepted, *, as_json: bool) -> int:
    """Save the second text without the refused changes as the next version, and tell of it."""
    content, new, comparison = accepted.content, accepted.new, accepted.comparison
    text = comparison.result(accepted.refused)
    if new.version is None:
        old = accepted.old
        saved = await studio.decisions.edit_version(content.id, old.branch, text, on=old.number)
    else:
        count = len(comparison.changes)
        kept = (comparison.changes[number] for number in accepted.refused)
        refused = tuple(Refusal(change.before, change.after) for change in kept)
        choice = Choice(new.version.number, count - len(refused), count, refused)
        saved = await studio.decisions.save_choice(content.id, new.version.branch, text, choice)
    number = len(saved.versions)
    is_new = number > len(content.versions)
    if as_json:
        out.json({**version_json(saved, saved.versions[-1]), "is_new": is_new})
    elif is_new:
        out.line(f"Saved v{number} of “{plain(saved.title)}”: {accepted.taken}.")
    else:
        out.line(f"Nothing to save: v{number} has this text already.")
    return 0


def _shown_blocks(found: tuple[DiffBlock, ...]) -> list[str]:
    """Return the changed blocks with a little around each; “…” stands for what is left out."""
    changed = [at for at, block in enumerate(found) if block.changes]
    near = {at + step for at in changed for step in range(-_AROUND, _AROUND + 1)}
    shown: list[str] = []
    last = -1
    for at in sorted(near & set(range(len(found)))):
        if at != last + 1:
            shown.append("…\n")
        shown.append(_shown(found[at]))
        last = at
    if changed and last != len(found) - 1:
        shown.append("…\n")
    return shown


def _shown(block: DiffBlock) -> str:
    is_mixed = block.kind in (DiffKind.CHANGED, DiffKind.MOVED)
    text = "".join(_marked(span) if is_mixed else span.text for span in block.spans)
    numbers = ", ".join(str(number + 1) for number in block.changes)
    sign = _SIGNS[block.kind]
    lines = text.split("\n")
    end = f"   ({numbers})" if numbers else ""
    return "".join(
        f"{sign} {line}{end if at == len(lines) - 1 else ''}\n" for at, line in enumerate(lines)
    )


def _marked(span: DiffSpan) -> str:
    start, end = _MARKS.get(span.kind, ("", ""))
    return f"{start}{span.text}{end}"


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument("before", type=parse_number, metavar="A", help="a version")
    parser.add_argument(
        "after", type=_number_or_file, metavar="B", help="a version, a file, or - for stdin"
    )
    parser.add_argument(
        "--accept", action="store_true", help="save B's changes as the next version of the draft"
    )
    parser.add_argument(
        "--refuse",
        type=parse_number,
        action="append",
        default=[],
        metavar="N",
        help="with --accept: all changes but this one; may be given again",
    )


def _number_or_file(text: str) -> int | str:
    """Read a version's number, or leave a file's name as it is."""
    bare = text.removeprefix("v")
    return int(bare) if bare.isdecimal() else text


DIFF: Final = Subcommand(_add_arguments, runs(show_diff))

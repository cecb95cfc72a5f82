"""`redraft tree`: the forks of a content, drawn."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from tui.domain.content import Author, Branch, Content, NumberedTurn, TurnState, Version
from tui.domain.costs import content_cost
from tui.domain.errors import InvalidInput, NotFound
from tui.domain.frozen import frozen
from tui.domain.outline import unfolded
from tui.domain.person import another
from tui.domain.search import TextKind, parse_search, search_form, searched_texts
from tui.domain.tree_rows import Row, tree_rows
from tui.domain.tree_shape import WHOLE_TREE, Spot, TreeFilter
from tui.domain.version_words import BY_CLAUDE, how_made
from tui.domain.words import counted, signed
from tui.headless.finding import found_content
from tui.headless.output import Out, cells, fitted, one_line, padded
from tui.headless.shapes import tree_json
from tui.headless.subcommand import Subcommand, Work, add_content
from tui.studio.studio import Studio

_LONGEST_PROMPT = 48
_SHORTEST_PROMPT = 12
_NONE = {
    TreeFilter.FORKS: "“{}” has no turns yet.",
    TreeFilter.LABELLED: "No turn or version of “{}” has a label.",
    TreeFilter.DRAFTS: "“{}” has no draft yet.",
    TreeFilter.MINE: "Nothing in “{}” was made by hand.",
}
"""What is said when a filter shows nothing."""
_STATES = {
    TurnState.RUNNING: "being written",
    TurnState.STOPPED: "stopped",
    TurnState.FAILED: "failed",
    TurnState.INTERRUPTED: "interrupted",
}


@frozen
class _Line:
    """A line of the drawing: the part that may be cut, and the facts that stand in a column."""

    start: str
    words: str = ""
    facts: str = ""


async def show_tree(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    as_json: bool = False,
    shown: TreeFilter = TreeFilter.ALL,
    searched: str = "",
) -> int:
    """Print the branches of a content with their turns, versions and changes in words.

    Nothing is folded. Of a filter only the rows that it shows are printed, and as JSON only their
    turns and versions; a sentence says so when there are none. The same holds for words that are
    searched for: in prompts, answers, drafts, labels and names. Raises `InvalidInput` for both at
    once, and `NotFound` when nothing has the words.
    """
    if searched and shown is not TreeFilter.ALL:
        raise InvalidInput("Give --filter or --search, not both.")
    content = await found_content(studio, reference)
    shape = unfolded(replace(WHOLE_TREE, filter=shown), content, content.main)
    only = _spots_with(content, searched) if searched else None
    rows = [row for row in tree_rows(content, content.main, shape, only=only) if _is_printed(row)]
    if as_json:
        is_all = shown is TreeFilter.ALL and only is None
        out.json(tree_json(content, None if is_all else frozenset(row.spot for row in rows)))
        return 0
    if shown in _NONE and not any(isinstance(row.about, NumberedTurn | Version) for row in rows):
        out.report(_NONE[shown].format(content.title))
        return 0
    width = out.width
    out.line(_heading(content, width))
    lines = [_line(content, row, studio.decisions.person_id) for row in rows]
    out.text("".join(f"{line}\n" for line in _laid_out(lines, width)))
    return 0


def _spots_with(content: Content, searched: str) -> frozenset[Spot]:
    """Return the rows of the tree in whose texts all words are; raises `NotFound` for none."""
    query = parse_search(searched)
    found = [text for text in searched_texts(content) if query.fits(search_form(text.text))]
    answered = {turn.version for branch in content.branches for turn in branch.turns}
    spots = frozenset(
        Spot(text.branch, text.turn, 0 if text.version in answered else text.version)
        for text in found
        if text.kind is not TextKind.TITLE
    )
    if not spots:
        raise NotFound(f"Nothing in “{content.title}” has “{searched}”.")
    return spots


def _is_printed(row: Row) -> bool:
    return isinstance(row.about, Branch | NumberedTurn | Version)


def _heading(content: Content, width: int | None) -> str:
    facts = f" · {content.status.value} · {content.id}"
    if any(branch.turns for branch in content.branches):
        facts += f" · cost {content_cost(content).words}"
    title = one_line(content.title)
    return (title if width is None else fitted(title, max(12, width - cells(facts)))) + facts


def _laid_out(lines: list[_Line], width: int | None) -> Iterator[str]:
    room = _LONGEST_PROMPT
    if width is not None:
        start = max(cells(line.start) for line in lines)
        facts = max(cells(line.facts) for line in lines)
        room = min(room, max(_SHORTEST_PROMPT, width - start - facts - 2))
    shown = [(line, line.start + fitted(line.words, room)) for line in lines]
    column = max((cells(text) for line, text in shown if line.facts), default=0) + 2
    for line, text in shown:
        whole = padded(text, column) + line.facts if line.facts else text
        yield whole.rstrip() if width is None else fitted(whole.rstrip(), width)


def _line(content: Content, row: Row, here: str) -> _Line:
    levels = ["│ " if follows else "  " for follows in row.rails]
    match row.about:
        case Branch() as branch:
            if levels:
                levels[-1] = "├─" if row.rails[-1] else "└─"
            is_main = branch.id == content.main
            marks = " ★" * is_main + " (archived)" * branch.is_archived
            after = f" · after {branch.forked_after}" if branch.parent is not None else ""
            shape = "◆" if is_main else "◇"
            return _Line("".join(levels) + f"{shape} {one_line(branch.name)}{marks}{after}")
        case NumberedTurn(number=number, turn=turn):
            notes = _version(content, row), _STATES.get(turn.state, ""), one_line(turn.label)
            facts = " · ".join(filter(None, notes))
            shape = "○" if row.is_last else "●"
            start = "".join(levels) + f"{shape} {f'{number} {turn.kind.value}':<10}  "
            return _Line(start, one_line(turn.prompt), facts)
        case Version(author=author) as version:
            shape = "⊕" if author is Author.COMBINED else "✎"
            facts = " · ".join(filter(None, (_version(content, row), version.label)))
            made = how_made(version, another(version.by, here)) or BY_CLAUDE
            return _Line("".join(levels) + f"{shape} ", one_line(made), one_line(facts))
        case _:
            return _Line("")


def _version(content: Content, row: Row) -> str:
    """Return what is said of the version of a row; empty without one."""
    version = row.version
    if version is None:
        return ""
    change = "" if row.change is None else f" ({signed(row.change)})"
    partial = " partial" if version.is_partial else ""
    approval, publication = content.approval, content.publication
    approved = " ✓ approved" if approval and approval.version == version.number else ""
    went_out = " ⇡ published" if publication and publication.version == version.number else ""
    words = counted(version.words)
    return f"v{version.number}{partial} {words}{change}{approved}{went_out}"


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument(
        "--filter",
        choices=[shown.value for shown in TreeFilter],
        default=TreeFilter.ALL.value,
        help="only turns where it forks, labelled, with drafts, or mine: made by hand",
    )
    parser.add_argument(
        "--search", metavar="WORDS", default="", help="only what has all these words in its texts"
    )


def _work(args: Namespace) -> Work:
    return partial(
        show_tree,
        reference=args.reference,
        shown=TreeFilter(args.filter),
        searched=args.search,
        as_json=args.as_json,
    )


TREE: Final = Subcommand(_add_arguments, _work)

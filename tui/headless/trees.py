"""`redraft tree`: the forks of a content, drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui.domain.content import Author, Content, TurnState, Version
from tui.domain.costs import content_cost
from tui.domain.tree import BranchNode, TurnNode, branch_tree
from tui.domain.words import signed
from tui.headless.finding import found_content
from tui.headless.output import Out, cells, fitted, one_line, padded
from tui.headless.shapes import tree_json
from tui.studio.studio import Studio

_LONGEST_PROMPT = 48
_SHORTEST_PROMPT = 12
_STATES = {
    TurnState.RUNNING: "being written",
    TurnState.STOPPED: "stopped",
    TurnState.FAILED: "failed",
    TurnState.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the drawing: the part that may be cut, and the facts that stand in a column."""

    start: str
    words: str = ""
    facts: str = ""


async def show_tree(studio: Studio, out: Out, *, reference: str, as_json: bool = False) -> int:
    """Print the branches of a content with their turns, versions and changes in words."""
    content = await found_content(studio, reference)
    if as_json:
        out.json(tree_json(content))
        return 0
    width = out.width
    out.line(_heading(content, width))
    lines = [line for root in branch_tree(content) for line in _branch(content, root, "", "")]
    out.text("".join(f"{line}\n" for line in _laid_out(lines, width)))
    return 0


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


def _branch(content: Content, node: BranchNode, first: str, below: str) -> Iterator[_Line]:
    """Draw a branch; `first` stands before its name and `below` before everything under it."""
    marks = " ★" * node.is_main + " (archived)" * node.branch.is_archived
    start = first + one_line(node.branch.name) + marks
    yield _Line(start, facts=_made(content, node.versions_at_start))
    items: list[TurnNode | BranchNode] = [*node.forks_at_start, *node.turns]
    for index, item in enumerate(items):
        is_last = index == len(items) - 1
        head, under = below + ("└─ " if is_last else "├─ "), below + ("   " if is_last else "│  ")
        if isinstance(item, BranchNode):
            yield from _branch(content, item, f"{head}fork: ", under)
        else:
            yield from _turn(content, item, head, under)


def _turn(content: Content, node: TurnNode, head: str, under: str) -> Iterator[_Line]:
    turn, number = node.numbered.turn, node.numbered.number
    notes = [note for note in (_STATES.get(turn.state, ""), one_line(turn.label)) if note]
    made = _made(content, node.versions)
    facts = " · ".join([*([made] if made else []), *notes])
    yield _Line(f"{head}{number} {turn.kind.value:<8}  ", one_line(turn.prompt), facts)
    for index, fork in enumerate(node.forks):
        is_last = index == len(node.forks) - 1
        first, below = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        yield from _branch(content, fork, f"{under}{first}fork: ", under + below)


def _made(content: Content, versions: Sequence[Version]) -> str:
    return ", ".join(_version(content, version) for version in versions)


def _version(content: Content, version: Version) -> str:
    change = ""
    if version.before is not None:
        change = f" ({signed(version.words - content.version(version.before).words)})"
    by = "" if version.author is Author.CLAUDE else f" by {version.author.value}"
    partial = " partial" if version.is_partial else ""
    approval, publication = content.approval, content.publication
    approved = " ◆ approved" if approval and approval.version == version.number else ""
    went_out = " ⇡ published" if publication and publication.version == version.number else ""
    words = "word" if version.words == 1 else "words"
    return f"v{version.number}{by}{partial} {version.words} {words}{change}{approved}{went_out}"

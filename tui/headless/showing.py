"""`redraft show`, `diff` and `export`: a draft's text, exact, compared, or in another form."""

from tui.domain.content import Content, Version
from tui.domain.costs import content_cost
from tui.domain.diff import DiffKind, DiffLine, DiffSpan, compare, summary
from tui.domain.words import signed
from tui.headless.files import STDIN, file_named, told_to_replace
from tui.headless.finding import chosen_branch, chosen_version, found_content
from tui.headless.formats import TextFormat, as_html, as_json_text, as_plain_text
from tui.headless.output import Out, plain
from tui.headless.shapes import cost_json, version_json
from tui.studio.files import write_whole
from tui.studio.studio import Studio

_AROUND = 2
"""Unchanged lines shown before and after a change."""
_MARKS = {DiffKind.REMOVED: ("[-", "-]"), DiffKind.ADDED: ("{+", "+}")}
_SIGNS = {DiffKind.SAME: " ", DiffKind.REMOVED: "-", DiffKind.ADDED: "+", DiffKind.CHANGED: "~"}


async def show_text(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    number: int | None = None,
    branch: str | None = None,
    as_json: bool = False,
) -> int:
    """Print a version's exact text; on a terminal a last line end is added when it has none."""
    content = await found_content(studio, reference)
    version = chosen_version(content, number, chosen_branch(content, branch))
    if as_json:
        cost = cost_json(content_cost(content))
        out.json({**version_json(content, version), **cost, "text": version.text})
        return 0
    out.text(version.text)
    if out.is_terminal:
        out.end_line()
    return 0


async def show_diff(
    studio: Studio, out: Out, *, reference: str, before: int, after: int, as_json: bool = False
) -> int:
    """Print what changed between two versions, word by word: [-removed-] and {+added+}."""
    content = await found_content(studio, reference)
    old, new = content.version(before), content.version(after)
    lines = compare(old.text, new.text)
    counted = summary(old.text, new.text)
    if as_json:
        out.json(
            {
                "content": content.id,
                "before": old.number,
                "after": new.number,
                "words_added": counted.words_added,
                "words_removed": counted.words_removed,
                "change": new.words - old.words,
                "lines": [
                    {
                        "kind": line.kind.value,
                        "number_before": line.number_before,
                        "number_after": line.number_after,
                        "spans": [
                            {"kind": span.kind.value, "text": span.text} for span in line.spans
                        ],
                    }
                    for line in lines
                ],
            }
        )
        return 0
    out.line(
        f"v{old.number} → v{new.number} of “{plain(content.title)}”: "
        f"{signed(new.words - old.words)} words "
        f"({counted.words_added} added, {counted.words_removed} removed)"
    )
    out.text("".join(_shown_lines(lines)))
    return 0


def _shown_lines(lines: tuple[DiffLine, ...]) -> list[str]:
    """Return the changed lines with a little around each; “…” stands for what is left out."""
    changed = [at for at, line in enumerate(lines) if line.kind is not DiffKind.SAME]
    near = {at + step for at in changed for step in range(-_AROUND, _AROUND + 1)}
    shown: list[str] = []
    last = -1
    for at in sorted(near & set(range(len(lines)))):
        if at != last + 1:
            shown.append("…\n")
        shown.append(_shown(lines[at]))
        last = at
    if changed and last != len(lines) - 1:
        shown.append("…\n")
    return shown


def _shown(line: DiffLine) -> str:
    is_mixed = line.kind is DiffKind.CHANGED
    text = "".join(_marked(span) if is_mixed else span.text for span in line.spans)
    return f"{_SIGNS[line.kind]} {text.rstrip(chr(10))}\n"


def _marked(span: DiffSpan) -> str:
    start, end = _MARKS.get(span.kind, ("", ""))
    text = span.text.rstrip("\n")
    return f"{start}{text}{end}" if text else ""


async def export_content(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    form: TextFormat = TextFormat.MARKDOWN,
    target: str | None = None,
    replace: bool = False,
) -> int:
    """Write main's newest version in another form to stdout, or whole to a file.

    Without `replace` a file that exists is refused.
    """
    content = await found_content(studio, reference)
    text = _formed(content, form)
    if target is None or target == STDIN:
        out.text(text)
        if out.is_terminal:
            out.end_line()
        return 0
    with told_to_replace():
        write_whole(file_named(target), text, replace=replace)
    return 0


def _formed(content: Content, form: TextFormat) -> str:
    if form is TextFormat.JSON:
        return as_json_text(content)
    version: Version = chosen_version(content, None, chosen_branch(content, None))
    match form:
        case TextFormat.MARKDOWN:
            return version.text
        case TextFormat.HTML:
            return as_html(content.title, version.text)
        case TextFormat.PLAIN:
            return as_plain_text(version.text)

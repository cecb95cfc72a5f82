"""Code: coloured by pygments with the colours of the theme, on a background of its own."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui.widgets.chat.palette import Palette
from tui.widgets.chat.pieces import JOINT
from tui.widgets.chat.wrap import Row, Run, chop_runs, split_lines

_SYNTAX = {
    "Keyword": "syntax-keyword",
    "Name.Builtin": "syntax-name",
    "Name.Function": "syntax-name",
    "Name.Class": "syntax-name",
    "Name.Decorator": "syntax-name",
    "Name.Tag": "syntax-keyword",
    "Name.Attribute": "syntax-name",
    "Literal.String": "syntax-string",
    "Literal.Number": "syntax-number",
    "Comment": "syntax-comment",
    "Operator.Word": "syntax-keyword",
    "Operator": "syntax-operator",
    "Punctuation": "syntax-operator",
    "Generic.Heading": "syntax-keyword",
    "Generic.Inserted": "syntax-string",
    "Generic.Deleted": "syntax-number",
}


@lru_cache(maxsize=64)
def _lexer(language: str) -> Callable[[str], Iterable[tuple[object, str]]] | None:
    """Find the lexer of a language; pygments is loaded when the first code is shown."""
    from rich.syntax import Syntax  # noqa: PLC0415

    lexer = Syntax("", language).lexer
    return None if lexer is None else lexer.get_tokens


@lru_cache(maxsize=256)
def _style_name(token: str) -> str:
    """Find the style of a token type by its longest known prefix; "" when there is none."""
    parts = token.split(".")[1:]
    for count in range(len(parts), 0, -1):
        name = _SYNTAX.get(".".join(parts[:count]))
        if name:
            return name
    return ""


def _highlighted(source: str, language: str, palette: Palette) -> list[Run]:
    """Colour source code; unknown languages stay plain."""
    plain = palette["code-block"]
    lexer = _lexer(language.lower()) if language else None
    if lexer is None:
        return [(source, plain)]
    runs: list[Run] = []
    for token, text in lexer(source + "\n"):
        name = _style_name(str(token))
        style = plain
        if name:
            found = palette[name]
            style += Style(color=found.color, bold=found.bold, italic=found.italic)
        runs.append((text, style))
    if "".join(text for text, _ in runs) != source + "\n":
        return [(source, plain)]
    runs[-1] = (runs[-1][0].removesuffix("\n"), runs[-1][1])
    return runs


def render_code(source: str, info: str, palette: Palette, width: int) -> list[Row]:
    """Draw a code block as a panel of `width` cells; long lines are broken, none is lost.

    Args:
        source: The code, its last line end included.
        info: What stands after the fence; its first word names the language.
        palette: Colours and styles.
        width: Cells there are.
    """
    words = info.split()
    plain = palette["code-block"]
    source = source.replace(f"{JOINT} ", "").removesuffix("\n")
    runs = _highlighted(source, words[0] if words else "", palette)
    rows: list[Row] = []
    for line in split_lines(runs):
        for row in chop_runs(line, width - 2):
            air = max(0, width - 2 - row.cells)
            segments = [Segment(" ", plain), *row.segments, Segment(" " * (air + 1), plain)]
            rows.append(Row(segments, left=cell_len(" "), join=row.join))
    return rows

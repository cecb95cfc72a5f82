"""`redraft show` and `export`: a draft's text, exact or in another form."""

from tui.domain.content import Content, Version
from tui.domain.costs import content_cost
from tui.headless.files import STDIN, file_named, told_to_replace
from tui.headless.finding import chosen_branch, chosen_version, found_content
from tui.headless.formats import TextFormat, as_html, as_json_text, as_plain_text
from tui.headless.output import Out
from tui.headless.shapes import cost_json, version_json
from tui.studio.files import write_whole
from tui.studio.studio import Studio


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

"""`redraft show`: the exact text of a version."""

from argparse import ArgumentParser
from typing import Final

from tui.domain.costs import content_cost
from tui.headless.finding import chosen_branch, chosen_version, found_content
from tui.headless.output import Out
from tui.headless.shapes import cost_json, version_json
from tui.headless.subcommand import Subcommand, add_branch, add_content, parse_number, runs
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


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument(
        "--version", type=parse_number, metavar="N", dest="number", help="default: the newest"
    )
    add_branch(parser)


SHOW: Final = Subcommand(_add_arguments, runs(show_text))

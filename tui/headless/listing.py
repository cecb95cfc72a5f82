"""`redraft list`: the library at a glance."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from tui.domain.catalog import ContentRow
from tui.domain.status import Status, status_words
from tui.domain.tags import has_tags, has_tags_words, named_tags, tag_words
from tui.headless.output import Out, one_line, table
from tui.headless.shapes import row_json
from tui.headless.subcommand import Subcommand, Work, add_tags
from tui.studio.studio import Studio

_HEADER = ("ID", "STATUS", "DRAFT", "WORDS", "CHANGED", "TITLE")


async def list_contents(
    studio: Studio,
    out: Out,
    *,
    status: Status | None = None,
    tags: Sequence[str] = (),
    as_json: bool = False,
) -> int:
    """Print a row per content, the last changed first; problems of the library go to stderr.

    Only contents of this status and with all of these tags are listed; archived ones when
    they are asked for, and always in JSON.
    """
    wanted = named_tags(*tags)
    catalog = await studio.catalog()
    for problem in catalog.problems:
        out.report(problem)
    rows = [
        row
        for row in catalog.rows
        if (status is None or row.status is status) and has_tags(row.tags, wanted)
    ]
    if as_json:
        out.json([row_json(row) for row in rows])
        return 0
    shown = [row for row in rows if status is not None or row.status is not Status.ARCHIVED]
    if shown:
        cells = [_HEADER, *map(_cells_of, shown)]
        lines = table(cells, out.width, numbers=("WORDS",), spared=("WORDS", "CHANGED", "DRAFT"))
        out.text("".join(f"{line}\n" for line in lines))
    else:
        out.report(_nothing(status, wanted, is_hiding=bool(rows)))
    return 0


def _nothing(status: Status | None, tags: Sequence[str], *, is_hiding: bool) -> str:
    with_tags = f" with {has_tags_words(tags)}" if tags else ""
    if is_hiding:
        return f"All pieces{with_tags} are archived; add --status archived to see them."
    if status is not None:
        return f"No piece{with_tags} is {status_words(status)}."
    if tags:
        return f"There is no piece{with_tags}."
    return 'There are no pieces yet: `redraft new "Title"` starts one.'


def _cells_of(row: ContentRow) -> tuple[str, ...]:
    return (
        row.id,
        row.status.value,
        _versions(row),
        str(row.words) if row.version is not None else "–",
        _local_minute(row.updated_at),
        "  ".join(map(one_line, (row.title, tag_words(row.tags)))).rstrip(),
    )


def _versions(row: ContentRow) -> str:
    if row.version is None:
        return "–"
    mark = "" if row.approved_version is None else f" ◆v{row.approved_version}"
    return f"v{row.version}" + (" ◆" if row.approved_version == row.version else mark)


def _local_minute(moment: datetime) -> str:
    return moment.astimezone().isoformat(" ", "minutes")[:16]


def _add_arguments(parser: ArgumentParser) -> None:
    names = [status.value for status in Status]
    only = f"one of {', '.join(names)}; default: all but the archived"
    parser.add_argument("--status", choices=names, metavar="S", help=only)
    add_tags(parser, "only pieces with this tag")


def _work(args: Namespace) -> Work:
    status = None if args.status is None else Status(args.status)
    return partial(list_contents, status=status, tags=args.tags, as_json=args.as_json)


LIST: Final = Subcommand(_add_arguments, _work)

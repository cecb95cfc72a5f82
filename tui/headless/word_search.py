"""`redraft find`: where words occur in all that was written."""

from argparse import ArgumentParser, Namespace
from functools import partial
from typing import Final

from tui.domain.errors import InvalidInput
from tui.domain.search import Hit, Hits, parse_search
from tui.domain.search_words import counted_hits, hit_words
from tui.headless.finding import found_content
from tui.headless.output import Out, fitted, one_line
from tui.headless.shapes import Json
from tui.headless.subcommand import CONTENT, Subcommand, Work, parse_number
from tui.studio.studio import Studio

_INDENT = "    "


async def find_words(
    studio: Studio,
    out: Out,
    *,
    words: str,
    reference: str | None = None,
    limit: int = 50,
    as_json: bool = False,
) -> int:
    """Print where words occur, the piece changed last first; 1 when they occur nowhere."""
    query = parse_search(words)
    if not query.words:
        raise InvalidInput("Say what to look for: one word or more.")
    if limit < 1:
        raise InvalidInput(f"--limit {limit} shows nothing: use 1 or more.")
    only = None if reference is None else (await found_content(studio, reference)).id
    hits = await studio.search(query, only, limit)
    if as_json:
        out.json(_json(hits))
    else:
        _show(hits, out)
    if not hits.total and not as_json:
        where = "in the library" if only is None else "in this piece"
        out.report(f"No text {where} has “{words.strip()}”.")
    return 0 if hits.total else 1


def _show(hits: Hits, out: Out) -> None:
    for hit in hits.hits:
        lines = (
            f"{hit.content}  {one_line(hit_words(hit, has_title=True))}",
            f"{_INDENT}{one_line(hit.excerpt)}",
        )
        for line in lines:
            out.line(line if out.width is None else fitted(line, max(20, out.width)))
    if hits.more:
        out.report(f"{counted_hits(hits, has_pieces=True)}: --limit N shows more.")


def _json(hits: Hits) -> Json:
    return {"total": hits.total, "pieces": hits.pieces, "hits": [_hit_json(h) for h in hits.hits]}


def _hit_json(hit: Hit) -> Json:
    return {
        "content": hit.content,
        "title": hit.title,
        "branch": hit.branch,
        "branch_name": hit.branch_name,
        "turn": hit.turn or None,
        "version": hit.version or None,
        "kind": hit.kind.value,
        "at": hit.at.isoformat(),
        "excerpt": hit.excerpt,
        "spans": [list(span) for span in hit.spans],
    }


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "words", metavar="WORD", nargs="+", help="all must occur in one text; '\"a phrase\"' is one"
    )
    parser.add_argument("--in", dest="reference", metavar="CONTENT", help=f"one piece: {CONTENT}")
    parser.add_argument("--limit", type=parse_number, default=50, metavar="N", help="default: 50")


def _work(args: Namespace) -> Work:
    return partial(
        find_words,
        words=" ".join(args.words),
        reference=args.reference,
        limit=args.limit,
        as_json=args.as_json,
    )


FIND: Final = Subcommand(_add_arguments, _work)

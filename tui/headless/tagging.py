"""`redraft tag`: the tags of a content."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Final

from tui.domain.content import Content
from tui.domain.errors import NotFound
from tui.domain.tags import folded_tag, has_tags_words, named_tags
from tui.headless.finding import found_content
from tui.headless.output import Out, plain
from tui.headless.shapes import tags_json
from tui.headless.subcommand import Subcommand, add_content, runs
from tui.studio.studio import Studio


async def tag_content(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    as_json: bool = False,
) -> int:
    """Add tags to a content and remove others, then print its tags, one on a line."""
    content = await found_content(studio, reference)
    if add or remove:
        gone = _removed(content, named_tags(*remove))
        kept = (tag for tag in content.tags if folded_tag(tag) not in gone)
        after = (*kept, *named_tags(*add))
        content = await studio.decisions.tag(content.id, content.tags, after)
    if as_json:
        out.json(tags_json(content))
        return 0
    for tag in content.tags:
        out.line(plain(tag))
    if not content.tags:
        out.report(f"“{content.title}” has no tags.")
    return 0


def _removed(content: Content, tags: Sequence[str]) -> set[str]:
    """Return the tags to be removed, folded; raises `NotFound` for one that is not there."""
    gone, there = set(map(folded_tag, tags)), set(map(folded_tag, content.tags))
    for tag in tags:
        if folded_tag(tag) not in there:
            has = has_tags_words(content.tags)
            raise NotFound(f"“{content.title}” has no tag #{tag}; it has {has}.")
    return gone


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument(
        "add", metavar="TAG", nargs="*", default=[], help="letters, digits, - and _"
    )
    parser.add_argument(
        "--remove",
        nargs="+",
        action="extend",
        default=[],
        metavar="TAG",
        help="take these away; written last",
    )


TAG: Final = Subcommand(_add_arguments, runs(tag_content))

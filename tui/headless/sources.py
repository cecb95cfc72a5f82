"""`redraft sources`: what Claude may read, and whether it may ask for the web."""

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Final

from tui.domain.content import Content
from tui.domain.errors import NotFound
from tui.domain.tools import describe_rule
from tui.headless.finding import found_content
from tui.headless.output import Out, plain
from tui.headless.shapes import sources_json
from tui.headless.subcommand import Subcommand, add_content, runs
from tui.own_thread import alone
from tui.studio.files import absolute, expanded
from tui.studio.sources import absence_sentences, absent_sources
from tui.studio.studio import Studio


async def show_sources(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    has_web: bool | None = None,
    as_json: bool = False,
) -> int:
    """Change what Claude may read and whether it may ask for the web, then print it.

    `has_web` None leaves the web as it is. Sources go to stdout, one on a line; what is missing or
    allowed without asking is said on stderr.
    """
    content = await found_content(studio, reference)
    removed = await _named(content, remove)
    kept = [source for source in content.sources if source not in removed]
    web = content.has_web if has_web is None else has_web
    if add or remove or web != content.has_web:
        content = await studio.access.grant(content.id, [*kept, *add], has_web=web)
    absent = await absent_sources(content.sources)
    if as_json:
        out.json(sources_json(content, absent))
        return 0
    for source in content.sources:
        out.line(plain(source))
    if absent:
        out.report(absence_sentences(absent))
    out.report(_access_sentence(content))
    return 0


async def _named(content: Content, remove: Sequence[str]) -> set[str]:
    """Return the sources that names stand for; raises `NotFound` for a name that is no source."""
    found: set[str] = set()
    for name in remove:
        hits = {name.strip()}.intersection(content.sources)
        if not hits:
            path = absolute(expanded(name.strip()))
            hits = {str(path), await alone(os.path.realpath, path)}.intersection(content.sources)
        if not hits:
            has = ", ".join(content.sources)
            there = f"it has: {has}" if has else "it has none"
            raise NotFound(f"“{content.title}” has no source “{name}”; {there}.")
        found |= hits
    return found


def _access_sentence(content: Content) -> str:
    sources = "" if content.sources else "No sources. "
    if not content.has_web:
        return f"{sources}The web is off; --web lets Claude ask for it."
    sentence = f"{sources}Claude may ask to search the web and to fetch pages."
    for branch in content.branches:
        if branch.allowed:
            allowed = ", ".join(map(describe_rule, branch.allowed))
            sentence += f" On “{branch.name}” it need not ask before it can use {allowed}."
    return sentence


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser)
    for option, text in (
        ("--add", "let Claude read a folder or file"),
        ("--remove", "no longer let it"),
    ):
        parser.add_argument(
            option, action="append", default=[], metavar="PATH", help=f"{text}; may be repeated"
        )
    web = parser.add_mutually_exclusive_group()
    web.add_argument(
        "--web",
        action="store_const",
        const=True,
        dest="has_web",
        help="Claude may ask to search the web and to fetch pages",
    )
    web.add_argument(
        "--no-web",
        action="store_const",
        const=False,
        dest="has_web",
        help="Claude may not ask for it",
    )


SOURCES: Final = Subcommand(_add_arguments, runs(show_sources))

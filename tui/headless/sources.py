"""`redraft sources`, and the answers that questions of Claude's get where there is no screen."""

import os
from collections.abc import Sequence

from tui.domain.content import Content
from tui.domain.errors import NotFound
from tui.domain.tools import WEB_TOOLS, Decision, Question, describe_question, describe_rule
from tui.headless.finding import found_content
from tui.headless.output import Out, plain
from tui.headless.shapes import sources_json
from tui.own_thread import alone
from tui.studio.conversation import Conversation
from tui.studio.files import absolute, expanded
from tui.studio.sources import missing_sources
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
    missing = await missing_sources(content.sources)
    if as_json:
        out.json(sources_json(content, missing))
        return 0
    for source in content.sources:
        out.line(plain(source))
    for source, why in missing.items():
        out.say(f"{source} {why}; Claude works without it.")
    out.say(_said(content))
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


def _said(content: Content) -> str:
    sources = "" if content.sources else "No sources. "
    if not content.has_web:
        return f"{sources}The web is off; --web lets Claude ask for it."
    said = f"{sources}Claude may ask to search the web and to fetch pages."
    for branch in content.branches:
        if branch.allowed:
            allowed = ", ".join(map(describe_rule, branch.allowed))
            said += f" On “{branch.name}” it need not ask before it can use {allowed}."
    return said


async def decide_alone(
    out: Out, talk: Conversation, question: Question, *, is_web_allowed: bool
) -> None:
    """Answer a question that nobody can be asked about, and say how on stderr."""
    if is_web_allowed and question.tool in WEB_TOOLS:
        out.say(f"Allowed: Claude may {describe_question(question)}.")
        await talk.decide(question.id, Decision.ALLOW)
        return
    hint = " `redraft send --allow-web` allows such for one prompt."
    hint = hint if question.tool in WEB_TOOLS else ""
    out.say(f"Refused: Claude asked to {describe_question(question)}.{hint}")
    await talk.decide(question.id, Decision.REFUSE)

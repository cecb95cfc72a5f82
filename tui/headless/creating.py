"""`redraft new`: a content with its brief and, on request, its first draft.

The draft is the text of a file, which is the writer's, or Claude writes it.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from typing import Final

from tui.domain.checks import checked_kind, checked_title
from tui.domain.content import TurnKind
from tui.domain.errors import InvalidInput
from tui.domain.tags import named_tags
from tui.headless.file_arguments import read_draft, read_text
from tui.headless.output import Out
from tui.headless.sending import send_turn
from tui.headless.shapes import content_json, sent_json
from tui.headless.subcommand import Subcommand, Work, add_tags
from tui.studio.studio import Studio


async def create_content(
    studio: Studio,
    out: Out,
    *,
    title: str,
    kind: str = "post",
    brief: str = "",
    draft: str | None = None,
    tags: Sequence[str] = (),
    sources: Sequence[str] = (),
    has_web: bool = False,
    is_generating: bool = False,
    as_json: bool = False,
) -> int:
    """Create a content and print its id; with a first draft, Claude's text goes to stderr."""
    checked_title(title)
    checked_kind(kind)
    if is_generating and not brief.strip():
        raise InvalidInput("A first draft needs a brief: add one with --brief or --brief-file.")
    if draft == "":
        raise InvalidInput("The draft is empty: leave --draft out, or name another file.")
    content = await studio.create(
        title, kind=kind, brief=brief, tags=named_tags(*tags), sources=sources, has_web=has_web
    )
    if draft is not None:
        content = await studio.decisions.edit_version(content.id, content.main, draft, on=None)
    if not as_json:
        out.line(content.id)
    if not is_generating:
        if as_json:
            out.json({**content_json(content), "turn": None})
        return 0
    branch = content.branch(content.main)
    sent = await send_turn(
        studio,
        out,
        content_id=content.id,
        branch=branch.id,
        prompt=content.brief,
        kind=TurnKind.GENERATE,
        show=out.aside,
    )
    if as_json:
        content = await studio.content(content.id)
        turn = sent_json(content, content.branch(branch.id), sent.number)
        out.json({**content_json(content), "turn": turn})
    return sent.exit_code


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("title", metavar="TITLE")
    parser.add_argument("--kind", default="post", metavar="K", help="post, article, talk, …")
    brief = parser.add_mutually_exclusive_group()
    brief.add_argument("--brief", metavar="TEXT", help="what it should say, and to whom")
    brief.add_argument("--brief-file", metavar="F", help="the brief from a file, - for stdin")
    add_tags(parser, "a word to find the piece by")
    parser.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="PATH",
        dest="sources",
        help="a folder or file that Claude may read; give it again for more",
    )
    parser.add_argument("--web", action="store_true", help="Claude may ask to search the web")
    draft = parser.add_mutually_exclusive_group()
    draft.add_argument("--generate", action="store_true", help="have Claude write a first draft")
    draft.add_argument(
        "--draft", metavar="F", help="a text you have begun, as the first draft; - for stdin"
    )


def _work(args: Namespace) -> Work:
    return partial(
        create_content,
        title=args.title,
        kind=args.kind,
        brief=(args.brief or "") if args.brief_file is None else read_text(args.brief_file),
        draft=None if args.draft is None else read_draft(args.draft),
        tags=args.tags,
        sources=args.sources,
        has_web=args.web,
        is_generating=args.generate,
        as_json=args.as_json,
    )


NEW: Final = Subcommand(_add_arguments, _work)

"""`redraft lock`: the words of a draft that Claude may not change."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Final

from tui.domain.content import Content, Version
from tui.domain.errors import InvalidInput, Refused
from tui.domain.passage import Span, excerpt, merged, the_only
from tui.headless.finding import chosen_branch, found_content
from tui.headless.output import Out
from tui.headless.subcommand import Subcommand, add_branch, add_content, runs
from tui.studio.studio import Studio


async def lock_words(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    words: Sequence[str],
    branch: str | None = None,
    is_unlocking: bool = False,
    as_json: bool = False,
) -> int:
    """Lock words of a branch's draft, or unlock them, and print all that is locked then."""
    content = await found_content(studio, reference)
    draft = content.draft(chosen_branch(content, branch).id)
    if draft is None:
        raise Refused(f"“{content.title}” has no draft yet, so there is nothing to lock.")
    locks = _unlocked(draft, words) if is_unlocking else _locked(draft, words)
    if locks != draft.locks:
        content = await studio.decisions.set_locks(content.id, draft.number, locks)
    _print(out, content, content.version(draft.number), as_json=as_json)
    return 0


def _locked(draft: Version, words: Sequence[str]) -> tuple[Span, ...]:
    return merged((*draft.locks, *(the_only(draft.text, one) for one in words)))


def _unlocked(draft: Version, words: Sequence[str]) -> tuple[Span, ...]:
    """Return the locks without those that have the words; without all, where no words are given."""
    if not words:
        return ()
    kept = draft.locks
    for one in words:
        left = tuple(lock for lock in kept if one.strip() not in lock.of(draft.text))
        if left == kept:
            raise InvalidInput(f"“{excerpt(one)}” is not locked in v{draft.number}.")
        kept = left
    return kept


def _print(out: Out, content: Content, draft: Version, *, as_json: bool) -> None:
    locked = [lock.of(draft.text) for lock in draft.locks]
    if as_json:
        out.json({"content": content.id, "version": draft.number, "locked": locked})
        return
    for words in locked:
        out.line(excerpt(words, 100))
    if not locked:
        out.report(f"Nothing is locked in v{draft.number}.")


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument(
        "words",
        metavar="WORDS",
        nargs="*",
        default=[],
        help="as they stand in the draft, once",
    )
    add_branch(parser)
    parser.add_argument(
        "--unlock",
        action="store_true",
        dest="is_unlocking",
        help="unlock what has these words; without words, all",
    )


LOCK: Final = Subcommand(_add_arguments, runs(lock_words))

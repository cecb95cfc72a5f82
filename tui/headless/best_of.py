"""`redraft best`: the same prompt on several forks at once, each asked in another way."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from typing import Final

from tui.domain.angles import find_angle
from tui.domain.checks import checked_prompt
from tui.domain.content import Content
from tui.domain.costs import money
from tui.domain.errors import InvalidInput
from tui.domain.events import Event, PermissionAsked
from tui.domain.words import counted
from tui.headless.file_arguments import STDIN, read_text
from tui.headless.finding import chosen_branch, found_content
from tui.headless.output import Out, fitted, one_line
from tui.headless.sending import decide_alone, report_event
from tui.headless.shapes import entry_json
from tui.headless.subcommand import Subcommand, Work, add_branch, add_content, parse_number
from tui.studio.best_of import (
    MOST,
    BestOf,
    Entry,
    EntryState,
    checked_plan,
    estimated,
    from_angle,
    usual_attempts,
)
from tui.studio.studio import Studio

USUAL_COUNT: Final = 3
_FIRST_LINES: Final = 3
_INDENT: Final = "    "
_UNLIMITED: Final = 100
"""Columns of a text's first lines where no terminal says how many there are."""


async def write_best(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    prompt: str,
    count: int | None = None,
    angles: Sequence[str] = (),
    branch: str | None = None,
    fork_at: int | None = None,
    as_json: bool = False,
) -> int:
    """Write on `count` forks, keep them as branches, and print what each wrote.

    They leave the branch after its last turn, or after `fork_at`. Each of `angles`, by name or
    title, is followed by one; the others are asked to differ. Exit code 0 when at least one of them
    was written to its end, else 1.
    """
    content = await found_content(studio, reference)
    parent = chosen_branch(content, branch)
    after = content.length(parent.id) if fork_at is None else fork_at
    count = max(USUAL_COUNT, len(angles)) if count is None else count
    if count > MOST:
        raise InvalidInput(f"Best of {count} is too many: {MOST} is the most.")
    if count < len(angles):
        raise InvalidInput(f"There are {len(angles)} angles for a best of {count}: say a larger N.")
    known = (await studio.angles.all()).angles if angles else ()
    own = [from_angle(find_angle(known, name)) for name in angles]
    plan = checked_plan(
        content,
        parent.id,
        after,
        prompt=checked_prompt(prompt),
        attempts=(*own, *usual_attempts(count)[len(own) :]),
        budgets=studio.budgets,
    )
    out.report(estimated(content, parent.id, after, count, studio.budgets).words)
    best = BestOf(studio, plan)
    await _run(out, best)
    content = await studio.content(content.id)
    if as_json:
        out.json([entry_json(content, plan, at, one) for at, one in enumerate(best.entries)])
    else:
        for entry in best.entries:
            _show(out, content, entry)
    done = sum(entry.state is EntryState.FINISHED for entry in best.entries)
    out.report(_summary(best, done))
    return 0 if done else 1


async def _run(out: Out, best: BestOf) -> None:
    async def report(number: int, event: Event | None) -> None:
        name = best.entries[number].name
        if isinstance(event, PermissionAsked):
            decide = partial(best.decide, number)
            await decide_alone(out, decide, event.question, is_web_allowed=False)
        elif event is not None:
            report_event(out, event, about=f"{name}: ")
        elif (failure := best.entries[number].failure) or not best.entries[number].is_sent:
            out.report(f"{name or best.plan.branch_name(number)}: {failure or 'not begun.'}")

    await best.run(report)


def _show(out: Out, content: Content, entry: Entry) -> None:
    """Print one fork: its branch, how its turn ended, and the first lines of its text."""
    if entry.branch is None:
        return
    facts = [content.branch(entry.branch).name]
    if entry.version is not None:
        facts += [f"v{entry.version.number}", counted(entry.version.words)]
    if entry.state is not EntryState.FINISHED:
        facts.append(entry.state.value)
    if entry.cost is not None:
        facts.append(money(entry.cost))
    out.line(one_line(" · ".join(facts)))
    text = entry.reply.text if entry.version is None else entry.version.text
    width = _UNLIMITED if out.width is None else out.width
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines[:_FIRST_LINES]:
        out.line(_INDENT + fitted(one_line(line), width - len(_INDENT)))


def _summary(best: BestOf, done: int) -> str:
    written = f"{done} of {len(best.entries)} written"
    cost = "" if not best.cost.dollars and not best.cost.unknown_turns else best.cost.words
    summary = f"{written}, for {cost}" if cost else written
    saved = f" The prompt cache took off {money(best.saved)}." if best.saved else ""
    return (
        f"{summary}.{saved} They are branches now: `redraft tree {best.plan.content}` shows them."
    )


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument("prompt", metavar="PROMPT", help="what Claude should do, - for stdin")
    parser.add_argument(
        "-n", type=parse_number, metavar="N", dest="count", help="2 to 6; default: 3"
    )
    parser.add_argument(
        "--angle",
        action="append",
        default=[],
        metavar="NAME",
        dest="angles",
        help="one of them is asked so, such as shorter or tighten; give it again for more",
    )
    add_branch(parser)
    parser.add_argument(
        "--fork-at",
        type=parse_number,
        metavar="TURN",
        help="fork after this turn; default: the last",
    )


def _work(args: Namespace) -> Work:
    return partial(
        write_best,
        reference=args.reference,
        prompt=read_text(STDIN) if args.prompt == STDIN else args.prompt,
        count=args.count,
        angles=args.angles,
        branch=args.branch,
        fork_at=args.fork_at,
        as_json=args.as_json,
    )


BEST: Final = Subcommand(_add_arguments, _work)

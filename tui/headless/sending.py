"""`redraft send`: one turn, streamed; also on a fork that it makes first."""

from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from tui.domain.change_limits import NO_LIMITS, ChangeLimits, checked_percent, limits_words
from tui.domain.changes import version_at
from tui.domain.checks import checked_name, checked_prompt, name_from_prompt
from tui.domain.content import Branch, Content, TurnKind, TurnState
from tui.domain.errors import InvalidInput, Refused
from tui.domain.events import Event, Noticed, PermissionAsked, RetryScheduled, SavingDelayed
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId
from tui.domain.passage import Passage, put_back_words, the_only
from tui.domain.tools import WEB_TOOLS, Decision, Question, describe_question
from tui.domain.turn_changes import went_over, writing_kind
from tui.domain.words import capitalized
from tui.headless.angles import prompt_of_angle
from tui.headless.file_arguments import STDIN, read_text
from tui.headless.finding import chosen_branch, found_content
from tui.headless.output import Out
from tui.headless.shapes import sent_json
from tui.headless.streaming import StreamedAnswer, WholeAnswer
from tui.headless.subcommand import Subcommand, Work, add_branch, add_content, parse_number
from tui.studio.budget import check_budgets
from tui.studio.studio import Studio

_ASK_WITH_LIMITS: Final = (
    "--ask makes no new version, so there is no change to limit: leave one out."
)


@frozen
class SentTurn:
    """A turn that is over: its content, its number along the branch, the command's exit code."""

    content: Content
    number: int
    exit_code: int


async def send_prompt(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    prompt: str,
    angle: str | None = None,
    values: Mapping[str, str] = MappingProxyType({}),
    branch: str | None = None,
    fork_at: int | None = None,
    name: str | None = None,
    is_ask: bool = False,
    is_web_allowed: bool = False,
    passage: str | None = None,
    limits: ChangeLimits = NO_LIMITS,
    as_json: bool = False,
) -> int:
    """Send one prompt and print the answer; exit code 1 when the turn failed.

    With `passage`, words that the draft says once, the answer changes these and nothing else.
    Claude is told the `limits` of the change, and it is said whether it kept to them.
    An angle's prompt comes first, with `values` in place of its variables.
    With `is_web_allowed` Claude searches and fetches without asking, in this turn only.
    """
    if is_ask and limits.is_set:
        raise InvalidInput(_ASK_WITH_LIMITS)
    if angle is not None:
        prompt = await prompt_of_angle(studio, out, angle, values, prompt)
    prompt = checked_prompt(prompt)
    content = await found_content(studio, reference)
    chosen = chosen_branch(content, branch)
    _check_web(content, is_allowed=is_web_allowed)
    marked = None if passage is None else _marked(content, chosen.id, fork_at, passage)
    if fork_at is not None:
        content, chosen = await _fork(studio, content, chosen.id, fork_at, name=name, prompt=prompt)
    sent = await send_turn(
        studio,
        out,
        content_id=content.id,
        branch=chosen.id,
        prompt=prompt,
        kind=TurnKind.ASK if is_ask else writing_kind(content, chosen.id),
        show=None if as_json else out.text,
        is_web_allowed=is_web_allowed,
        passage=marked,
        limits=limits,
    )
    if as_json:
        out.json(sent_json(sent.content, sent.content.branch(chosen.id), sent.number))
    return sent.exit_code


def _check_web(content: Content, *, is_allowed: bool) -> None:
    if is_allowed and not content.has_web:
        raise Refused(
            f"The web is off for “{content.title}”: switch it on with "
            f"`redraft sources {content.id} --web`."
        )


async def _fork(
    studio: Studio,
    content: Content,
    branch: BranchId,
    after_turn: int,
    *,
    name: str | None,
    prompt: str,
) -> tuple[Content, Branch]:
    content.turn_at(branch, after_turn)
    check_budgets(studio.budgets, content, branch, after_turn=after_turn)
    name = name_from_prompt(prompt) if name is None else checked_name(name)
    return await studio.fork(content.id, branch, after_turn, name)


def _marked(content: Content, branch: BranchId, fork_at: int | None, words: str) -> Passage:
    """Return where words stand in the draft, or in what is the draft of a fork after a turn."""
    draft = content.draft(branch)
    if fork_at is not None:
        number = version_at(content, branch, fork_at)
        draft = None if number is None else content.version(number)
    if draft is None:
        raise Refused(f"“{content.title}” has no draft yet, so it has no passage.")
    return Passage(draft.number, the_only(draft.text, words))


async def send_turn(
    studio: Studio,
    out: Out,
    *,
    content_id: ContentId,
    branch: BranchId,
    prompt: str,
    kind: TurnKind,
    show: Callable[[str], None] | None,
    is_web_allowed: bool = False,
    passage: Passage | None = None,
    limits: ChangeLimits = NO_LIMITS,
) -> SentTurn:
    """Run one turn to its saved end; `show` is given the answer, all else is said on stderr.

    What Claude asks is refused, for nobody is there to answer, unless it is allowed beforehand.
    """
    answer = (StreamedAnswer if out.is_terminal else WholeAnswer)(show, out.report)
    conversation = studio.conversation(content_id, branch)
    try:
        async for event in conversation.send(prompt, kind, passage=passage, limits=limits):
            answer.take(event)
            report_event(out, event)
            if isinstance(event, PermissionAsked):
                decide = conversation.decide
                await decide_alone(out, decide, event.question, is_web_allowed=is_web_allowed)
    finally:
        answer.finish()
    content = await studio.content(content_id)
    last = content.lineage(branch)[-1]
    if (put_back := last.turn.put_back) is not None:
        out.report(put_back_words(put_back))
    if (held := last.turn.limits) is not None and last.turn.version is not None:
        over = "; ".join(went_over(content, last.turn))
        out.report(
            f"Over the limits: {over}." if over else f"Within the limits: {limits_words(held)}."
        )
    match last.turn.state:
        case TurnState.FINISHED:
            exit_code = 0
        case TurnState.FAILED:
            out.report(last.turn.failure or "The turn failed; the log has the details.")
            exit_code = 1
        case _:
            stopped = last.turn.failure or "The turn was stopped."
            out.report(f"{stopped} What had arrived is saved.")
            exit_code = 1
    return SentTurn(content, last.number, exit_code)


def report_event(out: Out, event: Event, *, about: str = "") -> None:
    """Report on stderr what an event says besides the answer; `about` is put before it."""
    match event:
        case RetryScheduled():
            out.report(
                f"{about}{capitalized(event.reason)}; attempt {event.attempt} of "
                f"{event.limit} in {event.delay:.0f} s."
            )
        case SavingDelayed(problem):
            out.report(f"{about}{problem} The answer is kept, and saved as soon as that works.")
        case Noticed(text):
            out.report(f"{about}{text}")
        case _:
            return


async def decide_alone(
    out: Out,
    decide: Callable[[str, Decision], Awaitable[None]],
    question: Question,
    *,
    is_web_allowed: bool,
) -> None:
    """Answer a question that nobody can be asked about, and say how on stderr."""
    if is_web_allowed and question.tool in WEB_TOOLS:
        out.report(f"Allowed: Claude may {describe_question(question)}.")
        await decide(question.id, Decision.ALLOW)
        return
    hint = " `redraft send --allow-web` allows such for one prompt."
    hint = hint if question.tool in WEB_TOOLS else ""
    out.report(f"Refused: Claude asked to {describe_question(question)}.{hint}")
    await decide(question.id, Decision.REFUSE)


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument(
        "prompt", metavar="PROMPT", nargs="?", help="what Claude should do, - for stdin"
    )
    parser.add_argument("--angle", metavar="NAME", help="a prompt that `redraft angles` lists")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with --angle: what one of its variables stands for; may be repeated",
    )
    add_branch(parser)
    parser.add_argument(
        "--fork-at",
        type=parse_number,
        metavar="TURN",
        help="fork after this turn first, and send there",
    )
    parser.add_argument("--name", metavar="NAME", help="the fork's name; default: from the prompt")
    parser.add_argument("--ask", action="store_true", help="talk only: no new version")
    parser.add_argument(
        "--allow-web",
        action="store_true",
        help="let Claude search the web and fetch pages for this prompt, without asking",
    )
    parser.add_argument(
        "--passage", metavar="WORDS", help="change these words of the draft, and nothing else"
    )
    parser.add_argument("--at-most", metavar="N", help="change at most N %% of the draft's words")
    parser.add_argument("--section", metavar="TITLE", help="change this section, and nothing else")
    parser.add_argument(
        "--no-new-facts", action="store_true", help="bring in no new numbers, names, quotations, …"
    )


def _work(args: Namespace) -> Work:
    if args.name is not None and args.fork_at is None:
        raise InvalidInput("--name names a fork: say with --fork-at TURN where it leaves.")
    if args.set and args.angle is None:
        raise InvalidInput("--set fills in an angle: name one with --angle.")
    if args.prompt is None and args.angle is None:
        raise InvalidInput("The PROMPT is missing: type one, or name an angle with --angle.")
    return partial(
        send_prompt,
        reference=args.reference,
        prompt=read_text(STDIN) if args.prompt == STDIN else args.prompt or "",
        angle=args.angle,
        values=dict(_named_value(typed) for typed in args.set),
        branch=args.branch,
        fork_at=args.fork_at,
        name=args.name,
        is_ask=args.ask,
        is_web_allowed=args.allow_web,
        passage=args.passage,
        limits=ChangeLimits(
            checked_percent(args.at_most or ""), args.section or "", args.no_new_facts
        ),
        as_json=args.as_json,
    )


def _named_value(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals or not name.strip():
        raise InvalidInput(
            f"“{typed}” after --set is no NAME=VALUE: for example audience=engineers."
        )
    return name.strip(), value


SEND: Final = Subcommand(_add_arguments, _work)

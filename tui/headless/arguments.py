"""What can be typed after `redraft`: commands, their choices, and a sentence for a slip."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

from tui.domain.errors import InvalidInput
from tui.domain.status import Status
from tui.domain.tree_shape import TreeFilter
from tui.headless.formats import TextFormat

_CONTENT: Final = "an id, the start of one (3 characters or more), or an exact title"

_AddCommand = Callable[..., argparse.ArgumentParser]


_INVALID_CHOICE: Final = re.compile(r"argument (.+?): invalid choice: '(.*)' \(choose from (.+)\)")


class _Parser(argparse.ArgumentParser):
    """An argument parser that refuses with one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        if slip := _INVALID_CHOICE.fullmatch(message):
            where, value, choices = slip.groups()
            message = f"“{value}” is no {where}; choose from {choices.replace(chr(39), '')}"
        message = message.removeprefix("argument ")
        raise InvalidInput(f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help`.")


class _ShowVersion(argparse.Action):
    """The option `--version`, which looks the version up only when it is given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002
        values: str | Sequence[Any] | None,  # noqa: ARG002
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        sys.stdout.write(f"redraft {_version()}\n")
        parser.exit()


def _version() -> str:
    import importlib.metadata  # noqa: PLC0415 (it brings the parsers of mail, seldom needed)

    try:
        return importlib.metadata.version("redraft")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what was typed; raises `InvalidInput`, or SystemExit(0) after --help and --version.

    `command` is None for the studio, or the command's name. Global options that were not given are
    None; they are understood before and after the command.
    """
    common = _common_options()
    parser = _Parser(
        prog="redraft",
        description="A studio for people who write with Claude. Without a command it opens.",
        parents=[common],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name, help=text, description=text, parents=[common], allow_abbrev=False
        )
        added.add_argument("--json", action="store_true", help="print JSON")
        return added

    def about(name: str, text: str) -> argparse.ArgumentParser:
        added = command(name, text)
        added.add_argument("content", metavar="CONTENT", help=_CONTENT)
        return added

    _add_writing(command, about)
    _add_reading(command, about)
    _add_moving(command)
    _add_doctor(command)
    _add_deciding(command, about)
    absent = {"library": None, "model": None, "theme": None, "demo": False}
    args, left = parser.parse_known_args(argv, argparse.Namespace(**absent))
    if all(word == "-" or not word.startswith("-") for word in left):
        # An optional word behind options is left over: argparse has already filled it with nothing.
        if args.command == "send" and args.prompt is None and len(left) == 1:
            args.prompt = left.pop()
        elif args.command == "lock" and not args.words:
            args.words, left = left, []
        elif args.command == "tag" and not args.add:
            args.add, left = left, []
    if left:
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    return args


def _common_options() -> _Parser:
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--library", metavar="DIR", help="folder of the library")
    common.add_argument("--model", metavar="NAME", help="model to write with")
    common.add_argument("--theme", metavar="NAME", help="colour theme of the studio")
    common.add_argument(
        "--demo", action="store_true", help="no account needed: a scripted writer answers"
    )
    return common


def _add_writing(command: _AddCommand, about: _AddCommand) -> None:
    _add_new(command)
    _add_send(about)
    _add_lock(about)
    _add_angles(command)
    _add_best(about)
    _add_sources(about)
    _add_tag(about)


def _add_new(command: _AddCommand) -> None:
    new = command("new", "start a piece and print its id")
    new.add_argument("title", metavar="TITLE")
    new.add_argument("--kind", default="post", metavar="K", help="post, article, talk, …")
    brief = new.add_mutually_exclusive_group()
    brief.add_argument("--brief", metavar="TEXT", help="what it should say, and to whom")
    brief.add_argument("--brief-file", metavar="F", help="the brief from a file, - for stdin")
    _add_tag_option(new, "a word to find the piece by")
    new.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="PATH",
        dest="sources",
        help="a folder or file that Claude may read; give it again for more",
    )
    new.add_argument("--web", action="store_true", help="Claude may ask to search the web")
    new.add_argument("--generate", action="store_true", help="have Claude write a first draft")


def _add_send(about: _AddCommand) -> None:
    send = about("send", "send one prompt to Claude and print the answer as it comes")
    send.add_argument(
        "prompt", metavar="PROMPT", nargs="?", help="what Claude should do, - for stdin"
    )
    send.add_argument("--angle", metavar="NAME", help="a prompt that `redraft angles` lists")
    send.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with --angle: what one of its variables stands for; may be repeated",
    )
    _add_branch(send)
    send.add_argument(
        "--fork-at", type=_number, metavar="TURN", help="fork after this turn first, and send there"
    )
    send.add_argument("--name", metavar="NAME", help="the fork's name; default: from the prompt")
    send.add_argument("--ask", action="store_true", help="talk only: no new version")
    send.add_argument(
        "--allow-web",
        action="store_true",
        help="let Claude search the web and fetch pages for this prompt, without asking",
    )

    send.add_argument(
        "--passage", metavar="WORDS", help="change these words of the draft, and nothing else"
    )

    send.add_argument("--at-most", metavar="N", help="change at most N %% of the draft's words")
    send.add_argument("--section", metavar="TITLE", help="change this section, and nothing else")
    send.add_argument(
        "--no-new-facts", action="store_true", help="bring in no new numbers, names, quotations, …"
    )


def _add_lock(about: _AddCommand) -> None:
    lock = about("lock", "lock words of the draft that Claude may not change, or list them")
    lock.add_argument("words", metavar="WORDS", nargs="*", help="as they stand in the draft, once")
    _add_branch(lock)
    lock.add_argument(
        "--unlock", action="store_true", help="unlock what has these words; without words, all"
    )


def _add_angles(command: _AddCommand) -> None:
    angles = command("angles", "list the prompts to use again and again, with --angle")
    angles.add_argument(
        "--copy", metavar="NAME", help="put one of Redraft's into the library, to be edited"
    )


def _add_best(about: _AddCommand) -> None:
    best = about("best", "send one prompt on several forks at once, and keep them as branches")
    best.add_argument("prompt", metavar="PROMPT", help="what Claude should do, - for stdin")
    best.add_argument("-n", type=_number, metavar="N", dest="count", help="2 to 6; default: 3")
    best.add_argument(
        "--angle",
        action="append",
        default=[],
        metavar="NAME",
        dest="angles",
        help="one of them is asked so, such as shorter or tighten; give it again for more",
    )
    _add_branch(best)
    best.add_argument(
        "--fork-at", type=_number, metavar="TURN", help="fork after this turn; default: the last"
    )


def _add_sources(about: _AddCommand) -> None:
    sources = about("sources", "show or change what Claude may read, and ask for")
    for option, text in (
        ("--add", "let Claude read a folder or file"),
        ("--remove", "no longer let it"),
    ):
        sources.add_argument(
            option, action="append", default=[], metavar="PATH", help=f"{text}; may be repeated"
        )
    web = sources.add_mutually_exclusive_group()
    web.add_argument(
        "--web",
        action="store_const",
        const=True,
        help="Claude may ask to search the web and to fetch pages",
    )
    web.add_argument(
        "--no-web", action="store_const", const=False, dest="web", help="Claude may not ask for it"
    )


def _add_tag(about: _AddCommand) -> None:
    tag = about("tag", "give a piece tags, or show those it has")
    tag.add_argument("add", metavar="TAG", nargs="*", help="letters, digits, - and _")
    tag.add_argument(
        "--remove",
        nargs="+",
        action="extend",
        default=[],
        metavar="TAG",
        help="take these away; written last",
    )


def _add_tag_option(command: argparse.ArgumentParser, text: str) -> None:
    command.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="TAG",
        dest="tags",
        help=f"{text}; give it again for more",
    )


def _add_reading(command: _AddCommand, about: _AddCommand) -> None:
    listing = command("list", "list the pieces")
    listing.add_argument("--status", choices=[status.value for status in Status], metavar="S")
    _add_tag_option(listing, "only pieces with this tag")

    find = command("find", "find words in all that was written, on every branch")
    find.add_argument(
        "words", metavar="WORD", nargs="+", help="all must occur in one text; '\"a phrase\"' is one"
    )
    find.add_argument("--in", dest="content", metavar="CONTENT", help=f"one piece: {_CONTENT}")
    find.add_argument("--limit", type=_number, default=50, metavar="N", help="default: 50")

    show = about("show", "print a draft's exact text")
    show.add_argument(
        "--version", type=_number, metavar="N", dest="number", help="default: the newest"
    )
    _add_branch(show)

    tree = about("tree", "draw the fork tree")
    tree.add_argument(
        "--filter",
        choices=[shown.value for shown in TreeFilter],
        default=TreeFilter.ALL.value,
        help="only turns where it forks, labelled, with drafts, or mine: made by hand",
    )
    tree.add_argument(
        "--search", metavar="WORDS", default="", help="only what has all these words in its texts"
    )
    about("log", "tell what was made, approved and published, when and by whom")

    _add_diff(about)


def _add_moving(command: _AddCommand) -> None:
    export = command("export", "write the draft in another format, or the whole library")
    export.add_argument("content", metavar="CONTENT", nargs="?", help=_CONTENT)
    export.add_argument(
        "--all", action="store_true", help="all pieces with their transcripts, as a ZIP file"
    )
    forms = [form.value for form in TextFormat]
    export.add_argument("--format", choices=forms, help="default: md")
    export.add_argument("-o", dest="output", metavar="FILE", help="default: stdout")
    _add_replace(export)

    bring = command("import", "adopt Claude Code's sessions, or take in a library's ZIP file")
    bring.add_argument(
        "what", metavar="SESSION_ID|FILE.zip", nargs="?", help="a session's id, or its start"
    )
    bring.add_argument("--all", action="store_true", help="every session that is not here yet")
    bring.add_argument("--list", action="store_true", help="show the sessions there are")
    bring.add_argument(
        "--draft-turn",
        type=_number,
        metavar="N",
        help="the whole answer of this turn is the first version",
    )


def _add_doctor(command: _AddCommand) -> None:
    doctor = command("doctor", "check that everything Redraft needs is there and in order")
    doctor.add_argument("--fix", action="store_true", help="mend what can be mended")
    doctor.add_argument(
        "--empty-trash", action="store_true", help="delete for good what is in the trash"
    )
    doctor.add_argument(
        "--transcripts",
        action="store_true",
        help="with --empty-trash: Claude Code's own transcripts of it too, without asking",
    )


def _add_branch(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--branch", metavar="B", help="a branch's id, its exact name, or main (the default)"
    )


def _add_replace(command: argparse.ArgumentParser) -> None:
    command.add_argument("--replace", action="store_true", help="write over a file that exists")


def _number(text: str) -> int:
    """Read a number of a version or a turn; a version's may be typed as it is shown, `v3`."""
    try:
        return int(text.removeprefix("v"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no number") from None


def _add_diff(about: _AddCommand) -> None:
    diff = about("diff", "compare two versions, or a version and a file, word by word")
    diff.add_argument("before", type=_number, metavar="A", help="a version")
    diff.add_argument(
        "after", type=_number_or_file, metavar="B", help="a version, a file, or - for stdin"
    )
    diff.add_argument(
        "--accept", action="store_true", help="save B's changes as the next version of the draft"
    )
    diff.add_argument(
        "--refuse",
        type=_number,
        action="append",
        default=[],
        metavar="N",
        help="with --accept: all changes but this one; may be given again",
    )


def _number_or_file(text: str) -> int | str:
    """Read a version's number, or leave a file's name as it is."""
    bare = text.removeprefix("v")
    return int(bare) if bare.isdecimal() else text


def _add_deciding(command: _AddCommand, about: _AddCommand) -> None:
    approve = about("approve", "approve one exact version")
    approve.add_argument(
        "--version", type=_number, metavar="N", dest="number", help="default: main's newest"
    )
    about("reopen", "take a piece back to draft")
    about("restore", "bring a piece back from the trash")
    publish = about("publish", "write the approved text to a file and mark it published")
    publish.add_argument("-o", dest="output", metavar="FILE", required=True)
    _add_replace(publish)
    verify = command("verify", "check whether a text is the approved one")
    verify.add_argument("content", metavar="CONTENT", nargs="?", help=_CONTENT)
    verify.add_argument("--file", metavar="F", help="the text to look at, - for stdin")

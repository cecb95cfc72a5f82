"""What can be typed after `redraft`: commands, their arguments, and a sentence for a slip."""

import argparse
import importlib
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

from tui.domain.errors import InvalidInput
from tui.domain.frozen import frozen
from tui.domain.words import capitalized
from tui.headless.output import Out
from tui.headless.subcommand import Subcommand
from tui.version import installed_version


@frozen
class _Entry:
    """A command in the list that `redraft --help` prints; its module is imported when typed."""

    name: str
    module: str
    """The module of `tui.headless` that has the command as a constant: `NEW` for `new`."""
    help: str

    def load(self) -> Subcommand:
        """Import the command."""
        module = importlib.import_module(f"tui.headless.{self.module}")
        found = getattr(module, self.name.upper())
        assert isinstance(found, Subcommand)
        return found


_ENTRIES: Final = (
    _Entry("new", "creating", "start a piece and print its id"),
    _Entry("send", "sending", "send one prompt to Claude and print the answer as it comes"),
    _Entry("lock", "locking", "lock words of the draft that Claude may not change, or list them"),
    _Entry("angles", "angles", "list the prompts to use again and again, with --angle"),
    _Entry(
        "best", "best_of", "send one prompt on several forks at once, and keep them as branches"
    ),
    _Entry("sources", "sources", "show or change what Claude may read, and ask for"),
    _Entry("tag", "tagging", "give a piece tags, or show those it has"),
    _Entry("list", "listing", "list the pieces"),
    _Entry("find", "word_search", "find words in all that was written, on every branch"),
    _Entry("show", "showing", "print a draft's exact text"),
    _Entry("tree", "trees", "draw the fork tree"),
    _Entry("log", "history", "tell what was made, approved and published, when and by whom"),
    _Entry("diff", "comparing", "compare two versions, or a version and a file, word by word"),
    _Entry("export", "exporting", "write the draft in another format, or the whole library"),
    _Entry("import", "importing", "adopt Claude Code's sessions, or take in a library's ZIP file"),
    _Entry("doctor", "doctoring", "check that everything Redraft needs is there and in order"),
    _Entry("approve", "approving", "approve one exact version"),
    _Entry("reopen", "approving", "take a piece back to draft"),
    _Entry("restore", "trashing", "bring a piece back from the trash"),
    _Entry("publish", "approving", "write the approved text to a file and mark it published"),
    _Entry("verify", "approving", "check whether a text is the approved one"),
)

_INVALID_CHOICE: Final = re.compile(r"argument (.+?): invalid choice: '(.*)' \(choose from (.+)\)")


class _Parser(argparse.ArgumentParser):
    """An argument parser that refuses with one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        if slip := _INVALID_CHOICE.fullmatch(message):
            where, value, choices = slip.groups()
            message = f"“{value}” is no {where}; choose from {choices.replace(chr(39), '')}"
        message = message.removeprefix("argument ")
        raise InvalidInput(f"{capitalized(message)}; see `{self.prog} --help`.")

    def print_help(self, file: object = None) -> None:
        del file  # argparse's own `--help` names none, and would fail without a stdout.
        Out.standard().text(self.format_help())


class _CommandParser(_Parser):
    """The parser of a command, which gets its arguments when the command is typed."""

    entry: _Entry

    def parse_known_args(
        self,
        args: Iterable[str] | None = None,
        namespace: Any = None,  # noqa: ANN401 (argparse returns what it is given)
    ) -> tuple[Any, list[str]]:
        subcommand = self.entry.load()
        _add_common_options(self)
        self.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        subcommand.add_arguments(self)
        self.set_defaults(work=subcommand.work)
        return super().parse_known_args(args, namespace)


class _ShowVersion(argparse.Action):
    """The option `--version`, which looks the version up only when it is given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002
        values: str | Sequence[Any] | None,  # noqa: ARG002
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        Out.standard().line(f"redraft {installed_version('(not installed)')}")
        parser.exit()


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what was typed; raises `InvalidInput`, or SystemExit(0) after --help and --version.

    `command` is None for the studio, or the command's name; `work` is then that of `Subcommand`.
    Global options that were not given are None; they are understood before and after the command.
    """
    parser = _Parser(
        prog="redraft",
        description="A studio for people who write with Claude. Without a command it opens.",
        allow_abbrev=False,
    )
    _add_common_options(parser)
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=_CommandParser
    )
    for entry in _ENTRIES:
        added = commands.add_parser(
            entry.name, help=entry.help, description=entry.help, allow_abbrev=False
        )
        added.entry = entry
    absent = {"library": None, "model": None, "theme": None, "demo": False}
    args, left = parser.parse_known_args(argv, argparse.Namespace(**absent))
    if all(word == "-" or not word.startswith("-") for word in left):
        # Optional words behind options are left over: argparse looks for them only once.
        if args.command == "send" and args.prompt is None and len(left) == 1:
            args.prompt = left.pop()
        elif args.command == "lock":
            args.words, left = [*args.words, *left], []
        elif args.command == "tag":
            args.add, left = [*args.add, *left], []
    if left:
        typed = commands.choices.get(args.command, parser)
        typed.error(f"unrecognized arguments: {' '.join(left)}")
    return args


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that are understood before and after a command."""
    absent = argparse.SUPPRESS
    parser.add_argument("--library", metavar="DIR", default=absent, help="folder of the library")
    parser.add_argument("--model", metavar="NAME", default=absent, help="model to write with")
    parser.add_argument(
        "--theme", metavar="NAME", default=absent, help="colour theme of the studio"
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        default=absent,
        help="no account needed: a scripted writer answers",
    )

"""What a command of the command line is, and the arguments that several of them take."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import Parameter, signature
from typing import Final

from tui.domain.frozen import frozen
from tui.headless.output import Out
from tui.studio.studio import Studio

CONTENT: Final = "an id, the start of one (3 characters or more), or an exact title"
"""Help of an argument that names a content."""

Work = Callable[[Studio, Out], Awaitable[int]]
"""What a command does with a studio; returns its exit code."""


@frozen
class Subcommand:
    """A command that can be typed after `redraft`."""

    add_arguments: Callable[[ArgumentParser], None]
    """Adds what the command takes beside the options that all have."""
    work: Callable[[Namespace], Work] | None = None
    """Returns the work for what was typed, reading stdin and files that are named in it.

    Raises `InvalidInput`. None for `doctor`, whose library may be too damaged for a studio.
    """


def runs(command: Callable[..., Awaitable[int]]) -> Callable[[Namespace], Work]:
    """Return the work of a command that takes what was typed as it is.

    Its keyword-only arguments have the names under which the parser stores what was typed.
    """
    every = signature(command).parameters.values()
    names = [one.name for one in every if one.kind is Parameter.KEYWORD_ONLY]
    return lambda args: partial(command, **{name: getattr(args, name) for name in names})


def add_content(parser: ArgumentParser, *, is_optional: bool = False) -> None:
    """Add CONTENT, as `args.reference`."""
    parser.add_argument(
        "reference", metavar="CONTENT", nargs="?" if is_optional else None, help=CONTENT
    )


def add_branch(parser: ArgumentParser) -> None:
    """Add `--branch`; None stands for the main one."""
    parser.add_argument(
        "--branch", metavar="B", help="a branch's id, its exact name, or main (the default)"
    )


def add_tags(parser: ArgumentParser, text: str) -> None:
    """Add `--tag`, which may be repeated, as `args.tags`."""
    parser.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="TAG",
        dest="tags",
        help=f"{text}; give it again for more",
    )


def add_replace(parser: ArgumentParser) -> None:
    """Add `--replace`, which lets a command write over a file."""
    parser.add_argument("--replace", action="store_true", help="write over a file that exists")


def parse_number(text: str) -> int:
    """Read a number of a version or a turn; a version's may be typed as it is shown, `v3`."""
    try:
        return int(text.removeprefix("v"))
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no number") from None

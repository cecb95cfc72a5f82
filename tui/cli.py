"""The command line: `redraft` opens the studio, `redraft COMMAND` works without a screen."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tui.composition.logfile import log_to
from tui.composition.opening import demo_library
from tui.composition.running import run_app, run_command
from tui.domain.errors import InvalidInput, RedraftError
from tui.headless.arguments import parse
from tui.headless.output import Out
from tui.settings import Settings, default_library, log_file, read_settings, settings_file
from tui.studio.files import absolute, expanded

INTERRUPTED = 130
"""Exit code after Ctrl+C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run Redraft and return its exit code: 0 done, 1 refused or failed, 2 wrong usage."""
    out = Out.standard()
    try:
        args = parse([_as_utf8(word) for word in (sys.argv[1:] if argv is None else argv)])
        if args.command == "doctor":
            return _doctor(args, out)
        settings = chosen_settings(args, os.environ)
        log_to(log_file())
        return _run(args, settings, out)
    except RedraftError as error:
        out.report(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as over:
        return over.code if isinstance(over.code, int) else 0
    except Exception:
        logging.getLogger("redraft").exception("Something unforeseen")
        out.report(f"Something went wrong that was not foreseen; {log_file()} says what.")
        return 1


def chosen_settings(
    args: argparse.Namespace, environment: Mapping[str, str], settings: Settings | None = None
) -> Settings:
    """Return the settings file's values, changed by the environment and by what was typed.

    The demo has a library of its own whatever is set, unless one is typed. Raises `InvalidInput`.
    """
    if settings is None:
        settings = read_settings(settings_file())
    library = environment.get("REDRAFT_LIBRARY") or None
    if args.demo:
        library = str(demo_library())
    if args.library is not None:
        library = args.library
        if not library:
            raise InvalidInput("The library's folder is empty: name one after --library.")
    if library is not None:
        settings = replace(settings, library=Path(library))
    settings = replace(settings, library=absolute(expanded(str(settings.library))))
    if args.model is not None:
        settings = replace(settings, model=args.model)
    if args.theme is not None:
        settings = replace(settings, theme=args.theme)
    return settings


def _run(args: argparse.Namespace, settings: Settings, out: Out) -> int:
    if args.command is None:
        return run_app(settings, demo=args.demo)
    return run_command(settings, args.work(args), out, demo=args.demo)


def _doctor(args: argparse.Namespace, out: Out) -> int:
    from tui.composition.examining import examine
    from tui.headless.doctoring import show_findings

    if args.transcripts and not args.empty_trash:
        raise InvalidInput("--transcripts goes with --empty-trash: add that.")
    problem = ""
    try:
        settings = chosen_settings(args, os.environ)
    except InvalidInput as error:
        problem = str(error)
        settings = chosen_settings(args, os.environ, Settings(library=default_library()))
    log_to(log_file())
    findings = asyncio.run(
        examine(
            settings,
            demo=args.demo,
            settings_problem=problem,
            is_fixing=args.fix,
            is_emptying_trash=args.empty_trash,
            is_wanted=lambda question: (
                args.transcripts or (not args.as_json and _confirmed(out, question))
            ),
        )
    )
    return show_findings(out, findings, as_json=args.as_json)


def _confirmed(out: Out, question: str) -> bool:
    """Ask a person, where there is one; no, where there is none."""
    if not out.is_terminal or sys.stdin is None or not sys.stdin.isatty():
        return False
    out.aside(f"{question} [y/N] ")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _as_utf8(word: str) -> str:
    """Return a typed word as text, also when the locale is not UTF-8; raises `InvalidInput`."""
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError as error:
        raise InvalidInput(
            "What was typed is not UTF-8 text: set the terminal to UTF-8."
        ) from error

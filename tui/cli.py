"""The command line: `redraft` opens the studio, `redraft COMMAND` works without a screen."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tui.composition.logfile import log_to
from tui.composition.opening import demo_library
from tui.composition.running import Command, run_app, run_command
from tui.domain.errors import InvalidInput, RedraftError
from tui.headless.arguments import parse
from tui.headless.files import STDIN, read_text
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
        out.say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as over:
        return over.code if isinstance(over.code, int) else 0
    except Exception:
        logging.getLogger("redraft").exception("Something unforeseen")
        out.say(f"Something went wrong that was not foreseen; {log_file()} says what.")
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
    return run_command(settings, _command(args), out, demo=args.demo)


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
                args.transcripts or (not args.json and _confirmed(out, question))
            ),
        )
    )
    return show_findings(out, findings, as_json=args.json)


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


def _command(args: argparse.Namespace) -> Command:
    """Return the command that was typed, with its choices; reads stdin and files it names."""
    match args.command:
        case "new":
            return _new(args)
        case "send":
            return _send(args)
        case "lock":
            from tui.headless.locking import lock_words

            return partial(
                lock_words,
                reference=args.content,
                words=args.words,
                branch=args.branch,
                is_unlocking=args.unlock,
                as_json=args.json,
            )
        case "angles":
            from tui.headless.angles import show_angles

            return partial(show_angles, copy=args.copy, as_json=args.json)
        case "best":
            return _best(args)
        case "list":
            from tui.domain.status import Status
            from tui.headless.listing import list_contents

            status = None if args.status is None else Status(args.status)
            return partial(list_contents, status=status, tags=args.tags, as_json=args.json)
        case "find":
            from tui.headless.searching import find_words

            return partial(
                find_words,
                words=" ".join(args.words),
                reference=args.content,
                limit=args.limit,
                as_json=args.json,
            )
        case "verify":
            from tui.headless.approving import verify_text

            return partial(verify_text, reference=args.content, file=args.file, as_json=args.json)
        case "export":
            from tui.headless.exporting import export_what
            from tui.headless.formats import TextFormat

            return partial(
                export_what,
                reference=args.content,
                is_all=args.all,
                form=None if args.format is None else TextFormat(args.format),
                target=args.output,
                replace=args.replace,
                as_json=args.json,
            )
        case "import":
            from tui.headless.importing import import_what

            return partial(
                import_what,
                what=args.what,
                is_all=args.all,
                is_list=args.list,
                draft_turn=args.draft_turn,
                as_json=args.json,
            )
        case _:
            return _about_one(args)


def _about_one(args: argparse.Namespace) -> Command:
    match args.command:
        case "show":
            from tui.headless.showing import show_text

            return partial(
                show_text,
                reference=args.content,
                number=args.number,
                branch=args.branch,
                as_json=args.json,
            )
        case "sources":
            from tui.headless.sources import show_sources

            return partial(
                show_sources,
                reference=args.content,
                add=args.add,
                remove=args.remove,
                has_web=args.web,
                as_json=args.json,
            )
        case "tag":
            from tui.headless.tagging import tag_content

            return partial(
                tag_content,
                reference=args.content,
                add=args.add,
                remove=args.remove,
                as_json=args.json,
            )
        case "tree":
            from tui.domain.tree_shape import TreeFilter
            from tui.headless.trees import show_tree

            return partial(
                show_tree,
                reference=args.content,
                shown=TreeFilter(args.filter),
                searched=args.search,
                as_json=args.json,
            )
        case "log":
            from tui.headless.history import show_history

            return partial(show_history, reference=args.content, as_json=args.json)
        case "diff":
            from tui.headless.comparing import show_diff

            return partial(
                show_diff,
                reference=args.content,
                before=args.before,
                after=args.after,
                accept=args.accept,
                refuse=args.refuse,
                as_json=args.json,
            )
        case "approve":
            from tui.headless.approving import approve_version

            return partial(
                approve_version, reference=args.content, number=args.number, as_json=args.json
            )
        case "reopen":
            from tui.headless.approving import reopen_content

            return partial(reopen_content, reference=args.content, as_json=args.json)
        case "restore":
            from tui.headless.trashing import restore_content

            return partial(restore_content, reference=args.content, as_json=args.json)
        case "publish":
            from tui.headless.approving import publish_content

            return partial(
                publish_content,
                reference=args.content,
                target=args.output,
                replace=args.replace,
                as_json=args.json,
            )
        case name:
            raise InvalidInput(f"There is no command “{name}”; see `redraft --help`.")


def _new(args: argparse.Namespace) -> Command:
    from tui.headless.creating import create_content

    brief = args.brief or ""
    if args.brief_file is not None:
        brief = read_text(args.brief_file)
    return partial(
        create_content,
        title=args.title,
        kind=args.kind,
        brief=brief,
        tags=args.tags,
        sources=args.sources,
        has_web=args.web,
        is_generating=args.generate,
        as_json=args.json,
    )


def _send(args: argparse.Namespace) -> Command:
    from tui.domain.change_limits import ChangeLimits, checked_percent
    from tui.headless.sending import send_prompt

    if args.name is not None and args.fork_at is None:
        raise InvalidInput("--name names a fork: say with --fork-at TURN where it leaves.")
    if args.set and args.angle is None:
        raise InvalidInput("--set fills in an angle: name one with --angle.")
    if args.prompt is None and args.angle is None:
        raise InvalidInput("The PROMPT is missing: type one, or name an angle with --angle.")
    return partial(
        send_prompt,
        reference=args.content,
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
        as_json=args.json,
    )


def _named_value(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals or not name.strip():
        raise InvalidInput(
            f"“{typed}” after --set is no NAME=VALUE: for example audience=engineers."
        )
    return name.strip(), value


def _best(args: argparse.Namespace) -> Command:
    from tui.headless.best_of import write_best

    return partial(
        write_best,
        reference=args.content,
        prompt=read_text(STDIN) if args.prompt == STDIN else args.prompt,
        count=args.count,
        angles=args.angles,
        branch=args.branch,
        fork_at=args.fork_at,
        as_json=args.json,
    )

"""`redraft import`: sessions of Claude Code become contents, and bundles are taken in."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Final

from tui.domain.adoption import title_of
from tui.domain.content import Content
from tui.domain.errors import InvalidInput
from tui.domain.words import counted
from tui.headless.output import Out, one_line, table
from tui.headless.shapes import content_json
from tui.headless.subcommand import Subcommand, parse_number, runs
from tui.studio.files import expanded
from tui.studio.session_import import FoundRow
from tui.studio.studio import Studio
from tui.studio.transfer import Imported

_SESSION: Final = re.compile(r"[0-9a-fA-F-]{1,36}")
_HEADER: Final = ("SESSION", "CHANGED", "TURNS", "CONTENT", "FOLDER", "TITLE")
_SHORT_ID: Final = 8
_FOLDER_WIDTH: Final = 28


async def import_what(
    studio: Studio,
    out: Out,
    *,
    what: str | None = None,
    is_all: bool = False,
    is_list: bool = False,
    draft_turn: int | None = None,
    as_json: bool = False,
) -> int:
    """List the sessions, adopt one or all of them, or take in a bundle; raises `InvalidInput`."""
    if [what is not None, is_all, is_list].count(True) != 1:
        raise InvalidInput(
            "Say what to import: the id of a session, --all, --list, or the FILE.zip of a library."
        )
    is_session = what is not None and _SESSION.fullmatch(what) is not None
    if draft_turn is not None and not is_session:
        raise InvalidInput("--draft-turn goes with one session: name its id.")
    if is_list:
        return await _list(studio, out, as_json=as_json)
    if what is None:
        return await _adopt_all(studio, out, as_json=as_json)
    if is_session:
        return await _adopt(studio, out, what, draft_turn, as_json=as_json)
    return await _take_in(studio, out, what, as_json=as_json)


async def _list(studio: Studio, out: Out, *, as_json: bool) -> int:
    rows = await studio.services.sessions.found()
    if as_json:
        out.json([_found_json(row) for row in rows])
    elif rows:
        shown = (_cells_of(row, is_cut=out.width is not None) for row in rows)
        for line in table([_HEADER, *shown], out.width, spared=("TURNS", "CHANGED", "FOLDER")):
            out.line(line)
    else:
        out.report("Claude Code has no sessions on this machine.")
    return 0


def _found_json(row: FoundRow) -> dict[str, object]:
    found = row.found
    return {
        "session": found.session,
        "title": found.title,
        "first_prompt": found.first_prompt,
        "folder": found.folder,
        "turns": found.prompts,
        "created_at": found.created_at.isoformat(),
        "changed_at": found.changed_at.isoformat(),
        "content": row.content,
    }


def _cells_of(row: FoundRow, *, is_cut: bool) -> tuple[str, ...]:
    found = row.found
    folder = one_line(found.folder)
    if is_cut and len(folder) > _FOLDER_WIDTH:
        folder = "…" + folder[1 - _FOLDER_WIDTH :]
    return (
        found.session[:_SHORT_ID] if is_cut else found.session,
        found.changed_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        str(found.prompts),
        row.content or "–",
        folder or "–",
        one_line(title_of(found)),
    )


async def _adopt(
    studio: Studio, out: Out, reference: str, draft_turn: int | None, *, as_json: bool
) -> int:
    adopted = await studio.services.sessions.adopt(reference, draft_turn=draft_turn)
    if adopted.problem:
        out.report(adopted.problem)
    if adopted.content is None:
        return 1
    if as_json:
        out.json({**content_json(adopted.content), "sessions": adopted.sessions})
    else:
        out.line(adopted.content.id)
    return 0


async def _adopt_all(studio: Studio, out: Out, *, as_json: bool) -> int:
    contents: list[tuple[Content, int]] = []
    has_failed = False
    async for adopted in studio.services.sessions.adopt_all():
        if adopted.problem:
            out.report(adopted.problem)
        if adopted.content is None:
            has_failed = True
            continue
        contents.append((adopted.content, adopted.sessions))
        if not as_json:
            out.line(f"{adopted.content.id}  {one_line(adopted.content.title)}")
    if as_json:
        out.json([{**content_json(content), "sessions": count} for content, count in contents])
    elif not contents and not has_failed:
        out.report("Every session is here already.")
    return 1 if has_failed else 0


async def _take_in(studio: Studio, out: Out, name: str, *, as_json: bool) -> int:
    imported = await studio.services.transfer.take_in(_bundle(name))
    for old, new in imported.renamed.items():
        out.report(f"Another piece {old} is here already, so the bundle's was added as {new}.")
    for angle in imported.other_angles:
        out.report(f"Another angle “{angle}” is here already; the bundle's was left out.")
    if as_json:
        out.json(_imported_json(imported))
    else:
        out.line(
            f"{counted(len(imported.added), 'piece')} added, "
            f"{len(imported.skipped)} here already, "
            f"{counted(imported.transcripts, 'transcript')} carried over."
        )
        if imported.angles:
            out.line(f"{counted(len(imported.angles), 'angle')} of your own added.")
    return 0


def _bundle(name: str) -> Path:
    path = expanded(name)
    if path.suffix.lower() != ".zip" and not path.exists():
        raise InvalidInput(
            f"“{one_line(name)}” is neither the id of a session nor a file: "
            "`redraft import --list` shows the sessions."
        )
    return path


def _imported_json(imported: Imported) -> dict[str, object]:
    return {
        "added": list(imported.added),
        "skipped": list(imported.skipped),
        "renamed": dict(imported.renamed),
        "transcripts": imported.transcripts,
        "angles": list(imported.angles),
    }


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "what", metavar="SESSION_ID|FILE.zip", nargs="?", help="a session's id, or its start"
    )
    parser.add_argument(
        "--all", action="store_true", dest="is_all", help="every session that is not here yet"
    )
    parser.add_argument(
        "--list", action="store_true", dest="is_list", help="show the sessions there are"
    )
    parser.add_argument(
        "--draft-turn",
        type=parse_number,
        metavar="N",
        help="the whole answer of this turn is the first version",
    )


IMPORT: Final = Subcommand(_add_arguments, runs(import_what))

"""`redraft log`: what was made, approved and published of a piece, when and by whom."""

from typing import Final

from tui.domain.content import Content
from tui.domain.history import Entry, EntryKind, history
from tui.domain.person import NOBODY, Person
from tui.domain.version_words import how_made
from tui.domain.words import counted
from tui.headless.finding import found_content
from tui.headless.output import Out, one_line, plain
from tui.headless.shapes import Json, person_json
from tui.headless.subcommand import Subcommand, add_content, runs
from tui.studio.studio import Studio

_HASH_DIGITS = 12


async def show_history(studio: Studio, out: Out, *, reference: str, as_json: bool = False) -> int:
    """Print the history of a piece, the newest first."""
    content = await found_content(studio, reference)
    entries = tuple(reversed(history(content)))
    if as_json:
        out.json([_json(content, entry) for entry in entries])
        return 0
    for entry in entries:
        out.line(f"{entry.at.astimezone():%Y-%m-%d %H:%M}  {_words(content, entry)}")
    return 0


def _json(content: Content, entry: Entry) -> Json:
    version = entry.version
    return {
        "at": entry.at.isoformat(),
        "event": entry.kind.value,
        "branch": entry.branch,
        "branch_name": content.branch(entry.branch).name,
        "turn": entry.turn,
        "version": None if version is None else version.number,
        "sha256": None if version is None else version.sha256,
        "author": None if version is None else version.author.value,
        "by": person_json(entry.by),
        "target": entry.target or None,
    }


def _words(content: Content, entry: Entry) -> str:
    branch = f"“{one_line(content.branch(entry.branch).name)}”"
    version = entry.version
    if version is None:
        if entry.kind is EntryKind.CREATED:
            return f"created with branch {branch}"
        return f"forked {branch} after turn {entry.turn}"
    name = f"v{version.number}"
    where = f"{branch}, turn {entry.turn}" if entry.turn else branch
    if entry.kind is EntryKind.VERSION:
        made = how_made(version) or "by Claude"
        name += f" {made}" if made.startswith("by ") else f": {made}"
        return f"{name}{_signed(entry.by)} · {counted(version.words)} · {where}"
    if entry.kind is EntryKind.APPROVED:
        digest = version.sha256[:_HASH_DIGITS]
        return f"approved {name}{_signed(entry.by)} · sha256 {digest} · {where}"
    return f"published {name} to {plain(entry.target)}"


def _signed(by: Person) -> str:
    return "" if by == NOBODY else f", {plain(by.name)} ({plain(by.id)})"


LOG: Final = Subcommand(add_content, runs(show_history))

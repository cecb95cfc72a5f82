"""A version in the chat: its card, by whom and when it was made, and where it is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tui.domain.content import Author, Content, Version
from tui.domain.ids import BranchId
from tui.domain.person import Person, another
from tui.domain.version_words import BY_HAND, how_made
from tui.domain.words import counted, signed
from tui.screens.spending import clock
from tui.widgets.chat.items import ChatItem, Role
from tui.widgets.text import one_line

_NAME_WIDTH: Final = 32
"""Cells for the name of another person."""

Place = tuple[BranchId, int]
"""After which turn of which branch's own line something was made; turn 0 is before any."""


def version_card(
    content: Content, version: Version, turn: int, now: datetime, here: str = ""
) -> ChatItem:
    """Return the card of a version, to stand in `turn`."""
    heading = version_heading(content, version, now, here)
    return ChatItem(f"version:{version.number}", turn, Role.DRAFT, heading, version.text)


def version_heading(content: Content, version: Version, now: datetime, here: str = "") -> str:
    """Return what is said of a version: `v4 · 612 words (−20) · by you · 14:05`.

    Of an older text that was brought back, `v7 · v3 again · 612 words (−20) · 14:05`; of one made
    of some changes, `v8 · 5 of 7 changes of v7 · 612 words (−20) · 14:05`.

    Whoever is not the one with the id `here` is named: `v4 · 612 words · by Maren Ost · 14:05`.
    The time is local, and has its date unless that is `now`'s, which is time-zone aware.
    """
    size = counted(version.words)
    if version.before is not None:
        size += f" ({signed(version.words - content.version(version.before).words)})"
    if version.locks:
        size += f" · {len(version.locks)} locked"
    partial = ("partial",) if version.is_partial else ()
    made = _moment(version.created_at, now)
    other = named(version.by, here)
    made_of = how_made(version)
    if made_of not in ("", BY_HAND):
        by = (f"by {other}",) if other else ()
        return " · ".join((f"v{version.number}", made_of, size, *by, made))
    return " · ".join((f"v{version.number}", size, *partial, _by(version.author, other), made))


def named(by: Person, here: str) -> str:
    """Return the name of another person than the one with the id `here`, fit to be shown."""
    return one_line(another(by, here), _NAME_WIDTH)


def _by(author: Author, other: str) -> str:
    if author is Author.CLAUDE:
        return "by Claude"
    return f"{'combined ' * (author is Author.COMBINED)}by {other or 'you'}"


def versions_by_place(content: Content, branch_id: BranchId) -> Mapping[Place, tuple[Version, ...]]:
    """Return the versions that belong to a branch's conversation, by where they were made.

    Of its ancestors only what was there when it was forked.
    """
    until: dict[BranchId, datetime | None] = {branch_id: None}
    branch = content.branch(branch_id)
    while branch.parent is not None:
        until[branch.parent] = branch.created_at
        branch = content.branch(branch.parent)
    found: dict[Place, tuple[Version, ...]] = {}
    for version in content.versions:
        if version.branch not in until:
            continue
        limit = until[version.branch]
        if limit is None or version.created_at <= limit:
            place = version.branch, version.after_turn
            found[place] = (*found.get(place, ()), version)
    return found


def _moment(at: datetime, now: datetime) -> str:
    there = at.astimezone()
    if there.year != now.astimezone().year:
        return f"{there.day} {there:%b %Y}"
    return clock(at, now)

"""Every command of the table on a real terminal, from a filled library: it does its work there."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT
from tests.support.terminal import KEYS, Terminal
from tui.commands import COMMANDS, MAIN_SCOPES
from tui.demo.faults import Fault
from tui.demo.samples import sample_contents
from tui.demo.server import DemoServer
from tui.domain.changes import begun_turn, ended_turn
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.ids import TurnId
from tui.store.library import TinyStore

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
CHAT, LIST, TREE = ("escape",), ("escape", "escape"), ("tab",)
"""The keys that lead from the prompt, which has the focus at the start, to a pane."""


@dataclass(frozen=True)
class Row:
    """What is pressed for a command, and what shows that it was done."""

    command: str
    keys: tuple[str, ...]
    shows: str
    pane: tuple[str, ...] = CHAT
    first: tuple[tuple[str, str], ...] = ()
    """Before that: typed into the prompt and sent, and what is waited for then."""
    then: tuple[str, ...] = field(default=())
    """Pressed after the command, before `shows` is looked for."""


SLOW = ("[[demo:slow]] go on", "esc Stop")
TABLE = (
    Row("revise", ("r",), "typed here", then=("typed here",)),
    Row("ask", ("c",), "Ask · makes no new version"),
    Row("stop", ("escape",), "Stopped:", pane=(), first=(SLOW,)),
    Row(
        "answer",
        ("ctrl+g",),
        "Allow once",
        pane=(),
        first=(('[[demo:tool WebSearch {"query": "tea"}]]', "answers: Claude asks"),),
    ),
    Row("retry", ("ctrl+r",), "turn 7", pane=(), first=(("fail, please", "Failed"),)),
    Row("queue", ("Q",), "enter edits", ("shift+tab", "shift+tab"), (SLOW, ("later", "Queued"))),
    Row("take", ("t",), "Turn 5 is the draft now, as v5."),
    Row("edit", ("e",), "ctrl+s Save"),
    Row("edit_outside", ("E",), "Saved v5, by you."),
    Row("diff", ("d",), "→ v4"),
    Row("approve", ("a",), "SHA-256"),
    Row("publish", ("p",), "Save v4 to a file"),
    Row("copy", ("y",), "Copied v4"),
    Row("links", ("w",), "─ Links ─"),
    Row("fork", ("f",), "Fork after turn 5"),
    Row("ask_again", ("R",), "Ask turn 5 again"),
    Row("label", ("L",), "Label turn 5"),
    Row("make_main", ("j", "j", "asterisk"), "“spicier” is the main branch now.", TREE),
    Row("rename_branch", ("N",), "Rename the branch"),
    Row("new", ("n",), "New piece"),
    Row("find", ("slash",), "No match for “no such”.", then=("no such",)),
    Row("rename", ("f2",), "Rename the piece"),
    Row("rename_piece", ("T",), "Rename the piece"),
    Row("settings", ("S",), "Settings of this piece"),
    Row("reopen", ("j", "o"), "is a draft again.", LIST),
    Row("archive", ("x",), "is in the archive."),
    Row("delete", ("D",), "to the trash?"),
    Row("undo", ("x", "u"), "is a draft again."),
    Row("redo", ("x", "u", "U"), "archive"),
    Row("import", ("I",), "Every session of Claude Code is here already."),
    Row("next_pane", ("tab",), "typed here", then=("typed here",)),
    Row("previous_pane", ("shift+tab",), "enter Open"),
    Row("branches", ("b",), "R Ask again"),
    Row("end", ("ctrl+end",), "It is at https://example.org/page", ("escape", "home")),
    Row("costs", ("$",), "costs and limits"),
    Row("notices", ("!",), "esc Close"),
    Row("help", ("?",), "─ Keys ─"),
    Row("palette", ("ctrl+p",), "Search for commands"),
    Row("copy_or_stop", ("ctrl+c",), "Press ctrl+q to leave."),
    Row("list.sort", ("s",), "Sorted by title.", LIST),
    Row("list.filter", ("F",), "Pieces · draft", LIST),
    Row("chat.prompt", ("enter",), "typed here", then=("typed here",)),
    Row("prompt.kind", ("ctrl+t",), "Ask · makes no new version", ()),
)
UNSEEN = {"quit"}
"""What has a test of its own below."""


def linked(content: Content) -> Content:
    """Return a content with one more turn on main, whose answer has a link."""
    turn = Turn(TurnId("linked"), TurnKind.ASK, "where is it?", NOW)
    begun = begun_turn(content, content.main, turn, NOW)
    reply = "It is at <https://example.org/page>."
    ended = replace(turn, state=TurnState.FINISHED, reply=reply, ended_at=NOW)
    return ended_turn(begun, content.main, ended, NOW)


async def fill(library: Path) -> None:
    """Put the demo's pieces into a library; the one last changed may ask for the web."""
    numbers = itertools.count(1)
    uuid = lambda: f"00000000-0000-4000-8000-{next(numbers):012}"  # noqa: E731
    *others, last = sample_contents(NOW, uuid)
    store = await TinyStore.open(library)
    for content in (*others, replace(linked(last), has_web=True)):
        await store.create(content)
    await store.close()


@pytest.fixture
def terminal(
    library: Path,
    tmp_path: Path,
    isolated_environment: dict[str, str],
    redraft_command: list[str],
) -> Iterator[Terminal]:
    """Give the studio on a terminal, on a filled library, with the prompt in focus."""
    asyncio.run(fill(library))
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "A line from outside." >> "$1"\n')
    editor.chmod(0o755)
    env = {**isolated_environment, "EDITOR": str(editor)}
    with Terminal(redraft_command, env=env, cwd=ROOT, columns=140, lines=40) as opened:
        opened.wait_for("enter Send")
        yield opened


def press(terminal: Terminal, *keys: str) -> None:
    """Press keys one by one, as a hand does: each once the screen stands still."""
    names = {"asterisk": "*", "slash": "/", "f2": "\x1bOQ", "ctrl+end": "\x1b[1;5F"}
    for key in keys:
        terminal.press(names.get(key, key))
        terminal.wait_still(0.15)


def test_every_command_of_the_main_screen_has_a_row() -> None:
    own = {one.id for one in COMMANDS if one.scope in MAIN_SCOPES and not one.action}
    own |= {one.id for one in COMMANDS if one.action.startswith("app.")}
    assert {row.command for row in TABLE} | UNSEEN == own


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.command)
def test_a_command_does_its_work(row: Row, terminal: Terminal, demo_api: DemoServer) -> None:
    if row.command == "retry":
        demo_api.faults.add(Fault.forbidden(), times=None)
    for typed, then in row.first:
        terminal.type(typed + KEYS["enter"])
        terminal.wait_for(then)
    demo_api.faults.clear()
    press(terminal, *row.pane)
    assert row.shows not in terminal.text, "seen before the command"
    press(terminal, *row.keys)
    for text in row.then:
        terminal.type(text)
    terminal.wait_for(row.shows)
    if row.command == "copy":
        assert b"\x1b]52;c;" in terminal.raw


def test_quit_leaves_and_gives_the_terminal_back(terminal: Terminal) -> None:
    press(terminal, "ctrl+q")
    assert terminal.wait_exit() == 0
    assert not terminal.is_alternate


PROSE: tuple[str, ...] = (
    "Do you always explain why? No; exactly as planned, and not publish by Friday: x, D, a, e, p. ",
    "*Nothing* /here/ is a command! Quit? Undo? 100% sure (u, U, N, T, S, o, R, L, f, d, y, ?). ",
)


def send(terminal: Terminal, library: Path) -> None:
    terminal.type("shorter" + KEYS["enter"])
    until(terminal, lambda: b"shorter" in b"".join(saved(library).values()) and is_quiet(library))


def stop(terminal: Terminal, library: Path) -> None:
    terminal.type(SLOW[0] + KEYS["enter"])
    terminal.wait_for(SLOW[1])
    press(terminal, "escape")
    terminal.wait_for("Stopped:")
    until(terminal, lambda: is_quiet(library))


def fork(terminal: Terminal, _library: Path) -> None:
    press(terminal, *CHAT, "f")
    terminal.type("anew" + KEYS["enter"])
    terminal.wait_for("anew · ")


def approve(terminal: Terminal, _library: Path) -> None:
    press(terminal, *CHAT, "a")
    terminal.wait_still(0.45)
    press(terminal, "ctrl+s")
    terminal.wait_for("Approved v4.")
    press(terminal, "r")


def create(terminal: Terminal, _library: Path) -> None:
    press(terminal, *CHAT, "n")
    terminal.type("Fresh" + KEYS["ctrl+s"])
    terminal.wait_for("─ Fresh ─")


@pytest.mark.parametrize("moment", [None, send, stop, fork, approve, create])
def test_prose_typed_after_anything_changes_nothing_but_the_prompt(
    moment: Callable[[Terminal, Path], None] | None, terminal: Terminal, library: Path
) -> None:
    paragraph = "".join(itertools.islice(itertools.cycle(PROSE), 5))[:400]
    if moment is not None:
        moment(terminal, library)
    terminal.wait_still(0.3)
    before = saved(library)
    for letter in paragraph:
        terminal.type(letter)
        terminal.wait_still(1 / 500)
    until(terminal, lambda: typed_in(library) == paragraph)
    assert saved(library) == before


def until(terminal: Terminal, is_so: Callable[[], bool], seconds: float = 20) -> None:
    """Read from a terminal until something is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        terminal._read(0.05)


def is_quiet(library: Path) -> bool:
    """Whether no turn runs, by what is saved."""
    return all(b'"running"' not in text for text in saved(library).values())


def saved(library: Path) -> dict[str, bytes]:
    """Return the pieces as they are saved."""
    return {file.name: file.read_bytes() for file in (library / "contents").glob("*.json")}


def typed_in(library: Path) -> str:
    """Return the one unsent text that is kept, or nothing."""

    async def unsent() -> list[str]:
        store = await TinyStore.open(library)
        place = await store.place()
        await store.close()
        return list(place.unsent.values())

    texts = asyncio.run(unsent())
    return texts[0] if len(texts) == 1 else ""

"""Every command of the table on a real terminal, from a filled library: it does its work there."""

import asyncio
import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT
from tests.support.faults import Fault
from tests.support.hanging import HANGS
from tests.support.terminal import KEYS, Terminal
from tests.support.warm import Warm
from tui.commands import COMMANDS, MAIN_SCOPES
from tui.composition.person import PersonHere
from tui.demo.samples import sample_contents
from tui.demo.server import DemoServer
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.ids import TurnId
from tui.domain.turn_changes import begun_turn, ended_turn
from tui.store.journal import SUFFIX, rows_in, texts_of
from tui.store.library import TinyStore

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PROMPT = "shift+enter New line"
"""What the bottom line says while the prompt has the focus."""
STILL = 0.1
"""Seconds without a change of the screen after which the next key comes."""
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
    then: tuple[str, ...] = ()
    """Pressed after the command, before `shows` is looked for."""
    back: tuple[str, ...] = ("escape", "r")
    """Pressed at the end: leads to the prompt again."""


SLOW = ("[[demo:slow]] go on", "esc Stop")
CLEAR = ("f7", "backspace")
"""Keys that select the whole prompt and delete it."""
TERMINAL_SESSIONS: dict[str, tuple[Row, ...]] = {
    "the draft": (
        Row("edit", ("e",), "ctrl+s Save"),
        Row("diff", ("d",), "→ v4"),
        Row("versions", ("v",), "4 versions"),
        Row("approve", ("a",), "SHA-256"),
        Row("publish", ("p",), "Save v4 to a file"),
        Row("copy", ("y",), "Copied v4", back=("r",)),
        Row("links", ("w",), "─ Links ─"),
        Row("fork", ("f",), "Fork after turn 5"),
        Row("ask_again", ("R",), "Ask turn 5 again"),
        Row("best", ("B",), "Best of N after turn 5"),
        Row("label", ("L",), "Label turn 5"),
        Row("limits", ("%",), "Limit the next change"),
        Row("mark", ("m",), "Marked: “", back=("r",)),
        Row("compare", ("equals_sign",), "space Choose"),
        Row("rename_branch", ("N",), "Rename the branch"),
        Row("preview.reply", ("1",), "1 Reply", TREE, back=("1", "r")),
        Row("preview.draft", ("2",), "# Why we left Kubernetes", TREE, back=("2", "r")),
        Row("preview.diff", ("3",), "v2 → v4", TREE, back=("3", "r")),
        Row("preview.approved", ("4",), "··· 7 paragraphs ···", TREE, back=("4", "r")),
        Row("whole_tree", ("W",), "2 Draft  3 Diff", TREE, back=("W", "r")),
        Row("wider", (">",), "on why…", TREE, back=("r",)),
        Row("narrower", ("<",), "on why our n…", TREE, back=("r",)),
        Row("usual_sizes", ("0",), "The panes have their usual widths again.", TREE, back=("r",)),
        Row("tree.go", (":",), "Go to a turn of “first draft”", TREE, back=("escape", "r")),
        Row("tree.costs", ("i",), "w  unknown", TREE, back=("i", "r")),
        Row("revise", ("r",), "typed here", then=("typed here",), back=CLEAR),
        Row("chat.prompt", ("enter",), "typed here", then=("typed here",), back=CLEAR),
        Row("next_pane", ("tab",), "typed here", then=("typed here",), back=CLEAR),
        Row("previous_pane", ("shift+tab",), "enter Open", back=("escape", "r")),
        Row("branches", ("b",), "R Ask again", back=("b", "r")),
        Row(
            "end",
            ("ctrl+end",),
            "It is at https://example.org/page",
            ("escape", "home"),
            back=("r",),
        ),
        Row("ask", ("c",), "Ask · makes no new version", back=("escape", "r")),
        Row("prompt.kind", ("ctrl+t",), "Ask · makes no new version", (), back=("ctrl+t",)),
    ),
    "the library": (
        Row("new", ("n",), "New piece"),
        Row("rename", ("f2",), "Rename the piece"),
        Row("settings", ("S",), "Settings of this piece"),
        Row("rename_piece", ("T",), "Rename the piece"),
        Row("tags", ("#",), "Tags of this piece"),
        Row("costs", ("$",), "costs and limits"),
        Row("delete", ("D",), "to the trash?"),
        Row("notices", ("!",), "esc Close"),
        Row("theme", ("C",), "Light colours.", back=("C", "r")),
        Row("paste", ("ctrl+v",), "Nothing is copied here.", back=("r",)),
        Row("help", ("?",), "─ Keys ─"),
        Row("palette", ("ctrl+p",), "Search for commands"),
        Row("import", ("I",), "No session of Claude Code is left to import.", back=("r",)),
        Row("copy_or_stop", ("ctrl+c",), "Press ctrl+q to leave.", back=("r",)),
        Row("search", ("slash",), "tab All pieces"),
        Row("search_all", ("A",), "tab This piece"),
        Row("next_hit", ("f3",), "Hit 2 of", ("escape", "A", *"kube", "enter"), back=("r",)),
        Row("previous_hit", ("f4",), "Hit 1 of", back=("escape", "r")),
        Row(
            "find",
            ("slash",),
            "No match for “no such”.",
            LIST,
            then=("no such",),
            back=("escape", "enter"),
        ),
        Row("list.sort", ("s",), "Sorted by title.", LIST, back=("r",)),
        Row("list.filter", ("F",), "Contents · draft", LIST, back=("r",)),
    ),
    "changes": (
        Row("take", ("t",), "Turn 5 is the draft now, as v5.", back=("r",)),
        Row("edit_outside", ("E",), "Saved v6, by you.", back=("r",)),
        Row("archive", ("x",), "is in the archive.", back=("r",)),
        Row("undo", ("u",), "is a draft again.", back=("r",)),
        Row("redo", ("U",), "archive", back=("u", "r")),
        Row(
            "make_main",
            ("G", "asterisk"),
            "“spicier” is the main branch now.",
            TREE,
            back=("r",),
        ),
        Row(
            "tree.archive", ("G", "x"), "make another branch the main one first", TREE, back=("r",)
        ),
        Row("reopen", ("j", "o"), "is a draft again.", LIST, back=("r",)),
    ),
    "a queue": (
        Row(
            "queue",
            ("Q",),
            "enter edits",
            ("shift+tab", "shift+tab"),
            (SLOW, ("later", "Queued")),
            back=("tab",),
        ),
        Row("stop", ("escape",), "Stopped:", pane=(), back=()),
    ),
    "a question": (
        Row(
            "answer",
            ("ctrl+g",),
            "Allow once",
            pane=(),
            first=(('[[demo:tool WebSearch {"query": "tea"}]]', "answers: Claude asks"),),
            back=("escape",),
        ),
    ),
    "a refusal": (
        Row(
            "retry",
            ("ctrl+r",),
            "Ask the last prompt again?",
            pane=(),
            first=(("no, please", "Failed"),),
        ),
    ),
}
"""Commands that one start of the program is enough for, in this order."""
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
def open_terminal(
    library: Path,
    tmp_path: Path,
    isolated_environment: dict[str, str],
    redraft_command: list[str],
    warm: Warm,
) -> Callable[[], AbstractContextManager[Terminal]]:
    """Give what opens the studio on a terminal, on a filled library, with the prompt in focus."""
    asyncio.run(fill(library))
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "A line from outside." >> "$1"\n')
    editor.chmod(0o755)
    env = {**isolated_environment, "EDITOR": str(editor)}

    @contextmanager
    def opened() -> Iterator[Terminal]:
        with Terminal(
            redraft_command, env=env, cwd=ROOT, columns=140, lines=30, start=warm
        ) as terminal:
            terminal.wait_for(PROMPT)
            yield terminal

    return opened


@pytest.fixture
def terminal(
    open_terminal: Callable[[], AbstractContextManager[Terminal]],
) -> Iterator[Terminal]:
    """Give the studio on a terminal, on a filled library, with the prompt in focus."""
    with open_terminal() as opened:
        yield opened


def press(terminal: Terminal, *keys: str) -> None:
    """Press keys one by one, as a hand does: each once the screen stands still."""
    names = {
        "asterisk": "*",
        "equals_sign": "=",
        "slash": "/",
        "f2": "\x1bOQ",
        "f3": "\x1bOR",
        "f4": "\x1bOS",
        "f7": "\x1b[18~",
        "ctrl+end": "\x1b[1;5F",
    }
    for key in keys:
        terminal.type(names.get(key, KEYS.get(key, key)))
        terminal.wait_still(STILL)


def test_every_command_of_the_main_screen_has_a_row() -> None:
    own = {one.id for one in COMMANDS if one.scope in MAIN_SCOPES and not one.action}
    own |= {one.id for one in COMMANDS if one.action.startswith("app.")}
    rows = [row.command for session in TERMINAL_SESSIONS.values() for row in session]
    assert {*rows} | UNSEEN == own
    assert len(rows) == len({*rows})


def does_its_work(row: Row, terminal: Terminal) -> None:
    for typed, then in row.first:
        terminal.type(typed + KEYS["enter"])
        terminal.wait_for(then)
    press(terminal, *row.pane)
    terminal.wait_gone(row.shows, 10)
    press(terminal, *row.keys)
    for text in row.then:
        terminal.type(text)
    terminal.wait_for(row.shows)
    if row.command == "copy":
        assert b"\x1b]52;c;" in terminal.raw
    press(terminal, *row.back)
    terminal.wait_for(PROMPT)


@pytest.mark.parametrize("session", TERMINAL_SESSIONS)
def test_a_command_does_its_work(
    session: str,
    open_terminal: Callable[[], AbstractContextManager[Terminal]],
    demo_api: DemoServer,
) -> None:
    """Each command by its key; after one that does not work the others have a fresh start."""
    if session == "a refusal":
        demo_api.faults.add(Fault.forbidden(), times=1)
    rows, failed = list(TERMINAL_SESSIONS[session]), dict[str, str]()
    while rows:
        with open_terminal() as terminal:
            while rows:
                row = rows.pop(0)
                try:
                    does_its_work(row, terminal)
                except AssertionError as error:
                    failed[row.command] = str(error)
                    break
    assert not failed, "\n\n".join(f"{command}: {why}" for command, why in failed.items())


def test_quit_leaves_and_gives_the_terminal_back(terminal: Terminal) -> None:
    press(terminal, "ctrl+q")
    assert terminal.wait_exit() == 0
    assert not terminal.is_alternate


def test_a_word_on_another_branch_is_found_and_marked_where_it_stands(terminal: Terminal) -> None:
    press(terminal, *TREE, "slash")
    terminal.wait_for("Search “Why we left Kubernetes”")
    terminal.type("picks fight")
    terminal.wait_for("spicier · turn 2 · answer")
    press(terminal, "enter")
    terminal.wait_for("spicier · v3")
    terminal.wait_for("You · revise · turn 2")
    terminal.wait_for("picks a fight")
    marked = re.findall(rb"\x1b\[1[^m]*m(?:\x1b\[[^m]*m)*(picks|fight)", terminal.raw)
    assert {*marked} == {b"picks", b"fight"}


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


@pytest.mark.parametrize(
    "moments", [(None, fork, approve, create), (stop, send)], ids=["by hand", "with Claude"]
)
def test_prose_typed_after_anything_changes_nothing_but_the_prompt(
    moments: tuple[Callable[[Terminal, Path], None] | None, ...], terminal: Terminal, library: Path
) -> None:
    paragraph = "".join(PROSE)
    for moment in moments:
        if moment is not None:
            moment(terminal, library)
        terminal.wait_still(0.3)
        before = saved(library)
        for piece in (*paragraph[:40], *re.findall(r"\S+\s*", paragraph[40:])):
            terminal.type(piece)
            terminal.wait_still(1 / 500)
        until(terminal, lambda: typed_in(library) == paragraph)
        assert saved(library) == before
        press(terminal, *CLEAR)
        until(terminal, lambda: typed_in(library) == "")


def until(terminal: Terminal, is_so: Callable[[], bool], seconds: float = HANGS) -> None:
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
    """Return the one unsent text that is kept, or nothing; the newest words are in a journal."""

    async def unsent() -> dict[str, str]:
        store = await TinyStore.open(library, place_of=PersonHere().id)
        place = await store.place()
        await store.close()
        return {str(branch): text for branch, text in place.unsent.items()}

    kept = asyncio.run(unsent())
    for journal in (library / "journal").glob(f"*{SUFFIX}"):
        for (kind, name), newer in texts_of(rows_in(journal)).items():
            if kind == "unsent":
                kept[name] = newer.text
    texts = [text for text in kept.values() if text]
    return texts[0] if len(texts) == 1 else ""

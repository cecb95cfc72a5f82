"""A library whose folder goes away in the middle of a sitting and comes back: nothing is lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from tests.e2e.conftest import ROOT, RunRedraft
from tests.support.faults import Fault
from tests.support.terminal import Terminal
from tests.support.warm import Warm
from tui.demo.seen import SeenRequest
from tui.demo.server import DemoServer
from tui.domain.content import Content, TurnState
from tui.store.library import TinyStore

GONE = "Not readable since"
DRAFT = "A lamp is a promise that the evening goes on."
ANSWER = "Lamps keep their secret until dusk."
EDIT = "Typed here, and typed on while the folder was away. "


@pytest.fixture
def terminal(
    isolated_environment: dict[str, str],
    redraft_command: list[str],
    redraft: RunRedraft,
    warm: Warm,
) -> Iterator[Terminal]:
    """Open the studio on a library of one piece with a draft."""
    asking = f"[[demo:echo]]\n<draft>\n{DRAFT}\n</draft>"
    assert redraft("new", "On lamps").code == 0
    assert redraft("send", "On lamps", asking).code == 0
    with Terminal(
        redraft_command, env=isolated_environment, cwd=ROOT, columns=140, start=warm
    ) as opened:
        opened.wait_for("enter Send")  # The prompt has the focus.
        yield opened


def the_piece(library: Path) -> Content:
    """Read the one piece as another program does."""

    async def read() -> Content:
        store = await TinyStore.open(library)
        (row,) = (await store.catalog()).rows
        content = await store.load(row.id)
        await store.close()
        return content

    return asyncio.run(read())


def asked(demo_api: DemoServer) -> list[SeenRequest]:
    return [request for request in demo_api.requests if not request.is_auxiliary]


def rescued(environment: dict[str, str]) -> list[str]:
    """Return what could not be saved in the library, and was put beside the log."""
    return [file.read_text() for file in Path(environment["XDG_STATE_HOME"]).rglob("*.md")]


def is_saved(library: Path) -> bool:
    """Whether the answer on the fork is saved as finished."""
    return [turn.state for turn in the_piece(library).branches[1].turns] == [TurnState.FINISHED]


def test_an_answer_and_an_open_edit_outlive_a_folder_that_goes_and_comes_back(
    terminal: Terminal,
    demo_api: DemoServer,
    library: Path,
    redraft: RunRedraft,
    isolated_environment: dict[str, str],
) -> None:
    away = library.with_name("away")
    terminal.press("escape", "f")
    terminal.wait_for("Fork after turn 1")
    terminal.type("dusk")
    terminal.press("enter")
    terminal.wait_for("dusk · v1")
    goes_on = Event()
    demo_api.faults.add(Fault.silence(until=goes_on), after_words=20)
    terminal.type(f"[[demo:echo]] {'It is dark. ' * 16}{ANSWER}")
    terminal.wait_for("until dusk.")
    terminal.press("enter")
    terminal.wait_until(lambda: len(asked(demo_api)) == 2 and bool(asked(demo_api)[-1].sent))
    terminal.press("tab", "g", "enter")
    terminal.wait_for("first draft ★ · v1")
    terminal.press("escape", "e")
    terminal.wait_for("ctrl+s Save")
    terminal.type(EDIT[:12])
    terminal.wait_for(EDIT[:12])

    library.rename(away)
    goes_on.set()
    terminal.type(EDIT[12:])
    terminal.wait_for(EDIT.strip())
    terminal.press("ctrl+s")
    terminal.wait_for(GONE)
    terminal.wait_until(lambda: any(ANSWER in text for text in rescued(isolated_environment)))
    assert not library.exists()
    away.rename(library)
    terminal.wait_gone(GONE)
    terminal.wait_for("v2 · 20 words (+10) · by you")
    terminal.wait_until(lambda: is_saved(library))

    content = the_piece(library)
    main, fork = content.branches
    assert [version.text for version in content.versions] == [DRAFT, f"{EDIT}{DRAFT}"]
    assert [turn.reply.count(ANSWER) for turn in fork.turns] == [1]
    assert len(main.turns) == 1
    shown = redraft("show", "On lamps").out
    assert shown.rstrip("\n") == f"{EDIT}{DRAFT}"
    terminal.press("r", "tab", "G", "enter")
    terminal.wait_for(
        lambda text: "Branch “dusk” leaves" in text and text.count("until dusk.") == 2
    )
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert len(asked(demo_api)) == 2

"""Through the real CLI: a version taken along in a fork, branches combined, changes refused."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, RunRedraft
from tests.support.terminal import Terminal
from tests.support.warm import Warm
from tui.demo.seen import SeenRequest
from tui.demo.server import DemoServer
from tui.domain.content import Content
from tui.store.library import TinyStore

TITLE = "# Tea at sea"
KETTLE = "The kettle is the oldest thing on board."
OLDER_KETTLE = "The kettle is the oldest thing on board, older than its captain."
WATCH = "Nobody pours before the watch has changed."
LEAVES = "Green leaves keep for a year in a tin."
STORM = "In a storm we drink it cold."
SILENT_STORM = "In a storm we drink it cold and say nothing."
FIRST = (TITLE, "Sailors drink tea.")
SECOND = (TITLE, "Sailors drink tea.", WATCH)
THIRD = (TITLE, KETTLE, WATCH, STORM)
ON_THE_FORK = (TITLE, OLDER_KETTLE, LEAVES, SILENT_STORM)
COMBINED = (TITLE, OLDER_KETTLE, WATCH, LEAVES, STORM)
TALK, MORE_TALK = "[[demo:echo]] Nothing to add.", "[[demo:echo]] The harbour is in sight."


@pytest.fixture
def terminal(
    isolated_environment: dict[str, str], redraft_command: list[str], warm: Warm
) -> Iterator[Terminal]:
    """Give the studio on a terminal, on an empty library."""
    command, env = redraft_command, isolated_environment
    with Terminal(command, env=env, cwd=ROOT, columns=140, lines=30, start=warm) as opened:
        yield opened


def text_of(paragraphs: tuple[str, ...]) -> str:
    return "\n\n".join(paragraphs)


def asking_for(paragraphs: tuple[str, ...]) -> str:
    """Return a prompt to which the demo's writer answers with exactly this draft."""
    return f"[[demo:echo]]\n<draft>\n{text_of(paragraphs)}\n</draft>"


def paste(terminal: Terminal, text: str) -> None:
    terminal.type(f"\x1b[200~{text}\x1b[201~")


def send(terminal: Terminal, prompt: str, then: str | Callable[[str], bool]) -> None:
    """Paste a prompt, send it and wait for what shows that it is answered."""
    terminal.wait_for("Revise ·")
    paste(terminal, prompt)
    terminal.wait_still()
    terminal.press("enter")
    terminal.wait_for(then)


def pressed(terminal: Terminal, *keys: str) -> None:
    """Press keys, each once the screen stands still."""
    for key in keys:
        terminal.press(key)
        terminal.wait_still(0.1)


def the_piece(library: Path) -> Content:
    """Read the one piece as another program does."""

    async def read() -> Content:
        store = await TinyStore.open(library)
        (row,) = (await store.catalog()).rows
        content = await store.load(row.id)
        await store.close()
        return content

    return asyncio.run(read())


def last_asked(demo_api: DemoServer) -> SeenRequest:
    return [request for request in demo_api.requests if not request.is_auxiliary][-1]


def test_a_version_goes_along_in_a_fork_and_the_best_of_both_branches_is_approved(
    terminal: Terminal, demo_api: DemoServer, library: Path, redraft: RunRedraft
) -> None:
    terminal.wait_for("Nothing here yet")
    terminal.press("n")
    terminal.wait_for("New piece")
    terminal.type("Tea")
    terminal.press("tab", "tab")
    paste(terminal, asking_for(FIRST))
    terminal.wait_still()
    terminal.press("ctrl+s")
    terminal.wait_for("first draft ★ · v1")
    send(terminal, asking_for(SECOND), "first draft ★ · v2")
    send(terminal, asking_for(THIRD), "first draft ★ · v3")
    before = the_piece(library)
    (parent,) = before.branches

    # Fork after turn 1, with the text of v3.
    pressed(terminal, "escape", "k", "k", "k", "v")
    terminal.wait_for("3 versions")
    terminal.press("f")
    terminal.wait_for("Fork after turn 1 with the text of v3")
    terminal.type("logbook")
    terminal.press("enter")
    terminal.wait_for("logbook · v3")
    send(terminal, asking_for(ON_THE_FORK), "logbook · v4")
    told = last_asked(demo_api)
    assert told.replies == (f"<draft>\n{text_of(FIRST)}\n</draft>",)
    assert "".join(told.prompts).count(text_of(THIRD)) == 1
    assert f"<current-draft>\n{text_of(THIRD)}\n</current-draft>" in told.prompts[-1]
    assert text_of(SECOND) not in "".join(told.prompts)

    send(terminal, TALK, lambda text: text.count("Nothing to add.") > 1)
    terminal.wait_for("Revise ·")
    again = last_asked(demo_api)
    assert again.prompts[:-1] == told.prompts
    assert again.prompts[-1] == TALK

    # The branch it left from is as it was, and its session goes on as if nothing had been.
    after = the_piece(library)
    assert after.branch(parent.id) == parent
    assert after.draft(parent.id) == before.draft(parent.id)
    pressed(terminal, "tab", "g", "enter")
    terminal.wait_for("first draft ★ · v3")
    send(terminal, MORE_TALK, lambda text: text.count("harbour is in sight.") > 1)
    terminal.wait_for("Revise ·")
    on_the_parent = last_asked(demo_api)
    assert len(on_the_parent.prompts) == 4
    assert on_the_parent.replies[-1] == f"<draft>\n{text_of(THIRD)}\n</draft>"
    assert not any(OLDER_KETTLE in text for text in on_the_parent.prompts + on_the_parent.replies)

    # Paragraphs of both, taken from the last one up: the text has them in their order.
    pressed(terminal, "escape", "=")
    terminal.wait_for("2 branches")
    pressed(terminal, "j", "j", "j", "space", "k", "space")  # The storm, then the watch.
    pressed(terminal, "k", "k", "k", "space")
    pressed(terminal, "l", "j", "j", "j", "k", "space")  # The leaves, then the kettle.
    pressed(terminal, "k", "k", "space")
    terminal.wait_for("5 paragraphs chosen")
    terminal.press("ctrl+s")
    terminal.wait_for("first draft ★ · v5")
    assert the_piece(library).version(5).text == text_of(COMBINED)

    pressed(terminal, "escape", "a")
    terminal.wait_for("SHA-256")
    terminal.wait_still()
    terminal.press("ctrl+s")
    terminal.wait_for("Approved v5.")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0

    assert redraft("verify", "Tea").code == 0
    assert redraft("show", "Tea").out.rstrip("\n") == text_of(COMBINED)
    log = redraft("log", "Tea").out
    assert "  approved v5," in log
    assert "  v5: combined from v" in log


def test_two_of_five_changes_are_refused_and_claude_is_told_which(
    demo_api: DemoServer, redraft: RunRedraft
) -> None:
    old = ["A cup costs three coins.", "Rain falls on deck.", "Gulls wait.", "Salt.", "Land ho."]
    new = ["A mug costs three coins.", "Hail falls on deck.", "Gulls doze.", "Sand.", "Land oh."]
    kept = [f"What stays between them, number {number}, is long enough." for number in range(4)]
    before, after = (
        tuple(text for pair in zip(texts, [*kept, "The end."], strict=True) for text in pair)
        for texts in (old, new)
    )
    piece = redraft("new", "Tea").out.strip()
    for paragraphs in (before, after):
        assert redraft("send", piece, asking_for(paragraphs)).code == 0
    saved = redraft("diff", piece, "v1", "v2", "--accept", "--refuse=2", "--refuse=4")
    assert saved.out == "Saved v3 of “Tea”: 3 of 5 changes of v2.\n"
    chosen = text_of((*after[:2], before[2], *after[3:6], before[6], *after[7:]))
    assert redraft("show", piece).out.rstrip("\n") == chosen
    assert redraft("send", piece, TALK, "--ask").code == 0
    told = last_asked(demo_api).prompts[-1]
    assert f"<current-draft>\n{chosen}\n</current-draft>" in told
    refused = told.partition("<refused-changes>")[2].partition("</refused-changes>")[0]
    words = ("mug", "Hail", "doze", "Sand", "oh")
    assert [word in refused for word in words] == [False, True, False, True, False]
    assert redraft("send", piece, MORE_TALK, "--ask").code == 0
    assert "<refused-changes>" not in last_asked(demo_api).prompts[-1]

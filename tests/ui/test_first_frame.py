"""A start: the first frame shows the piece, and the SDK is loaded while a prompt is typed."""

import asyncio

import pytest
from rich.console import RenderableType
from textual.screen import Screen

from textual._compositor import ChopsUpdate, LayoutUpdate  # isort: skip
from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore
from tests.support.frames import draw_every_frame
from tests.ui.screens_host import a_content
from tui.domain.content import Content
from tui.domain.ids import ContentId
from tui.screens.main import prompts
from tui.widgets import lean_compositor
from tui.widgets.lean_writing import LeanWritingApp


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the text of the frames that are written during a test."""
    frames: list[str] = []
    really = LeanWritingApp._display

    def noting(
        self: LeanWritingApp, screen: Screen[object], renderable: RenderableType | None
    ) -> None:
        if isinstance(renderable, LayoutUpdate):
            frames.append("\n".join("".join(s.text for s in row) for row in renderable.strips))
        elif isinstance(renderable, ChopsUpdate):
            rows = [filter(None, row.values()) for row in renderable.chops]
            frames.append("\n".join("".join(s.text for s in row) for row in rows))
        really(self, screen, renderable)

    draw_every_frame(monkeypatch)
    monkeypatch.setattr(LeanWritingApp, "_display", noting)
    return frames


class Slow(MemoryStore):
    """A library on a disk that does not answer until it is told to."""

    def __init__(self, *contents: Content) -> None:
        super().__init__(contents)
        self.answers = asyncio.Event()

    async def load(self, content_id: ContentId) -> Content:
        await self.answers.wait()
        return await super().load(content_id)


def a_piece() -> Content:
    return a_content("The text of the draft.", title="Why we left")


async def test_the_first_frame_shows_the_piece(
    drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean_compositor, "DRAWN_AFTER", 60.0)
    async with at_the_desk(store=MemoryStore([a_piece()])) as user:
        await user.waits(lambda: bool(drawn), "the start")
        assert "Why we left" in drawn[0]
        assert "The text of" in drawn[0]


async def test_a_slow_library_keeps_the_screen_dark_for_a_moment_only(
    drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean_compositor, "DRAWN_AFTER", 0.05)
    store = Slow(a_piece())
    async with at_the_desk(store=store) as user:
        await user.waits(lambda: bool(drawn), "a frame")
        assert "Why we left" in drawn[0]
        assert "The text of" not in drawn[0]
        store.answers.set()
        await user.waits(lambda: any("The text of" in frame for frame in drawn), "the piece")


async def test_what_is_typed_in_a_start_however_long_waits_for_the_prompt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.widgets.typeahead.LONG_WAIT", 0.05)
    store = Slow(a_piece())
    async with at_the_desk(store=store) as user:
        user.bursts(*"axe", "space", *"it")
        await user.sees("What you type waits until the library is read.")
        store.answers.set()
        await user.waits(lambda: user.prompt.text == "axe it", "the text in the prompt")
        assert len(user.app.screen_stack) == 2


class Broken(MemoryStore):
    """A library in which a fault of the program shows."""

    async def load(self, content_id: ContentId) -> Content:
        raise ValueError(content_id)


async def test_keys_work_after_a_start_that_went_wrong() -> None:
    async with at_the_desk(store=Broken([a_piece()])) as user:
        user.bursts("n")
        await user.sees("New piece")


async def test_what_the_first_prompt_needs_is_loaded_once_while_it_is_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prompts, "WARM_AFTER", 0.0)
    async with at_the_desk(store=MemoryStore([a_piece()])) as user:
        await user.waits(lambda: user.prompt.has_focus, "the start")
        assert user.agent.warmed == 0
        await user.types("M")
        await user.waits(lambda: user.agent.warmed == 1, "the first letter")
        await user.types("ake it shorter")
        await user.presses("escape", "r")
        assert user.agent.warmed == 1

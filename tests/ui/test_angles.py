"""Angles from the palette: found, asked about, and put into the prompt, where nothing is sent."""

import asyncio

import pytest

from tests.support.driver import User, at_the_desk
from tests.support.fakes import (
    CountedIds,
    MemoryAngles,
    MemoryStore,
    ScriptedAgent,
    ticking_clock,
)
from tests.ui.screens_host import HOSTILE
from tui.domain.angles import FoundAngles
from tui.studio import angles
from tui.studio.angles import shipped_angles
from tui.studio.studio import Studio


def with_angles(**files: str) -> MemoryStore:
    store = MemoryStore()
    store.angle_files = dict(files)
    return store


async def picks(user: User, typed: str, shown: str) -> None:
    """Open the palette from the prompt and take the first thing found."""
    await user.presses("slash")
    await user.sees("Search for commands")
    await user.types(typed)
    await user.sees(shown)
    await user.presses("enter")


async def test_an_angle_from_the_slash_stands_in_the_prompt_and_is_not_sent() -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        await picks(user, "angle tighten", "Angle: Tighten")
        (tighten,) = (angle for angle in shipped_angles() if angle.name == "tighten")
        await user.waits(lambda: user.prompt.text == tighten.prompt, "the prompt of the angle")
        await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")
        await user.types(" Go.")
        assert user.prompt.text == tighten.prompt + " Go."
        assert user.agent.prompts == []
        await user.presses("enter")
        await user.waits(lambda: len(user.agent.prompts) == 1, "the prompt at Claude")
        assert user.agent.prompts[0][1].endswith(tighten.prompt + " Go.")


async def test_variables_are_asked_for_in_order_and_typed_ahead() -> None:
    mine = "---\ntitle: Mine\n---\nFor {{who}}, {{tone-of=dry}} and {{who}}."
    async with at_the_desk(store=with_angles(mine=mine)) as user:
        await user.begins("On waiting")
        await picks(user, "mine", "Angle: Mine")
        await user.sees("─ Angle: Mine ─", "Who")
        await user.presses("enter")
        await user.sees("This angle needs a few words here.")
        await user.types("[engineers]")
        await user.presses("enter")
        await user.sees("Tone of", "dry")
        await user.presses("enter")
        await user.waits(lambda: user.prompt.text == "For [engineers], dry and [engineers].", "it")
        await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")


async def test_an_angle_goes_below_what_is_typed_and_leaving_a_question_takes_nothing() -> None:
    async with at_the_desk(store=with_angles(mine="Be {{tone}}.")) as user:
        await user.begins("On waiting")
        await user.types("Keep the title.")
        await user.presses("ctrl+p")
        await user.types("mine")
        await user.sees("Angle: Mine")
        await user.presses("enter")
        await user.sees("Tone")
        await user.presses("escape")
        await user.waits(lambda: user.app.screen is user.main, "the end of the question")
        assert user.prompt.text == "Keep the title."
        await user.presses("ctrl+p")
        await user.types("mine")
        await user.sees("Angle: Mine")
        await user.presses("enter")
        await user.sees("Tone")
        await user.types("warm")
        await user.presses("enter")
        await user.waits(lambda: user.prompt.text == "Keep the title.\n\nBe warm.", "both")


async def test_only_what_fits_the_kind_is_offered_and_a_bad_file_is_told_once() -> None:
    talk = "---\ntitle: Out loud\nkinds: talk\n---\nSay it."
    store = with_angles(loud=talk, bad="---\n", mine="Go.")
    async with at_the_desk(store=store, size=(80, 40)) as user:
        await user.presses("ctrl+p")
        await user.types("angle tighten")
        await user.sees("No matches")
        await user.presses("escape")
        await user.begins("On waiting")
        for _ in range(2):
            await user.presses("slash")
            await user.types("angle")
            await user.sees("Angle: Mine", "Angle: Tighten", "Make the text shorter by a third.")
            assert "Out loud" not in user.screen
            await user.presses("escape")
            await user.waits(lambda: user.prompt.text == "/", "the palette closed")
            await user.presses("backspace")
        told = [notice.text for notice in user.app.board.notices if "bad.md" in notice.text]
        assert len(told) == 1


async def test_angles_are_offered_below_the_commands_before_anything_is_typed() -> None:
    async with at_the_desk(size=(120, 36)) as user:
        await user.begins("On waiting")
        await user.presses("slash")
        await user.sees("Search for commands", "Revise")
        await user.presses("ctrl+end")
        await user.sees("Angle: Warmer voice")


async def test_names_with_brackets_are_shown_as_they_are_and_drive_nothing() -> None:
    hostile = f"[/nothing] {HOSTILE}"
    store = with_angles(mine=hostile, other=f"---\ntitle: {hostile[:40]}\n---\nGo.")
    await Studio(store, ScriptedAgent(), ticking_clock(), CountedIds()).create(f"Zebra {hostile}")
    async with at_the_desk(store=store) as user:
        await user.sees("Zebra")
        await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")
        for typed, shown in (
            ("mine", "[/nothing] [@click=app.quit]x[/] [bold"),
            ("nothing click", "Angle: [/nothing] [@click=app.quit]x[/]"),
            ("first draft", "Branch of Zebra [/nothing] [@click=app.quit]x[/] [bold"),
        ):
            await user.presses("ctrl+p")
            await user.types(typed)
            await user.sees(shown)
            await user.presses("escape")
            await user.waits(lambda: user.app.screen is user.main, "the palette closed")


class SlowAngles(MemoryAngles):
    """Own angles that take until `answers` is set."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.answers = asyncio.Event()
        self.is_answered = False

    async def read(self) -> FoundAngles:
        await self.answers.wait()
        self.is_answered = True
        return await super().read()


async def test_commands_do_not_wait_for_angles_which_come_later_to_what_is_typed_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(angles, "LONGEST_LOOK", 60.0)
    store = MemoryStore()
    store.angles = slow = SlowAngles(store)
    store.angle_files = {"titanic": "Go."}
    async with at_the_desk(store=store) as user:
        await user.begins("On waiting")
        await user.presses("slash")
        await user.types("tit")
        await user.sees("Title  T")
        slow.answers.set()
        await user.waits(lambda: slow.is_answered, "the angles")
        await user.types("anic")
        await user.sees("Angle: Titanic")

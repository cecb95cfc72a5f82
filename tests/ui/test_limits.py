"""Limits on the next change: set, shown, sent with one prompt, measured, and asked for again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script, ScriptedAgent
from tests.ui.screens_host import Host, until
from tui.domain.change_limits import NO_LIMITS, ChangeLimits
from tui.screens.limits import LimitsScreen

DRAFT = "# {undo}\n\nOne two three four five.\n\n# End\n\nSix seven."
FIVE = DRAFT.replace("five", "ten")
MOST = DRAFT.replace("One two three", "Ten eleven twelve")


def drafts(*texts: str) -> list[Script]:
    return [Script(f"Here.\n<draft>\n{text}\n</draft>\n") for text in texts]


@asynccontextmanager
async def with_draft(*answers: str, agent: ScriptedAgent | None = None) -> AsyncIterator[User]:
    """Open the studio on a piece with a draft."""
    store = MemoryStore()
    scripts = drafts(DRAFT, *answers)
    async with at_the_desk(*scripts, store=store, agent=agent, size=(140, 70)) as user:
        await user.begins("On waiting")
        await user.tells_claude("write")
        await user.sees("v1 ·")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        yield user


async def sets(user: User, percent: str = "", section: str = "") -> None:
    await user.commands("percent_sign")
    await user.sees("Limit the next change")
    await user.types(percent)
    await user.presses("tab")
    await user.types(section)
    await user.presses("enter")
    await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")


def last_prompt(user: User) -> str:
    return user.agent.prompts[-1][1]


async def test_limits_are_shown_sent_with_one_prompt_and_measured_on_its_version() -> None:
    async with with_draft(FIVE, MOST) as user:
        await sets(user, "20", "{un")
        await user.sees("Revise · at most 20 % · only “{undo}”")
        await user.types("calmer")
        await user.presses("enter")
        await user.sees("v2 ·", "within the limits", "Limits: at most 20 % · only “{undo}”.")
        assert "at most 20 % of the draft's words" in last_prompt(user)
        await user.does_not_see("Revise · at most")
        assert dict(user.workspace.place.limits) == {}
        await user.tells_claude("more")
        await user.sees("v3 ·")
        assert "<limits>" not in last_prompt(user)
        # A prompt that is asked again on a fork has the limits that it had.
        await user.commands("t", "k", "R")
        await user.sees("Ask turn 2 again")
        await user.presses("enter")
        await user.sees("Revise · at most 20 % · only “{undo}”")


async def test_what_went_over_is_asked_for_again_from_the_text_before() -> None:
    async with with_draft(MOST, FIVE) as user:
        await sets(user, "20")
        await user.types("calmer")
        await user.presses("enter")
        await user.sees("34 % changed, at most 20 % allowed · 9 words", "Press ctrl+r")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        await user.presses("ctrl+r")
        await user.sees("starting from v1?")
        await user.answers("a")
        await user.sees("v3 · v1 again", "v4 ·", "within the limits")
        told = last_prompt(user)
        assert f"<current-draft>\n{DRAFT}\n</current-draft>" in told
        assert "at most 20 % of the draft's words" in told
        assert told.endswith(
            "calmer\n\nYour last answer went over the limits: 34 % changed, at most 20 % allowed. "
            "Keep to them this time."
        )
        await user.presses("ctrl+r")
        await user.sees("Nothing to retry")


async def test_limits_stay_for_a_prompt_that_was_refused_or_only_asked() -> None:
    async with with_draft() as user:
        await sets(user, "20")
        user.agent.scripts.append(Script("No."))
        await user.presses("ctrl+t")
        await user.sees("Ask · makes no new version")
        await user.types("why")
        await user.presses("enter")
        await user.sees("Claude", "No.")
        assert "<limits>" not in last_prompt(user)
        await user.presses("ctrl+t")
        await user.sees("Revise · at most 20 %")
        user.store.is_full = True
        await user.types("calmer")
        await user.presses("enter")
        await user.sees("The disk is full")
        await user.waits(lambda: user.prompt.text == "calmer", "the prompt back")
        user.store.is_full = False
        await user.sees("Revise · at most 20 %")
        (limits,) = user.workspace.place.limits.values()
        assert limits == ChangeLimits(20)


async def test_a_queued_prompt_takes_its_limits_along_and_brings_them_back() -> None:
    agent = ScriptedAgent(drafts(DRAFT))
    async with with_draft(agent=agent) as user:
        agent.scripts += [Script(is_held=True), *drafts(FIVE)]
        await user.tells_claude("longer")
        await user.waits(lambda: user.workspace.is_writing_here, "Claude writing")
        await sets(user, "20")
        await user.sees("Claude is writing · at most 20 %")
        await user.types("calmer")
        await user.presses("enter")
        await user.waits(lambda: bool(user.workspace.place.queued), "the queued prompt")
        assert dict(user.workspace.place.limits) == {}
        ((queued,),) = user.workspace.place.queued.values()
        assert queued.limits == ChangeLimits(20)
        await user.commands("Q")
        await user.presses("e")
        await user.sees("Claude is writing · at most 20 %")
        await user.presses("enter")
        agent.release.set()
        await user.waits(lambda: len(agent.prompts) == 3, "the queued prompt at Claude")
        assert "at most 20 % of the draft's words" in last_prompt(user)


async def test_the_dialog_says_what_is_wrong_where_it_is_and_takes_everything_away() -> None:
    app = Host(lambda: LimitsScreen("# One\n\nText.", ChangeLimits(20, "One", no_new_facts=True)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None and app.focused.id == "percent")
        await pilot.press(*"200", "enter")
        await until(pilot, lambda: "“200” is no limit" in app.shown)
        await pilot.press("backspace", "tab", *"Two", "ctrl+s")
        await until(pilot, lambda: "no heading “Two”; it has “One”" in app.shown)
        assert app.focused is not None
        assert app.focused.id == "section"
        await pilot.press(*["backspace"] * 3, *"one", "enter")
        await until(pilot, lambda: app.results == [ChangeLimits(20, "One", no_new_facts=True)])
        await app.push_screen(LimitsScreen("Text.", ChangeLimits(20)), app.results.append)
        await until(pilot, lambda: "the draft has no headings" in app.shown)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.results[1:] == [NO_LIMITS])


async def test_without_a_draft_there_is_nothing_to_limit() -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        await user.commands("percent_sign")
        await user.sees("There is no draft here yet.")

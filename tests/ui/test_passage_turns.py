"""Turns about a passage in the studio: asked again, and what else happens meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script
from tests.ui.screens_host import until
from tui.domain.changes import edited
from tui.domain.content import Content, TurnState
from tui.domain.passage import Passage, Span
from tui.screens.draft_area import DraftArea
from tui.screens.passage import PassageScreen

DRAFT = "# Waiting\n\nOne two three.\n\nFour five."
TWO = Span(DRAFT.index("One"), DRAFT.index("\n\nFour"))


def draft(text: str) -> Script:
    return Script(f"Here.\n<draft>\n{text}\n</draft>\n")


@asynccontextmanager
async def with_draft(*answers: Script) -> AsyncIterator[User]:
    """Open the studio on a piece with a draft."""
    async with at_the_desk(draft(DRAFT), *answers, store=MemoryStore(), size=(140, 60)) as user:
        await user.begins("On waiting")
        await user.tells_claude("write")
        await user.sees("v1 ·")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        yield user


async def asks(user: User, wish: str, span: Span = TWO) -> None:
    """Open the editor and the box on a passage, and type a wish."""
    await user.commands("e")
    await until(user.pilot, lambda: isinstance(user.app.focused, DraftArea))
    user.app.screen.query_one(DraftArea).select_draft(span)
    await user.presses("ctrl+r")
    await until(user.pilot, lambda: isinstance(user.app.screen, PassageScreen))
    await user.presses(*wish, "enter")


def piece(user: User) -> Content:
    assert user.workspace.content is not None
    return user.workspace.content


async def test_a_failed_prompt_about_a_passage_is_asked_again_about_the_same_words() -> None:
    failed = Script("", failure="The network is gone.")
    async with with_draft(failed, draft("Six."), failed) as user:
        await asks(user, "shorter")
        await user.sees("The network is gone.")
        await user.answers("escape")
        await user.presses("escape")
        await user.sees("Failed")
        await user.presses("ctrl+r")
        await user.sees("Ask again about the same passage?")
        await user.answers("a")
        await user.sees("v2 · passage")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        assert piece(user).version(2).text == DRAFT.replace("One two three.", "Six.")
        assert piece(user).branches[0].turns[-1].passage == Passage(1, TWO)

        await asks(user, "no", Span(TWO.start, TWO.start + 4))
        await user.sees("The network is gone.")
        await user.answers("escape")
        await user.presses("end", "x", "ctrl+s")
        await user.sees("v3 ·")
        await user.presses("ctrl+r")
        await user.sees("a passage of v2, which is not the draft any more")


async def test_a_prompt_about_a_passage_that_is_changed_on_a_fork_says_that_it_is_of_all() -> None:
    async with with_draft(draft("Six.")) as user:
        await asks(user, "shorter")
        await user.sees("Refuse")
        await user.answers("enter")
        await user.presses("escape")
        await user.sees("v2 · passage")
        await user.commands("R")
        await user.sees("Name of the new branch")
        await user.presses("enter")
        await user.sees("That prompt was about a passage.")


async def test_a_failed_prompt_with_limits_is_asked_again_within_them() -> None:
    failed = Script("", failure="The network is gone.")
    async with with_draft(failed) as user:
        await user.commands("percent_sign")
        await user.sees("Limit the next change")
        await user.types("20")
        await user.presses("enter")
        await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")
        await user.types("calmer")
        await user.presses("enter")
        await user.sees("The network is gone.")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        await user.presses("ctrl+r")
        await user.sees("Ask the last prompt again?")
        await user.answers("a")
        await user.sees("v2 ·")
        assert "at most 20 % of the draft's words" in user.agent.prompts[-1][1]


async def test_an_edit_made_elsewhere_meanwhile_is_not_refused_with_the_answer() -> None:
    async with with_draft(Script("<draft>\nSix.\n</draft>\n", is_held=True)) as user:
        await asks(user, "shorter")
        await user.waits(lambda: bool(user.workspace.writing), "the answer")
        main, text = piece(user).main, DRAFT.replace("Four five.", "Four five. Seven.")
        at = piece(user).updated_at
        await user.store.update(piece(user).id, lambda now: edited(now, main, text, at))
        user.agent.release.set()
        await user.sees("One two three", "Six", "Refuse")
        await user.answers("r")
        await until(user.pilot, lambda: isinstance(user.app.focused, DraftArea))
        assert user.app.screen.query_one(DraftArea).draft == text
        content = await user.store.load(piece(user).id)
        assert content.versions[-1].text == text
        assert content.version(3).text == text.replace("One two three.", "Six.")
        assert content.branches[0].turns[-1].state is TurnState.FINISHED


async def edited_elsewhere(user: User, text: str) -> None:
    main, at = piece(user).main, piece(user).updated_at
    await user.store.update(piece(user).id, lambda now: edited(now, main, text, at))


async def locked_now(user: User) -> list[str]:
    version = (await user.store.load(piece(user).id)).versions[-1]
    return [lock.of(version.text) for lock in version.locks]


async def test_locks_set_while_the_draft_was_saved_elsewhere_hold_in_the_newer_one() -> None:
    async with with_draft() as user:
        for place, words in enumerate(("One two", "Four")):
            await user.commands("e")
            await until(user.pilot, lambda: isinstance(user.app.focused, DraftArea))
            area = user.app.screen.query_one(DraftArea)
            text = f"Zero {place}.\n\n{area.draft}"
            at = area.draft.index(words)
            area.select_draft(Span(at, at + len(words)))
            await user.presses("ctrl+l")
            await edited_elsewhere(user, text)
            if not place:
                await user.presses("ctrl+s")
            else:
                await user.presses("end", *" Six.", "f2")
                await user.sees("What did you change?")
                await user.presses(*"more", "enter")
                await user.sees("meanwhile → your edit")
                await user.presses("ctrl+s")
                await user.sees("v4 ·")
            await user.waits(lambda: user.app.screen is user.main, "the main screen")
            versions = (2, 4)[place]
            await user.sees(f"v{versions} ·")
            assert await locked_now(user) == ["One two", "Four"][: place + 1]
        newest = piece(user).versions[-1]
        assert "Four five. Six." in newest.text
        assert newest.label == "more"

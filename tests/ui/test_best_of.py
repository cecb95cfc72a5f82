"""B at the screen: asked for, written in columns, picked; left, stopped, and gone back to."""

from collections import Counter
from dataclasses import replace
from typing import Any

from textual.widgets import Input, TextArea

from tests.store.samples import sample, with_turn
from tests.studio.test_studio_best_of import LedAgent
from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tests.support.frames import text_of
from tui.domain.change_limits import ChangeLimits
from tui.domain.changes import edited
from tui.domain.content import Content
from tui.domain.events import PermissionAsked, PermissionSettled, TextStreamed
from tui.domain.tools import Decision, Question
from tui.screens.best_form import AngleRow, BestFormScreen
from tui.screens.best_of import BestColumn, BestOfScreen
from tui.screens.help import HelpScreen
from tui.screens.main.unsent import limited

TEXT = "# T\n\nThe text of it, all in all."


def piece() -> Content:
    content = with_turn("turn")(sample("first222", "First piece"))
    return edited(content, content.main, TEXT, content.updated_at)


class Desk:
    """A piece, and an agent that is led by hand."""

    def __init__(self, content: Content | None = None) -> None:
        self.content = content or piece()
        self.store = MemoryStore([self.content])
        self.agent = LedAgent()
        self.agent.is_led = True

    @property
    def now(self) -> Content:
        return self.store.contents[self.content.id]


def in_order(user: User, *order: int) -> None:
    """Have the columns stand in an order that a test knows."""
    group: Any = user.main._do.handlers["best"]
    group.__self__._shuffle = lambda count: [number for number in order if number < count]


async def form(user: User) -> BestFormScreen:
    await user.waits(lambda: user.workspace.content is not None, "the piece")
    await user.commands("B")
    await user.waits(lambda: isinstance(user.app.screen, BestFormScreen), "the form")
    screen = user.app.screen
    assert isinstance(screen, BestFormScreen)
    return screen


async def begun(user: User, desk: Desk, *, count: str = "3", prompt: str = "bolder") -> None:
    """Begin a best of N, and let the first say its first word, so that all are sent."""
    await form(user)
    await user.types(prompt)
    if count != "3":
        await user.presses("tab", count)
    await user.presses("ctrl+s")
    await user.waits(lambda: isinstance(user.app.screen, BestOfScreen), "the columns")
    await user.waits(lambda: len(desk.agent.turns) == 1, "the first prompt")
    await user.sees("Waits for the first word of another.")
    desk.agent.turns[0].says.put_nowait(TextStreamed("Here"))
    await user.waits(lambda: len(desk.agent.turns) == int(count), "the other prompts")


async def test_three_are_written_one_is_picked_made_main_and_the_others_archived() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent, size=(140, 36)) as user:
        in_order(user, 2, 0, 1)
        await begun(user, desk)
        for number, turn in enumerate(desk.agent.turns):
            turn.finishes(f"# Text {number}\n\nSome words.", 0.02 * (number + 1))
        await user.sees("all are over", "Text 0", "Text 1", "Text 2", "$0.12")
        row = next(line for line in user.screen.splitlines() if "# Text 1" in line)
        assert row.index("Text 2") < row.index("Text 0") < row.index("Text 1")
        assert "take" not in user.screen
        await user.presses("tab", "enter")
        await user.sees("B is “best of 3 · take 1”", ": v3, 4 words, $0.02.")
        behind = user.app.screen_stack[-2]
        await user.waits(lambda: "A · take 3" in text_of(behind), "the names behind the question")
        await user.answers("b")
        await user.waits(lambda: user.app.screen is user.main, "the main screen")
        await user.sees("“best of 3 · take 1” is the main branch now.")
        branches = {branch.name: branch for branch in desk.now.branches}
        assert desk.now.main == branches["best of 3 · take 1"].id == user.workspace.branch
        assert [branch.name for branch in desk.now.branches if branch.is_archived] == [
            "best of 3 · take 2",
            "best of 3 · take 3",
        ]
        assert not user.workspace.place.unsent
        assert user.prompt.has_focus


async def test_what_is_typed_in_the_form_is_the_prompt_and_is_kept() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent) as user:
        await form(user)
        await user.presses("ctrl+s")
        await user.sees("The prompt is empty")
        await user.types("bolder")
        await user.presses("tab", "4")
        await user.sees("take 4", "Take 4 of 4", "Take 1 of 4")
        await user.presses("tab", "down")
        await user.sees("concrete-examples", "Make it concrete.")
        rows = list(user.app.screen.query(AngleRow))
        assert "\n\n" in rows[0].attempt.angle
        await user.presses("up", "f2")
        await user.waits(lambda: rows[0].attempt.name == "take 1", "the usual one again")
        await user.presses(*["backspace"] * 6)
        await user.types("shorter")
        await user.sees("Make the text shorter by a third.")
        await user.presses("escape")
        await user.waits(lambda: user.prompt.value == "bolder", "the prompt in its field")
        screen = await form(user)
        assert screen.query_one("#prompt", TextArea).text == "bolder"
        assert screen.query_one("#count", Input).value == "4"
        await user.sees("Make the text shorter by a third.", "What it will cost is not known")
    assert len(desk.now.branches) == 1


async def test_escape_asks_and_what_goes_on_behind_is_found_again() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent) as user:
        await begun(user, desk, count="2")
        await user.presses("escape")
        await user.sees("Claude is still writing here.")
        await user.answers("k")
        await user.waits(lambda: isinstance(user.app.screen, BestOfScreen), "the columns again")
        await user.presses("escape")
        await user.answers("b")
        await user.waits(lambda: user.app.screen is user.main, "the main screen")
        assert user.workspace.branch == desk.content.main
        await user.commands("B")
        await user.waits(lambda: isinstance(user.app.screen, BestOfScreen), "the columns at once")
        await user.presses("escape")
        await user.answers("b")
        await user.waits(lambda: user.app.screen is user.main, "the main screen")
        for turn in desk.agent.turns:
            turn.finishes("# Done", 0.01)
        await user.sees("Best of 2 of “First piece” is written. Press B there to pick one.")
        await user.commands("B")
        await user.sees("all are over", "# Done")
        await user.presses("escape")
        await user.waits(lambda: user.app.screen is user.main, "the main screen")
        await form(user)


async def test_one_is_picked_while_another_is_written_which_goes_on_by_itself() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent) as user:
        in_order(user, 0, 1)
        await begun(user, desk, count="2")
        desk.agent.turns[0].finishes("# Mine", 0.01)
        await user.sees("1 over")
        await user.presses("enter")
        await user.sees("Make it the main branch, too?")
        await user.answers("m")
        await user.sees("is the main branch now.")
        await user.waits(lambda: user.app.screen is user.main, "the main screen")
        desk.agent.turns[1].finishes("# The other", 0.01)
        await user.sees("best of 2 · take 2: Claude has answered.")
        await user.waits(lambda: not user.workspace.writing, "the end")
        await user.pilot.pause()
        assert "to pick one" not in user.screen
        await form(user)
        await user.sees("Best of N after turn 2")


async def test_one_is_stopped_one_fails_and_a_stop_of_all_leads_out() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent, size=(160, 30)) as user:
        in_order(user, 0, 1, 2)
        await begun(user, desk)
        desk.agent.turns[1].fails("The API is down.")
        await user.sees("The API is down.")
        await user.presses("s")
        await user.sees("Stopped.", "2 over")
        await user.presses("escape")
        await user.answers("s")
        await user.waits(lambda: user.app.screen is user.main, "the main screen")
        states = [branch.turns[-1].state.value for branch in desk.now.branches[1:]]
        assert states == ["stopped", "failed", "stopped"]


async def test_a_stop_of_all_leads_out_once_the_keys_help_is_read() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent, size=(160, 30)) as user:
        await begun(user, desk)
        screen = user.app.screen
        assert isinstance(screen, BestOfScreen)
        await user.presses("question_mark")
        await user.waits(lambda: isinstance(user.app.screen, HelpScreen), "the help")
        screen._is_leaving = True
        screen._best.stop_all()
        await user.waits(lambda: screen._best.is_over, "the end of all")
        screen._tick()
        await user.presses("question_mark")
        await user.waits(lambda: user.app.screen is user.main, "the main screen")


async def test_all_are_stopped_by_one_key() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent, size=(160, 30)) as user:
        in_order(user, 0, 1, 2)
        await begun(user, desk)
        await user.presses("S")
        await user.sees("all are over")
        states = [branch.turns[-1].state.value for branch in desk.now.branches[1:]]
        assert states == ["stopped"] * 3


async def test_below_120_columns_two_stand_side_by_side_and_tab_leads_on() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent, size=(80, 24)) as user:
        await begun(user, desk, count="4")

        def in_sight() -> str:
            return "".join(
                column.letter for column in user.app.screen.query(BestColumn) if column.display
            )

        assert in_sight() == "AB"
        await user.sees("A to B of 4")
        for key, shown in (("tab", "AB"), ("l", "BC"), ("right", "CD"), ("tab", "AB")):
            await user.presses(key)
            await user.waits(lambda shown=shown: in_sight() == shown, shown)  # type: ignore[misc]
        await user.presses("shift+tab")
        await user.waits(lambda: in_sight() == "CD", "the last")
        await user.pilot.resize_terminal(150, 24)
        await user.waits(lambda: in_sight() == "ABCD", "all")


async def test_the_heading_of_a_text_tells_that_the_keys_are_about_it() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent, size=(120, 36)) as user:
        await begun(user, desk)

        def marked() -> list[int]:
            looks = [
                (heading.styles.background, heading.styles.color)
                for heading in user.app.screen.query("BestColumn > Heading")
            ]
            usual = Counter(looks).most_common(1)[0][0]
            return [place for place, look in enumerate(looks) if look != usual]

        for place in (0, 1, 2, 0):
            await user.waits(lambda place=place: marked() == [place], f"{place}")  # type: ignore[misc]
            await user.presses("tab")


async def test_a_question_is_answered_in_the_columns() -> None:
    desk = Desk()
    async with at_the_desk(store=desk.store, agent=desk.agent) as user:
        in_order(user, 0, 1, 2)
        await begun(user, desk, count="2")
        question = Question("q", "WebSearch", "tea")
        desk.agent.turns[1].says.put_nowait(PermissionAsked(question))
        await user.sees("Claude asks to search the web for “tea”. ctrl+g answers.")
        await user.presses("ctrl+g")
        await user.sees("Claude asks to search the web:", "First piece · B")
        await user.answers("a")
        await user.waits(lambda: desk.agent.decisions == [("q", Decision.ALLOW)], "the answer")
        desk.agent.turns[1].says.put_nowait(PermissionSettled("q"))
        await user.does_not_see("ctrl+g answers")


async def test_the_limits_of_the_next_prompt_hold_for_each() -> None:
    desk = Desk()
    limits = ChangeLimits(percent=20)
    async with at_the_desk(store=desk.store, agent=desk.agent) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        user.main._state.put(limited(user.workspace, desk.content.main, limits))
        await form(user)
        await user.sees("Each is held to: at most 20 %.")
        await user.types("bolder")
        await user.presses("tab", "2", "ctrl+s")
        await user.waits(lambda: len(desk.agent.turns) == 1, "the first prompt")
        desk.agent.turns[0].finishes("# One", 0.01)
        await user.waits(lambda: len(desk.agent.turns) == 2, "the other")
        desk.agent.turns[1].finishes("# Two", 0.01)
        await user.sees("all are over")
        assert [branch.turns[-1].limits for branch in desk.now.branches[1:]] == [limits] * 2
        await user.waits(lambda: not user.workspace.place.limits, "no limits for the next one")


async def test_a_piece_without_a_turn_is_written_from_its_brief() -> None:
    desk = Desk(replace(sample("first222", "First piece"), brief="About lamps."))
    async with at_the_desk(store=desk.store, agent=desk.agent) as user:
        screen = await form(user)
        await user.sees("Best of N from the start")
        assert screen.query_one("#prompt", TextArea).text == "Write the first draft."
        await user.presses("ctrl+s")
        await user.waits(lambda: len(desk.agent.prompts) == 1, "the first prompt")
        assert desk.agent.prompts[0][1].count("About lamps.") == 1

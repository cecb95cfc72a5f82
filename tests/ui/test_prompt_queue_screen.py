"""Prompts entered while Claude writes: queued, shown, changed, sent in order, or held."""

from collections.abc import Awaitable, Callable

import pytest

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script, ScriptedAgent
from tui.domain.content import Content, TurnKind, TurnState
from tui.widgets.queue import QueueList

ONE = "Here it is.\n<draft>\n# One\n\nFirst text of mine.\n</draft>\nWhat next?\n"
TWO = "Shorter.\n<draft>\n# One\n\nText.\n</draft>\n"
THREE = "Bolder.\n<draft>\n# ONE!\n\nText with pepper.\n</draft>\n"


def only(store: MemoryStore) -> Content:
    """Return the piece that was begun last, as it is saved."""
    return list(store.contents.values())[-1]


def sent(user: User) -> list[str]:
    content = only(user.store)
    return [turn.prompt for turn in content.branch(content.main).turns]


def waiting(user: User) -> list[str]:
    """Return what is kept as queued on the piece that was begun last."""
    queue = user.store.kept_place.queued.get(only(user.store).main, ())
    return [prompt.text for prompt in queue]


async def keeps(user: User, *texts: str) -> None:
    await user.waits(lambda: waiting(user) == list(texts), f"{texts} queued")


async def queueing(user: User, *prompts: str) -> None:
    """Let Claude write, and enter prompts meanwhile; the focus stays in the prompt."""
    await begun(user)
    await user.sees("Here it is.", "enter queues")
    await user.commands("r")
    for prompt in prompts:
        await user.types(prompt)
        await user.presses("enter")
    await keeps(user, *prompts)


async def is_quiet(user: User) -> None:
    """Wait until Claude is done; what is saved of a turn tells of it before the screen does."""
    studio = user.app._studio

    def is_done() -> bool:
        return not studio.conversations.writing and not user.workspace.is_writing_here

    await user.waits(is_done, "Claude done")
    await user.does_not_see("Claude is writing")


Section = Callable[[User], Awaitable[None]]
"""What one writer does on a piece of its own; the trace of a failure says which it is."""


async def one_after_the_other(*sections: Section) -> None:
    async with at_the_desk() as user:
        for section in sections:
            await section(user)
            for conversation in user.app._studio.conversations.running.values():
                conversation.stop()
            await user.waits(
                lambda: not user.app._studio.conversations.writing, f"the end of {section.__name__}"
            )


def given(user: User, *scripts: Script) -> None:
    """Say what Claude answers next, as if the program had just begun."""
    user.agent.scripts = list(scripts)
    user.agent.prompts.clear()
    user.agent.release.clear()


async def begun(user: User) -> None:
    await user.begins(f"Piece {len(user.store.contents) + 1}", "why")


async def prompts_entered_meanwhile_are_sent_in_order_one_per_turn(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO), Script(THREE))
    await queueing(user, "shorter", "bolder")
    await user.sees("Queued · sent when Claude is done", "1 · shorter", "2 · bolder")
    assert user.prompt.text == ""
    assert len(user.agent.prompts) == 1
    user.agent.release.set()
    await user.sees("first draft ★ · v3")
    await user.does_not_see("Queued")
    assert sent(user) == ["why", "shorter", "bolder"]
    await keeps(user)
    turns = only(user.store).branch(only(user.store).main).turns
    assert [turn.kind for turn in turns] == [
        TurnKind.GENERATE,
        TurnKind.REVISE,
        TurnKind.REVISE,
    ]


async def a_burst_of_prompts_is_queued_in_order(user: User) -> None:
    given(user, Script(ONE, is_held=True))
    await begun(user)
    await user.sees("Here it is.")
    user.bursts(*"one", "enter", *"two", "enter", *"three", "enter", *"four")
    await keeps(user, "one", "two", "three")
    await user.waits(lambda: user.prompt.text == "four", "the rest in the prompt")
    user.agent.release.set()
    await user.waits(lambda: sent(user) == ["why", "one", "two", "three"], "all sent")
    assert user.prompt.text == "four"


async def a_question_stays_a_question_and_a_first_draft_is_generated(user: User) -> None:
    talk = Script("Tell me more.", is_held=True)
    given(user, talk, Script("Fine."), Script(ONE), Script(TWO))
    await begun(user)
    await user.sees("Tell me")
    await user.tells_claude("sure", key="c")
    await user.tells_claude("go")
    await user.tells_claude("less")
    await user.sees("1 · ask · sure", "2 · go")
    user.agent.release.set()
    await user.sees("first draft ★ · v2")
    turns = only(user.store).branch(only(user.store).main).turns
    assert [(turn.prompt, turn.kind) for turn in turns[1:]] == [
        ("sure", TurnKind.ASK),
        ("go", TurnKind.GENERATE),
        ("less", TurnKind.REVISE),
    ]


async def a_blank_prompt_is_neither_sent_nor_queued(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO))
    await queueing(user)
    await user.presses("enter", "space", "enter")
    assert user.prompt.text == " "
    await keeps(user)
    user.agent.release.set()
    await is_quiet(user)
    await user.presses("enter")
    assert sent(user) == ["why"]


async def a_prompt_entered_while_claude_stops_is_sent_when_it_has(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO))
    await queueing(user)
    user.bursts("escape", *"shorter", "enter")
    await user.sees("first draft ★ · v1")
    assert sent(user) == ["why", "shorter"]
    await keeps(user)


async def a_row_sent_while_claude_stops_goes_when_it_has(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(ONE), Script(TWO))
    await queueing(user, "shorter", "bolder")
    user.bursts("escape", "up", "enter")
    await user.waits(lambda: len(sent(user)) == 2, "one sent")
    await is_quiet(user)
    await keeps(user, *{"shorter", "bolder"} - set(sent(user)))
    assert len(user.agent.prompts) == 2


async def test_prompts_wait_in_order_and_are_sent() -> None:
    await one_after_the_other(
        prompts_entered_meanwhile_are_sent_in_order_one_per_turn,
        a_burst_of_prompts_is_queued_in_order,
        a_question_stays_a_question_and_a_first_draft_is_generated,
        a_blank_prompt_is_neither_sent_nor_queued,
        a_prompt_entered_while_claude_stops_is_sent_when_it_has,
        a_row_sent_while_claude_stops_goes_when_it_has,
    )


async def after_a_stop_the_queue_is_held_and_enter_sends_one_row_and_no_other(user: User) -> None:
    scripts = (Script(ONE, is_held=True), Script(TWO), Script(THREE))
    given(user, *scripts)
    await queueing(user, "shorter", "bolder")
    await user.presses("escape")
    await user.sees("Stopped: what had arrived is kept", "held · shorter", "held · bolder")
    await is_quiet(user)
    assert sent(user) == ["why"]
    await user.sees("Held · not sent until you say so")
    await user.commands("Q")
    await user.sees("Held · enter sends")
    await user.presses("j", "enter")
    await user.sees("first draft ★ · v1")
    await is_quiet(user)
    assert sent(user) == ["why", "bolder"]
    await keeps(user, "shorter")
    await user.sees("held · shorter", "Held · enter sends")
    await user.presses("enter")
    await user.waits(lambda: sent(user) == ["why", "bolder", "shorter"], "the other sent")
    await is_quiet(user)
    await keeps(user)


async def held_rows_entered_one_after_the_other_are_sent_in_that_order(user: User) -> None:
    scripts = (Script(ONE, is_held=True), Script(TWO, is_held=True), Script(THREE), Script(ONE))
    given(user, *scripts)
    await queueing(user, "shorter", "bolder", "more")
    await user.presses("escape")
    await user.sees("held · more")
    await is_quiet(user)
    await user.presses("up", "j", "enter")
    await user.waits(lambda: sent(user) == ["why", "bolder"], "the first of them")
    await user.sees("held · shorter", "held · more", "Held · enter sends")
    await user.presses("j", "enter")
    await user.sees("1 · more", "held · shorter", "Queued · enter edits")
    await user.presses("j")
    await user.sees("Held · enter sends")
    user.agent.release.set()
    await user.waits(lambda: sent(user) == ["why", "bolder", "more"], "the second")
    await is_quiet(user)
    await keeps(user, "shorter")
    await user.sees("held · shorter")
    assert len(user.agent.prompts) == 3


async def after_a_failure_the_queue_is_held_and_a_typed_prompt_goes_first(user: User) -> None:
    failing = Script(ONE, failure="The API is overloaded.", is_held=True)
    given(user, failing, Script(ONE), Script(TWO))
    await queueing(user, "shorter")
    user.agent.release.set()
    await user.sees("The API is overloaded.", "held · shorter")
    await is_quiet(user)
    await user.types("again")
    await user.presses("enter")
    await user.sees("first draft ★ · v1")
    await is_quiet(user)
    await user.sees("held · shorter")
    assert sent(user) == ["why", "again"]


async def a_prompt_entered_behind_held_ones_is_held_and_it_is_said(user: User) -> None:
    scripts = (Script(ONE, is_held=True), Script(ONE, is_held=True))
    given(user, *scripts)
    await queueing(user, "shorter")
    await user.presses("escape")
    await user.sees("held · shorter", "Type here · enter sends · shift+tab for held ones")
    await user.presses("escape")
    await user.sees("Press r to write here, Q for held prompts")
    await user.presses("r")
    await is_quiet(user)
    await user.types("again")
    await user.presses("enter")
    await user.waits(lambda: len(user.agent.prompts) == 2, "the second turn")
    await user.tells_claude("bolder")
    await user.sees("Queued behind held prompts. shift+tab goes to them, enter sends one.")
    await user.sees("held · bolder")
    await keeps(user, "shorter", "bolder")
    await user.presses("shift+tab", "j", "enter")
    await user.sees("1 · bolder", "held · shorter")
    user.agent.release.set()
    await user.waits(lambda: sent(user) == ["why", "again", "bolder"], "the one sent")
    await is_quiet(user)
    await keeps(user, "shorter")


async def a_prompt_that_cannot_be_saved_stays_the_first_and_is_held(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO), Script(THREE))
    await queueing(user, "shorter", "bolder")
    await refuses_after_this_turn(user)
    user.agent.release.set()
    await user.sees("The disk is full", "held · shorter", "held · bolder")
    assert sent(user) == ["why"]
    user.store.is_full = False
    await user.presses("up", "enter")
    await user.sees("first draft ★ · v2")
    assert sent(user) == ["why", "shorter"]
    await keeps(user, "bolder")


async def test_held_prompts_go_when_they_are_told_to() -> None:
    await one_after_the_other(
        after_a_stop_the_queue_is_held_and_enter_sends_one_row_and_no_other,
        held_rows_entered_one_after_the_other_are_sent_in_that_order,
        after_a_failure_the_queue_is_held_and_a_typed_prompt_goes_first,
        a_prompt_entered_behind_held_ones_is_held_and_it_is_said,
        a_prompt_that_cannot_be_saved_stays_the_first_and_is_held,
    )


async def a_row_comes_back_to_the_prompt_and_nothing_typed_there_is_lost(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO))
    await queueing(user, "shorter", "bolder")
    await user.types("and")
    await user.presses("shift+tab", "k", "e")
    await user.waits(lambda: user.prompt.text == "and\n\nshorter", "both texts")
    await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")
    await keeps(user, "bolder")
    await user.sees("1 · bolder")
    await user.presses("enter")
    await keeps(user, "bolder", "and\n\nshorter")


async def enter_on_a_row_that_waits_takes_it_back_with_its_kind(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script("Fine."))
    await begun(user)
    await user.sees("Here it is.")
    await user.commands("c", *"sure", "enter", "up", "enter", *"ly", "enter")
    await user.sees("1 · ask · surely")
    await keeps(user, "surely")


async def a_removed_row_can_be_brought_back_until_one_leaves(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO))
    await queueing(user, "shorter", "bolder")
    await user.presses("up", "k", "x")
    await user.sees("removed, x brings it back · shorter", "1 · bolder")
    await user.commands("x")
    await user.sees("1 · shorter", "2 · bolder")
    await user.presses("delete")
    await user.sees("removed, x brings it back · shorter")
    user.agent.release.set()
    await user.waits(lambda: sent(user) == ["why", "bolder"], "the one that was left")
    await is_quiet(user)
    await user.presses("escape")
    await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")
    await keeps(user)


async def what_was_removed_is_forgotten_with_the_focus_and_never_sent(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO))
    await queueing(user, "shorter", "bolder")
    await user.presses("up", "k", "x", "tab")
    await user.does_not_see("removed")
    await keeps(user, "bolder")
    user.agent.release.set()
    await user.sees("first draft ★ · v2")
    assert sent(user) == ["why", "bolder"]


async def a_queue_of_removed_rows_only_sends_nothing(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO))
    await queueing(user, "shorter")
    await user.presses("up", "x")
    await user.sees("removed, x brings it back")
    user.agent.release.set()
    await user.sees("first draft ★ · v1")
    await is_quiet(user)
    assert sent(user) == ["why"]
    await user.presses("enter")
    await user.sees("held · shorter")
    await user.presses("enter")
    await user.sees("first draft ★ · v2")
    assert sent(user) == ["why", "shorter"]


async def rows_change_places(user: User) -> None:
    given(user, Script(ONE, is_held=True))
    await queueing(user, "one", "two", "three")
    await user.presses("up", "K", "K")
    await keeps(user, "three", "one", "two")
    await user.presses("J")
    await keeps(user, "one", "three", "two")
    await user.presses("k", "K", "e")
    await keeps(user, "three", "two")
    assert user.prompt.text == "one"


async def tab_and_arrows_reach_the_queue_only_while_there_is_one(user: User) -> None:
    given(user, Script(ONE, is_held=True))
    await queueing(user)
    await user.presses("up")
    await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")
    await user.presses("shift+tab")
    assert user.chat.has_focus
    await user.commands("Q")
    await user.sees("Nothing is queued here")
    await user.tells_claude("shorter")
    await user.presses("shift+tab")
    assert user.main.query_one(QueueList).has_focus
    await user.presses("shift+tab")
    assert user.chat.has_focus
    await user.presses("tab", "down")
    await user.waits(lambda: user.prompt.has_focus, "the focus in the prompt")


async def a_click_selects_a_row_and_another_takes_it_back_and_sends_nothing(user: User) -> None:
    given(user, Script(ONE, is_held=True))
    await queueing(user, "shorter", "bolder")
    await user.presses("escape")
    await user.sees("held · bolder")
    await is_quiet(user)
    for row, place in ((1, 0), (2, 1)):
        await user.pilot.click("#queue", offset=(4, row))
        await user.presses()
        queue = user.main.query_one(QueueList)
        assert (queue.has_focus, queue.highlighted, user.prompt.text) == (True, place, "")
        await keeps(user, "shorter", "bolder")
    await user.pilot.click("#queue", offset=(4, 2))
    await user.waits(lambda: user.prompt.text == "bolder", "the row in the prompt")
    await keeps(user, "shorter")
    assert sent(user) == ["why"]


async def test_rows_are_changed_before_they_go() -> None:
    await one_after_the_other(
        a_row_comes_back_to_the_prompt_and_nothing_typed_there_is_lost,
        enter_on_a_row_that_waits_takes_it_back_with_its_kind,
        a_removed_row_can_be_brought_back_until_one_leaves,
        what_was_removed_is_forgotten_with_the_focus_and_never_sent,
        a_queue_of_removed_rows_only_sends_nothing,
        rows_change_places,
        tab_and_arrows_reach_the_queue_only_while_there_is_one,
        a_click_selects_a_row_and_another_takes_it_back_and_sends_nothing,
    )


async def test_the_empty_prompt_names_the_key_of_the_settings() -> None:
    async with at_the_desk(keys=(("revise", "f8"),)) as user:
        await user.begins("On waiting")
        await user.commands()
        await user.sees("Press F8 to write here")


async def refuses_after_this_turn(user: User) -> None:
    """Let the library save the end of this turn, and nothing after it."""
    original = user.store._save

    def save(content: Content) -> None:
        is_begun = content.branch(content.main).turns[-1].state is TurnState.RUNNING
        if not is_begun:
            user.store._save = original  # type: ignore[method-assign]
        original(content)
        user.store.is_full = not is_begun

    user.store._save = save  # type: ignore[method-assign]


async def test_the_queue_is_there_again_after_a_restart_and_held() -> None:
    store = MemoryStore()
    agent = ScriptedAgent([Script(ONE, is_held=True), Script(TWO)])
    async with at_the_desk(store=store, agent=agent) as user:
        await queueing(user, "shorter", "bolder")
    async with at_the_desk(store=store, agent=agent) as user:
        await user.sees("held · shorter", "held · bolder")
        assert len(agent.prompts) == 1
        await user.commands("Q", "x", "j", "enter")
        await user.waits(lambda: sent(user) == ["why", "bolder"], "the second sent")
        await is_quiet(user)
        await user.presses("escape")
        await keeps(user)


async def test_a_queue_goes_on_behind_another_content() -> None:
    async with at_the_desk(Script(ONE, is_held=True), Script(TWO), Script(THREE)) as user:
        await user.begins("Other")
        await queueing(user, "shorter", "bolder")
        await user.commands("shift+tab", "j")
        await user.waits(lambda: _title(user) == "Other", "the other content")
        await user.does_not_see("shorter")
        user.agent.release.set()
        first = next(c for c in user.store.contents.values() if c.title != "Other")
        await user.waits(lambda: len(user.agent.prompts) == 3, "all sent")
        await keeps(user)
        await user.waits(lambda: len(user.store.contents[first.id].versions) == 3, "three versions")
        assert _title(user) == "Other"


@pytest.mark.parametrize("is_asking", [False, True])
async def test_what_is_typed_while_the_queue_goes_on_is_left_alone(is_asking: bool) -> None:
    async with at_the_desk(Script(ONE, is_held=True), Script(TWO)) as user:
        await queueing(user, "shorter")
        await user.presses("shift+tab", "shift+tab", "c" if is_asking else "r")
        await user.types("shorter")
        user.agent.release.set()
        await user.sees("first draft ★ · v2")
        await is_quiet(user)
        assert user.prompt.text == "shorter"
        assert user.workspace.is_asking_mode is is_asking
        assert sent(user) == ["why", "shorter"]


async def test_hostile_text_in_the_queue_is_shown_harmless() -> None:
    async with at_the_desk(Script(ONE, is_held=True), size=(80, 24)) as user:
        await queueing(user)
        user.prompt.load_text("[@click=app.quit]a[/] \x1b[31mred\n\n" + "long " * 90)
        await user.presses("enter")
        await user.sees("1 · [@click=app.quit]a[/] ␛[31mred long", "…")


def _title(user: User) -> str | None:
    content = user.workspace.content
    return None if content is None else content.title

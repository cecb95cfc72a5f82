"""The main screen as a writer uses it, on a scripted agent."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script, ScriptedAgent
from tui.domain.changes import edited, with_branch
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.errors import RedraftError
from tui.domain.ids import ContentId, MessageId, SessionId, TurnId
from tui.domain.session import Account, Fork
from tui.domain.status import Status
from tui.screens.editor import EditorScreen
from tui.widgets.branches import BranchTree
from tui.widgets.contents import ContentList

ONE = "Here it is.\n<draft>\n# One\n\nFirst text of mine.\n</draft>\nWhat next?\n"
TWO = "Shorter.\n<draft>\n# One\n\nText.\n</draft>\n"
LONG = "<draft>\n# Long\n\n" + "A paragraph of it.\n\n" * 40 + "</draft>\n"
SPICY = "Bolder.\n<draft>\n# ONE!\n\nText with pepper.\n</draft>\n"


def only(store: MemoryStore) -> Content:
    """Return the piece that was begun last, as it is saved."""
    return list(store.contents.values())[-1]


Section = Callable[[User], Awaitable[None]]
"""What one writer does on a piece of its own; the trace of a failure says which it is."""


async def one_after_the_other(*sections: Section) -> None:
    async with at_the_desk() as user:
        await user.sees("Nothing here yet")
        for section in sections:
            await section(user)
            await user.waits(
                lambda: not user.app._studio.conversations.writing, f"the end of {section.__name__}"
            )
            while user.app.screen is not user.main:
                await user.presses("escape")


def given(user: User, *scripts: Script) -> None:
    """Say what Claude answers next, as if the program had just begun."""
    user.agent.scripts = list(scripts)
    user.agent.prompts.clear()
    user.agent.release.clear()


async def begun(user: User, brief: str = "why") -> None:
    await user.begins(f"Piece {len(user.store.contents) + 1}", brief)


async def a_brief_is_written_at_once_and_its_draft_is_version_one(user: User) -> None:
    given(user, Script(ONE))
    await begun(user, "why it is good")
    await user.sees("v1 · 5 words", "What next?", "first draft ★ · v1")
    content = only(user.store)
    assert content.version(1).text == "# One\n\nFirst text of mine."
    assert "why it is good" in user.agent.prompts[0][1]


async def a_revision_shows_its_change_and_an_ask_makes_no_version(user: User) -> None:
    given(user, Script(ONE), Script(TWO), Script("It is fine."))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.tells_claude("shorter")
    await user.sees("v2 · 2 words (−3)", "first draft ★ · v2")
    await user.tells_claude("is it good?", key="c")
    await user.sees("It is fine.")
    turns = only(user.store).branch(only(user.store).main).turns
    assert [turn.kind for turn in turns] == [
        TurnKind.GENERATE,
        TurnKind.REVISE,
        TurnKind.ASK,
    ]
    assert len(only(user.store).versions) == 2


async def the_answer_is_seen_while_it_is_written(user: User) -> None:
    given(user, Script(ONE, is_held=True))
    await begun(user)
    await user.sees("Here it is.", "Claude is writing")
    user.agent.release.set()
    await user.sees("first draft ★ · v1")
    await user.does_not_see("Claude is writing")


async def escape_stops_from_inside_the_prompt_and_keeps_the_text_typed_there(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO))
    await begun(user)
    await user.sees("Here it is.")
    await user.commands("r")
    await user.types("next idea")
    await user.presses("escape")
    await user.sees("Stopped: what had arrived is kept", "next idea")
    (turn,) = only(user.store).branch(only(user.store).main).turns
    assert turn.state is TurnState.STOPPED
    assert turn.reply
    await user.presses("enter")
    await user.sees("first draft ★ · v1")
    assert user.agent.prompts[-1][1].endswith("next idea")


async def a_stopped_part_can_be_taken_as_the_draft(user: User) -> None:
    text = "<draft>\nHalf a thought that never\n" + "went on " * 20
    given(user, Script(text, is_held=True))
    await begun(user)
    await user.sees("Half a thought")
    await user.presses("escape")
    await user.sees("t makes the part the draft")
    await user.commands("t")
    await user.sees("first draft ★ · v1")
    version = only(user.store).version(1)
    assert version.is_partial
    assert version.text.startswith("Half a thought that never")


async def a_failed_turn_says_why_and_ctrl_r_asks_again(user: User) -> None:
    given(user, Script("", failure="The API is overloaded."), Script(ONE))
    await begun(user)
    await user.sees("The API is overloaded.")
    await user.presses("ctrl+r")
    await user.sees("Ask the last prompt again?")
    assert len(user.agent.prompts) == 1
    await user.answers("a")
    await user.sees("first draft ★ · v1")
    assert len(user.agent.prompts) == 2


async def test_turns_are_written_stopped_and_asked_again() -> None:
    await one_after_the_other(
        a_brief_is_written_at_once_and_its_draft_is_version_one,
        a_revision_shows_its_change_and_an_ask_makes_no_version,
        the_answer_is_seen_while_it_is_written,
        escape_stops_from_inside_the_prompt_and_keeps_the_text_typed_there,
        a_stopped_part_can_be_taken_as_the_draft,
        a_failed_turn_says_why_and_ctrl_r_asks_again,
    )


async def forked(user: User) -> None:
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.tells_claude("shorter")
    await user.sees("first draft ★ · v2")
    await user.commands("tab", "tab", "g", "j", "f")
    await user.sees("Fork after turn 1")
    await user.types("spicier")
    await user.presses("enter")
    await user.sees("spicier · v1")


async def a_command_is_about_the_turn_that_was_opened_until_the_next_prompt(user: User) -> None:
    given(user, Script(ONE), Script(TWO), Script(SPICY))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.tells_claude("shorter")
    await user.sees("first draft ★ · v2")
    await user.commands("tab", "tab", "g", "j", "enter")
    await user.sees("has others after it")
    await user.answers("r")
    await user.waits(lambda: user.chat.selected_turn == 1, "the opened turn")
    for way in (("tab",), ("shift+tab",)):  # From the prompt by the palette, and in the chat.
        await user.presses(*way, "ctrl+p")
        await user.types("different approach")
        await user.sees("Try a different approach")
        await user.presses("enter")
        await user.sees("Fork after turn 1")
        await user.presses("escape")
    await user.tells_claude("spicier")
    await user.sees("first draft ★ · v3")
    await user.commands("f")
    await user.sees("Fork after turn 3")


async def a_fork_leaves_the_parent_as_it_was_and_both_are_in_the_tree(user: User) -> None:
    given(user, Script(ONE), Script(TWO), Script(SPICY))
    await forked(user)
    before = only(user.store).branch(only(user.store).main)
    await user.tells_claude("more pepper")
    await user.sees("spicier · v3", "leaves “first draft” here")
    after = only(user.store)
    assert after.branch(after.main) == before
    assert after.branches[1].name == "spicier"
    assert after.branches[1].forked_after == 1

    await user.commands("tab", "tab", "g", "enter")
    await user.sees("first draft ★ · v2")
    await user.does_not_see("pepper.")


async def the_dialog_of_a_fork_says_where_it_leaves_from_and_what_enter_does(user: User) -> None:
    given(user, Script(ONE), Script(TWO))
    await forked(user)
    await user.commands("f")
    await user.sees("Fork after turn 1 of “spicier”", "enter Make the branch")
    await user.presses("escape")
    await user.commands("R")
    await user.sees("Ask turn 1 of “spicier” again", "enter Make the branch")
    await user.presses("escape")
    await user.commands("L")
    await user.sees("Label turn 1", "enter Save")


async def a_fork_without_a_name_is_named_after_its_prompt(user: User) -> None:
    given(user, Script(ONE), Script(TWO))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.commands("f")
    await user.sees("Fork after turn 1")
    await user.presses("enter")
    await user.sees("why · v1")


async def unsent_text_belongs_to_its_branch(user: User) -> None:
    given(user, Script(ONE), Script(TWO))
    await forked(user)
    await user.commands("r")
    await user.types("for the fork")
    await user.presses("escape", "tab", "tab", "g", "enter")
    await user.sees("first draft ★ · v2")
    await user.does_not_see("for the fork")
    await user.commands("tab", "tab", "G", "enter")
    await user.sees("spicier · v1", "for the fork")


async def keys_typed_after_enter_in_a_dialog_wait_until_it_is_done(user: User) -> None:
    given(user, Script(ONE), Script(TWO))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.commands()
    user.bursts("f", *"one", "enter", *"two", "enter")
    await user.sees("one · v2")
    assert [branch.name for branch in only(user.store).branches] == ["first draft", "one"]
    assert only(user.store).branches[1].turns[0].prompt == "two"


async def test_forks() -> None:
    await one_after_the_other(
        a_command_is_about_the_turn_that_was_opened_until_the_next_prompt,
        a_fork_leaves_the_parent_as_it_was_and_both_are_in_the_tree,
        the_dialog_of_a_fork_says_where_it_leaves_from_and_what_enter_does,
        a_fork_without_a_name_is_named_after_its_prompt,
        unsent_text_belongs_to_its_branch,
        keys_typed_after_enter_in_a_dialog_wait_until_it_is_done,
    )


async def an_edit_by_hand_is_a_version_and_claude_is_told(user: User) -> None:
    given(user, Script(ONE), Script(TWO))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.commands("e")
    await user.sees("ctrl+s")
    await user.types("Mine. ")
    await user.presses("ctrl+s")
    await user.sees("first draft ★ · v2", "v2 · 6 words (+1) · by you ·", "Mine.")
    await user.tells_claude("shorter")
    await user.sees("first draft ★ · v3", "Claude was told v2, your edit.")
    assert "Mine. " in user.agent.prompts[-1][1]
    await user.commands("e")
    await user.sees("ctrl+s")
    await user.presses("right", "right", "right", "escape")
    await user.waits(lambda: user.app.screen is user.main, "the editor to be left")
    await user.commands("e")  # It begins where it was left.
    await user.sees("ctrl+s")
    editor = user.app.screen
    assert isinstance(editor, EditorScreen)
    await user.waits(lambda: editor.cursor == 9, "the cursor to be where it was")


async def approving_is_said_of_one_version_and_a_newer_one_is_a_draft_again(user: User) -> None:
    given(user, Script(ONE), Script(TWO))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.commands("a")
    await user.sees("SHA-256")
    assert only(user.store).status is Status.DRAFT
    await user.answers("ctrl+s")
    await user.sees("v1 · 5 words · approved")
    content = only(user.store)
    assert content.status is Status.APPROVED
    assert content.approval is not None
    assert content.approval.sha256 == content.version(1).sha256
    await user.tells_claude("shorter")
    await user.sees("v1 approved, v2 is newer")
    assert only(user.store).status is Status.DRAFT


async def a_turn_gets_a_label_that_the_tree_and_the_chat_show(user: User) -> None:
    given(user, Script(ONE))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.commands("L")
    await user.sees("Label turn 1")
    await user.types("the calm one")
    await user.presses("enter")
    await user.sees("turn 1 · the calm one", "1 the calm one")
    await user.commands("L")
    await user.presses("backspace", "enter")
    await user.does_not_see("the calm one")
    (turn,) = only(user.store).branch(only(user.store).main).turns
    assert turn.label == ""


async def a_page_up_in_the_prompt_scrolls_the_conversation(user: User) -> None:
    long = "Here.\n<draft>\n" + "\n\n".join(f"Line {number}." for number in range(60))
    given(user, Script(f"{long}\n</draft>\n"))
    await begun(user)
    await user.sees("Line 0.", "▼ more below")
    await user.commands("r")
    await user.types("half a word")
    await user.presses(*["pagedown"] * 9)
    await user.sees("Line 59.")
    await user.presses("pageup", "pageup")
    await user.does_not_see("Line 59.")
    await user.presses("pagedown", "pagedown", "s")
    await user.sees("Line 59.", "half a words")


async def a_version_that_is_the_draft_again_is_shown_from_its_top(user: User) -> None:
    given(user, Script(ONE), Script(LONG))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.tells_claude("longer")
    await user.sees("first draft ★ · v2")
    await user.commands("home", "g")
    user.chat.scroll_to_turn(1)
    await user.presses("t")
    await user.sees("v1 is the draft again, as v3", "v3 · 5 words")


async def a_refused_prompt_stays_in_the_field_with_the_focus(user: User) -> None:
    given(user, Script(ONE), Script(TWO))
    await begun(user)
    await user.sees("first draft ★ · v1")
    user.store.is_full = True
    await user.tells_claude("shorter")
    await user.sees("The disk is full", "shorter")
    user.store.is_full = False
    await user.presses("enter")
    await user.sees("first draft ★ · v2")
    assert user.prompt.text == ""


async def an_edit_and_a_draft_that_was_saved_meanwhile_are_put_together(user: User) -> None:
    given(user, Script(ONE))
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.commands("e")
    await user.sees("ctrl+s")
    await user.types("Mine ")
    content = only(user.store)
    theirs = f"{content.version(1).text}\n\nTheirs."
    user.store.contents[content.id] = edited(content, content.main, theirs, content.updated_at)
    await user.presses("ctrl+s")
    await user.sees("v2, saved elsewhere meanwhile → your edit", "1 change", "ctrl+s Save")
    await user.presses("escape")  # Neither is lost.
    await user.sees("first draft ★ · v2", "Theirs.")
    assert any("kept aside" in notice.text for notice in user.app.board.notices)
    user.app.board.clear()  # It lies on what is looked for next.
    assert [version.text for version in only(user.store).versions][1:] == [theirs]
    await user.commands("e")
    await user.sees("Mine # One")
    await user.presses("ctrl+s")
    await user.sees("v2, saved elsewhere meanwhile → your edit")
    await user.presses("ctrl+s")
    await user.sees("first draft ★ · v3", "Saved v3, by you.")
    assert only(user.store).version(3).text == f"Mine {theirs}"
    assert only(user.store).version(3).before == 2


async def test_drafts_are_edited_approved_labelled_and_taken_back() -> None:
    await one_after_the_other(
        an_edit_by_hand_is_a_version_and_claude_is_told,
        approving_is_said_of_one_version_and_a_newer_one_is_a_draft_again,
        a_turn_gets_a_label_that_the_tree_and_the_chat_show,
        a_page_up_in_the_prompt_scrolls_the_conversation,
        a_version_that_is_the_draft_again_is_shown_from_its_top,
        a_refused_prompt_stays_in_the_field_with_the_focus,
        an_edit_and_a_draft_that_was_saved_meanwhile_are_put_together,
    )


async def without_a_brief_nothing_is_sent(user: User) -> None:
    given(user)
    await user.begins("On waiting")
    await user.sees("no draft yet", "Generate")
    assert user.agent.prompts == []


async def test_everything_is_there_again_and_the_session_is_resumed() -> None:
    store, agent = MemoryStore(), ScriptedAgent([Script(ONE), Script(TWO), Script(SPICY)])
    async with at_the_desk(store=store, agent=agent) as user:
        await forked(user)
        await user.commands("r")
        await user.types("not sent yet")
        before = user.screen
    async with at_the_desk(store=store, agent=agent) as user:
        await user.sees("spicier · v1", "not sent yet", "─ Piece 1 ─")
        chat = [line for line in before.splitlines() if "First text" in line]
        assert chat
        await user.sees("First text of mine.")
        await user.commands("r", "enter")
        await user.sees("spicier · v3")
        assert not agent.specs[-1].is_new


async def an_answer_elsewhere_is_told_and_marked(user: User) -> None:
    given(user, Script(ONE, is_held=True), Script(TWO))
    await user.begins("First of many, many, many pieces, and not the last", "why")
    await user.sees("Here it is.")
    await user.begins("Second")
    user.agent.release.set()
    await user.waits(lambda: "Claude has answered." in told(user), "the notice")
    assert re.fullmatch(r"First .*….*not the last · first draft: Claude has answered.", told(user))
    await user.sees("● First")


async def a_command_without_a_draft_says_what_to_do(user: User) -> None:
    given(user)
    for key, words in (
        ("f", "yet"),
        ("d", "yet"),
        ("a", "yet"),
        ("y", "yet"),
        ("t", "no text to take"),
    ):
        await user.begins(f"Empty, {key}")
        user.app.board._notices.clear()
        await user.commands(key)
        await user.waits(lambda: bool(told(user)), f"a sentence on {key}")
        assert words in told(user), key


def told(user: User) -> str:
    """Return the newest notice, if there is one."""
    return next((notice.text for notice in user.app.board.notices), "")


async def the_list_is_narrowed_and_whole_again(user: User) -> None:
    given(user)
    await user.begins("Apples")
    await user.begins("Pears")
    await user.commands("escape", "slash")
    await user.types("appl")
    await user.waits(lambda: "Pears" not in user.screen.split("╭")[1], "no pears in the list")
    await user.presses("enter")
    await user.sees("─ Apples ─")
    await user.presses("escape")
    await user.sees("Pears")


async def archiving_and_back(user: User) -> None:
    given(user, Script(ONE))
    await user.begins("On waiting", "why")
    await user.sees("first draft ★ · v1")
    await user.commands("x")
    await user.sees("archived")
    await user.waits(lambda: only(user.store).status is Status.ARCHIVED, "archived")
    await user.commands("x")
    await user.waits(lambda: only(user.store).status is Status.DRAFT, "draft again")


async def test_without_a_login_the_first_screen_says_so_and_goes_on() -> None:
    agent = ScriptedAgent(account_state=Account(False, problem="Nobody is logged in to Claude."))
    async with at_the_desk(agent=agent) as user:
        await user.sees("Nobody is logged in to Claude.", "demo")
        agent.account_state = Account(True)
        await user.commands("c")
        await user.does_not_see("Nobody is logged in")


async def test_hostile_titles_and_answers_run_nothing_and_show() -> None:
    hostile = "[@click=app.quit]x[/] \x1b]52;c;AAAA\x07 [bold"
    async with at_the_desk(Script(f"{hostile}\n<draft>\n{hostile}\n</draft>\n")) as user:
        content = await user.app._studio.create(hostile, brief="b")
        await user.commands("n")
        await user.presses("escape")
        user.store.contents[content.id] = content
        await user.sees("[@click=app.quit]x", within=6)
        assert "\x1b" not in user.screen
        await user.commands("j", "enter")
        await user.tells_claude("go")
        await user.sees("first draft ★ · v1")
        assert "\x1b" not in user.screen
        assert user.app.is_running


async def test_keys_remapped_in_the_settings_work_and_conflicts_are_told() -> None:
    async with at_the_desk(keys=[("new", "ctrl+n"), ("edit", "d")]) as user:
        await user.sees("The key d is given to")
        await user.presses("ctrl+n")
        await user.sees("Brief")


async def test_nothing_sticks_out_of_the_screen_at_any_size() -> None:
    async with at_the_desk(size=(40, 12)) as user:
        for size in ((40, 12), (60, 20), (80, 24), (120, 36), (200, 50)):
            await user.pilot.resize_terminal(*size)
            assert user.app.screen.size == size
            await a_piece_begun_and_its_panes_fit(user)


async def a_piece_begun_and_its_panes_fit(user: User) -> None:
    given(user, Script(ONE))
    before = len(user.store.contents)
    await user.commands("n")
    await user.types("On waiting")
    await user.commands("tab", "tab")
    await user.types("why")
    await user.presses("ctrl+s")
    await user.waits(lambda: len(user.store.contents) > before, "a piece")
    await user.waits(lambda: len(only(user.store).versions) == 1, "a version")
    screen = user.app.screen
    for _ in range(4):
        await user.presses("tab")
        focused = user.app.focused
        assert focused is not None, screen.size
        assert screen.region.contains_region(focused.region), (screen.size, focused)


async def test_keys_typed_in_one_burst_go_where_they_belong() -> None:
    async with at_the_desk(Script(ONE)) as user:
        await user.sees("Nothing here yet")
        user.bursts("n", *"Title", "tab", "tab", *"brief", "ctrl+s")
        await user.sees("first draft ★ · v1")
        assert (only(user.store).title, only(user.store).brief) == ("Title", "brief")


async def test_an_edit_left_by_quitting_is_there_again() -> None:
    store, agent = MemoryStore(), ScriptedAgent([Script(ONE)])
    async with at_the_desk(store=store, agent=agent) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await user.commands("e")
        await user.sees("ctrl+s")
        await user.types("Half a line")
        await user.presses("ctrl+q")
    assert len(only(store).versions) == 1
    async with at_the_desk(store=store, agent=agent) as user:
        await user.sees("first draft ★ · v1")
        await user.commands("e")
        await user.sees("Half a line", "unsaved edit is back")
        await user.presses("ctrl+s")
        await user.sees("first draft ★ · v2")
        assert only(store).version(2).text.endswith("Half a line# One\n\nFirst text of mine.")
        await user.commands("e")
        await user.sees("ctrl+s")
        await user.does_not_see("unsaved edit is back")


def chat_rows(user: User) -> list[str]:
    """The conversation as it is drawn, line by line."""
    chat = user.chat
    return [chat.render_line(row).text.rstrip() for row in range(chat.size.height)]


async def an_answer_looks_the_same_live_and_reopened(user: User) -> None:
    rich = (
        "Here *it* is:\n\n<draft>\n# Title\n\nText with `code`.\n\n1. one\n   - a\n2. two\n\n"
        "| a | b |\n|---|--:|\n| 漢字 | 2 |\n\n```py\nx = 1\n```\n</draft>\nDone.\n"
    )
    given(user, Script(rich, chunk=3))
    await user.begins("Other")
    await user.begins("On waiting", "why")
    await user.sees("first draft ★ · v1", "Done.")
    ended = lambda: any("cost unknown" in row for row in chat_rows(user))  # noqa: E731
    await user.waits(ended, "what the turn cost")
    live = chat_rows(user)
    assert any("漢字" in row for row in live)
    await user.commands("escape", "j")
    await user.sees("─ Other ─")
    await user.presses("k", "enter")
    await user.sees("─ On waiting ─", "Done.")
    assert chat_rows(user) == live


async def test_the_branches_are_called_up_and_dismissed_with_one_key() -> None:
    async with at_the_desk(Script(ONE), size=(80, 24)) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await user.does_not_see("─ Branches ─")
        await user.commands("b")
        await user.sees("─ Branches ─", "1 why")
        await user.commands("b")
        await user.does_not_see("─ Branches ─")
        await user.sees("ctrl+p Commands")


async def test_the_tree_opens_at_the_turn_on_screen_and_goes_back_to_where_it_came_from() -> None:
    async with at_the_desk(size=(80, 24)) as user:
        await user.begins("On waiting")
        content = only(user.store)
        for number in range(1, 31):
            content = with_a_turn(content, number)
        user.store.contents[content.id] = content
        await user.main._do.library.read_again()
        await user.commands("k", "k", "k")
        await user.waits(lambda: user.chat.selected_turn > 20, "a selected turn")
        turn = user.chat.selected_turn
        tree = user.main.query_one(BranchTree)
        for key in ("b", "escape"):
            await user.presses("b")
            await user.sees("─ Branches ─", f"{turn} prompt {turn}")
            assert tree.current is not None
            assert tree.current.spot.turn == turn
            await user.presses("g", key)
            await user.waits(lambda: user.chat.has_focus, "the focus in the chat")
        await user.presses("escape", "b")
        await user.waits(lambda: tree.has_focus, "the focus in the tree")
        await user.presses("escape")
        await user.waits(lambda: user.main.query_one(ContentList).has_focus, "the list")


def with_a_turn(content: Content, number: int) -> Content:
    branch = content.branches[0]
    turn = Turn(TurnId(f"turn{number}"), TurnKind.ASK, f"prompt {number}", content.created_at)
    turn = replace(turn, reply="Word. " * 40)
    return with_branch(content, replace(branch, turns=(*branch.turns, turn)))


async def test_a_narrow_screen_goes_back_from_the_list_to_the_conversation() -> None:
    async with at_the_desk(Script(ONE), size=(60, 20)) as user:
        await user.begins("On waiting", "why")
        await user.sees("Here it is.")
        await user.waits(lambda: user.workspace.live is None, "the end of the turn")
        await user.presses("escape", "escape")
        await user.waits(lambda: user.main.query_one(ContentList).has_focus, "the list")
        await user.presses("escape")
        await user.waits(lambda: user.chat.has_focus, "the chat")


async def test_colours_are_switched_and_kept_until_the_settings_name_others() -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        await user.commands("C")
        await user.sees("Light colours. Press C for dark ones.")
        assert user.app.theme == "redraft-light"
    for settings, shown in (("redraft-dark", "redraft-light"), ("nord", "nord")):
        async with at_the_desk(store=user.store, theme=settings) as again:
            await again.sees("On waiting")
            await again.waits(lambda: again.prompt.has_focus, "the start")
            assert again.app.theme == shown


async def ctrl_v_beside_a_field_pastes_into_the_prompt_and_says_so(user: User) -> None:
    given(user, Script(ONE))
    await user.begins("On waiting", "why")
    await user.sees("first draft ★ · v1")
    await user.commands("ctrl+v")
    await user.sees("Nothing is copied here.")
    user.app.copy_to_clipboard("some words")
    await user.commands("ctrl+v")
    await user.sees("Pasted into the prompt. Not sent.")
    assert user.prompt.text == "some words"
    assert user.prompt.has_focus


async def nothing_is_archived_or_reviewed_while_claude_writes_in_it(user: User) -> None:
    given(user, Script(ONE, is_held=True))
    await user.begins("On waiting", "why")
    await user.sees("Here it is.")
    await user.commands("x")
    await user.sees("Claude is writing in")
    await user.commands("a")
    assert only(user.store).status is Status.DRAFT
    user.agent.release.set()


async def an_archived_content_is_not_written_on(user: User) -> None:
    given(user, Script(ONE))
    await user.begins("On waiting", "why")
    await user.sees("first draft ★ · v1")
    await user.commands("x")
    await user.waits(lambda: only(user.store).status is Status.ARCHIVED, "archived")
    await user.tells_claude("shorter")
    await user.sees("is archived: take it out")
    assert len(user.agent.prompts) == 1


async def the_palette_runs_commands_and_offers_nothing_that_is_not_redrafts(user: User) -> None:
    given(user)
    await user.begins("On waiting")
    await user.presses("ctrl+p")
    await user.types("title")
    await user.sees("Title  T")
    await user.presses("escape")
    await user.presses("ctrl+p")
    await user.types("Keys")
    await user.presses("enter")
    await user.sees("Write with Claude")


async def test_a_new_content_left_by_quitting_is_in_the_dialog_again() -> None:
    store = MemoryStore()
    async with at_the_desk(store=store) as user:
        await user.commands("n")
        await user.sees("Brief")
        await user.types("Half a title")
        await user.presses("ctrl+q")
    async with at_the_desk(store=store) as user:
        await user.sees("Nothing here yet")
        await user.commands("n")
        await user.sees("Half a title")
        await user.presses("ctrl+s")
        await user.sees("─ Half a title ─")
        await user.commands("n")
        await user.sees("What the piece is called")


async def edited_on_a_full_disk(user: User, *scripts: Script) -> None:
    """Edit a draft and find no room to save it."""
    given(user, Script(ONE), *scripts)
    user.app.board._notices.clear()
    await begun(user)
    await user.sees("first draft ★ · v1")
    await user.commands("e")
    await user.sees("ctrl+s")
    await user.types("Mine ")
    user.store.is_full = True
    await user.presses("ctrl+s")
    # Another notice may have come since: the place cannot be saved either.
    told = user.app.board
    await user.waits(
        lambda: any("Your edit is kept" in notice.text for notice in told.notices), "a notice"
    )


async def it_is_saved_when_there_is_room(user: User) -> None:
    await edited_on_a_full_disk(user)
    assert len(only(user.store).versions) == 1
    user.store.is_full = False
    await user.sees("first draft ★ · v2")
    assert only(user.store).version(2).text.startswith("Mine # One")


async def it_is_saved_before_the_next_prompt_goes_out(user: User) -> None:
    await edited_on_a_full_disk(user, Script("Yes."))
    await user.commands("r")
    await user.types("go on")
    await user.presses("enter")
    # As long as the edit cannot be saved, the prompt stays where it was typed.
    await user.waits(lambda: user.prompt.value == "go on", "the prompt to come back")
    assert len(user.agent.prompts) == 1
    user.store.is_full = False
    await user.presses("enter")
    await user.waits(lambda: len(user.agent.prompts) == 2, "the prompt to go out")
    sent = user.agent.prompts[-1][1]
    assert "<current-draft>\nMine # One" in sent
    assert sent.endswith("go on")
    await user.sees("first draft ★ · v2")


async def it_is_refused_at_last_and_holds_no_prompt_back(user: User) -> None:
    await edited_on_a_full_disk(user, Script("Yes."))
    user.store.is_full = False
    content = only(user.store)
    other = edited(content, content.main, "Theirs.", content.updated_at)
    user.store.contents[content.id] = other
    await user.commands("r")
    await user.types("go on")
    await user.presses("enter")
    await user.sees("saved elsewhere while you were editing")
    await user.waits(lambda: user.prompt.value == "go on", "the prompt to come back")
    await user.presses("enter")
    await user.waits(lambda: len(user.agent.prompts) == 2, "the prompt to go out")
    await user.commands("e")
    await user.sees("Mine # One")


async def test_an_edit_that_cannot_be_saved_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_desk() as user:
        for section, again_after in (
            (it_is_saved_when_there_is_room, 0.05),
            (it_is_saved_before_the_next_prompt_goes_out, 1000.0),
            (it_is_refused_at_last_and_holds_no_prompt_back, 1000.0),
        ):
            monkeypatch.setattr("tui.screens.main.editing.SAVE_AGAIN_AFTER", again_after)
            await section(user)
            await user.waits(
                lambda: not user.app._studio.conversations.writing, f"the end of {section.__name__}"
            )


async def test_the_last_word_typed_before_leaving_is_kept() -> None:
    store = MemoryStore()
    async with at_the_desk(store=store) as user:
        await user.begins("On waiting")
        await user.commands("r")
        user.prompt.insert("the last word")
        user.app.exit()  # Before the message that tells of the word is read.
    assert list(store.kept_place.unsent.values()) == ["the last word"]


class SlowForker(ScriptedAgent):
    """An agent that forks as slowly as a big transcript is copied."""

    async def fork(self, session: SessionId, up_to: MessageId, *, title: str) -> Fork:
        await asyncio.sleep(0.5)
        return await super().fork(session, up_to, title=title)


async def test_what_is_typed_behind_the_name_of_a_fork_is_for_the_fork() -> None:
    async with at_the_desk(agent=SlowForker([Script(ONE)])) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await user.commands("home")
        user.bursts("f", "enter")
        for letter in "another go":
            user.bursts("space" if letter == " " else letter)
            await user.pilot.pause(0.07)
        await user.waits(lambda: user.prompt.text == "another go", "the prompt")
        assert len(only(user.store).branches) == 2
        assert user.workspace.branch == only(user.store).branches[1].id


class StandingForker(ScriptedAgent):
    """An agent that forks when it is told to, or refuses."""

    may_fork: asyncio.Event
    problem: RedraftError | None = None

    async def fork(self, session: SessionId, up_to: MessageId, *, title: str) -> Fork:
        await self.may_fork.wait()
        if self.problem is not None:
            raise self.problem
        return await super().fork(session, up_to, title=title)


@asynccontextmanager
async def a_standing_fork(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[User]:
    """Yield a user who typed “another go” and Enter behind a fork that takes long."""
    monkeypatch.setattr("tui.widgets.typeahead.LONG_WAIT", 0.1)
    monkeypatch.setattr("tui.screens.main.screen_ui.CALM_AFTER", 0.6)
    agent = StandingForker([Script(ONE)])
    agent.may_fork = asyncio.Event()
    async with at_the_desk(agent=agent) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await user.commands("home")
        user.bursts("f", "enter", *"another", "space", *"go")
        await user.sees("Making the branch", "Keys wait")
        yield user


async def test_keys_wait_for_a_fork_however_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_standing_fork(monkeypatch) as user:
        assert isinstance(user.agent, StandingForker)
        user.agent.may_fork.set()
        await user.waits(lambda: user.prompt.text == "another go", "the prompt")
        assert user.workspace.branch == only(user.store).branches[1].id
        assert len(only(user.store).versions) == 1


async def test_escape_gets_free_of_a_fork_and_what_was_typed_waits_in_its_prompt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_standing_fork(monkeypatch) as user:
        assert isinstance(user.agent, StandingForker)
        user.bursts("escape")
        await user.sees("The branch is made in the background")
        await user.commands("e")
        await user.waits(lambda: isinstance(user.app.screen, EditorScreen), "the editor")
        await user.presses("escape")
        user.agent.may_fork.set()
        await user.sees("Branch “why” is there")
        content = only(user.store)
        assert user.workspace.branch == content.main
        assert user.workspace.place.unsent == {content.branches[1].id: "another go"}


async def test_what_is_typed_behind_a_fork_that_fails_runs_no_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_standing_fork(monkeypatch) as user:
        assert isinstance(user.agent, StandingForker)
        user.agent.problem = RedraftError("No room for a branch.")
        user.agent.may_fork.set()
        await user.sees("No room for a branch.")
        await user.waits(lambda: user.prompt.text == "another go", "the prompt")
        assert len(only(user.store).branches) == 1


async def test_keys_work_again_after_a_fork_that_the_tree_asked_for_has_failed() -> None:
    agent = StandingForker([Script(ONE), Script(TWO)])
    agent.may_fork = asyncio.Event()
    agent.may_fork.set()
    agent.problem = RedraftError("No room for a branch.")
    async with at_the_desk(agent=agent) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await user.tells_claude("shorter")
        await user.sees("first draft ★ · v2")
        await user.commands("b", "g", "j", "enter")
        await user.sees("Fork after it")
        await user.answers("f")
        await user.sees("Name of the new branch")
        await user.presses("enter")
        await user.sees("No room for a branch.")
        await user.commands("n")
        await user.sees("New piece")


class SlowOnceForked(MemoryStore):
    """A library that reads a piece with a fork only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_read = asyncio.Event()

    async def load(self, content_id: ContentId) -> Content:
        content = await super().load(content_id)
        if len(content.branches) > 1:
            await self.may_read.wait()
        return content


async def test_escape_once_a_fork_is_made_loses_nothing_that_was_typed_for_it() -> None:
    store = SlowOnceForked()
    async with at_the_desk(Script(ONE), store=store) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await user.commands("home")
        user.bursts("f", "enter", *"another", "space", *"go")
        await user.waits(lambda: len(only(store).branches) == 2, "the fork")
        user.bursts("escape")
        await user.waits(lambda: user.prompt.text == "another go", "the text in the prompt")
        store.may_read.set()
        main, forked = only(store).branches
        await user.waits(lambda: user.workspace.branch == forked.id, "the fork on screen")
        assert user.workspace.place.unsent == {main.id: "another go"}


async def a_stop_is_seen_below_the_part_that_had_arrived(user: User) -> None:
    part = LONG.removesuffix("</draft>\n")
    given(user, Script(part, is_held=True))
    await user.begins("On waiting", "why")
    await user.sees("A paragraph of it.", "Type here · enter queues", "enter Queue")
    await user.presses("escape")
    await user.sees("Stopped: what had arrived is kept.")


async def test_what_a_writer_meets_on_the_way() -> None:
    await one_after_the_other(
        without_a_brief_nothing_is_sent,
        ctrl_v_beside_a_field_pastes_into_the_prompt_and_says_so,
        an_answer_elsewhere_is_told_and_marked,
        a_command_without_a_draft_says_what_to_do,
        the_list_is_narrowed_and_whole_again,
        archiving_and_back,
        nothing_is_archived_or_reviewed_while_claude_writes_in_it,
        an_archived_content_is_not_written_on,
        an_answer_looks_the_same_live_and_reopened,
        a_stop_is_seen_below_the_part_that_had_arrived,
        the_palette_runs_commands_and_offers_nothing_that_is_not_redrafts,
    )


async def test_the_frames_have_their_titles_before_anything_changes() -> None:
    async with at_the_desk() as user:
        await user.sees("─ Contents ─")
        await user.sees("─ Branches ─")

"""What Claude used in a turn, in the chat: folded where it happened, and unfolded."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.selection import SELECT_ALL

from tests.support.driver import User, at_the_desk
from tests.support.fakes import Script, ScriptedAgent, ScriptedSession
from tui.domain.content import NumberedTurn, Turn, TurnKind
from tui.domain.drafts import DraftSplit, Part, split_reply
from tui.domain.events import (
    AgentEvent,
    MessageCommitted,
    Outcome,
    RequestStarted,
    TextStreamed,
    ToolEnded,
    ToolStarted,
    TurnEnded,
)
from tui.domain.ids import BranchId, MessageId, TurnId
from tui.domain.reply import Reply
from tui.domain.tools import ToolState, ToolUse
from tui.screens.tool_items import Stretch, folded_line, stretches, uses_item
from tui.widgets.chat import ChatItem, ChatPane, Detail, Role
from tui.widgets.chat.conversation import Column

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from tui.domain.drafts import Segment

DONE, RUNNING = ToolState.DONE, ToolState.RUNNING
FAILED, REFUSED = ToolState.FAILED, ToolState.REFUSED
EVIL = "\x1b[31m\x07\x9b\u202e\u2028\ufeff\U000e0041\x00\ud800 [red]x[/] [@click=app.quit]y[/"


def use(
    number: int, name: str = "Read", subject: str = "/a", at: int = 0, state: ToolState = DONE
) -> ToolUse:
    return ToolUse(str(number), name, subject, at, state)


# Where they stand


PIECES = st.lists(
    st.sampled_from(
        ["<draft>\n", "</draft>\n", "</dra", "ft>", "word ", "\n", "<", " ", "字", "\r\n"]
    ),
    max_size=12,
).map("".join)


def parts_of(text: str, tools: list[ToolUse]) -> list[Stretch | tuple[ToolUse, ...]]:
    return list(stretches(text, split_reply(text), tools))


def talk(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments if segment.part is Part.TALK)


@given(PIECES, st.lists(st.integers(0, 40), max_size=6))
def test_tools_change_no_text_and_each_stands_once_in_order(text: str, places: list[int]) -> None:
    tools = [use(number, at=at) for number, at in enumerate(sorted(places))]
    parts = parts_of(text, tools)
    shown = [part for group in parts if isinstance(group, tuple) for part in group]
    assert shown == tools
    said = [part.segment for part in parts if isinstance(part, Stretch)]
    bare = [part.segment for part in parts_of(text, []) if isinstance(part, Stretch)]
    assert "".join(talk(said).split()) == "".join(talk(bare).split())
    drafts = [segment for segment in split_reply(text) if segment.part is Part.DRAFT]
    assert [segment for segment in said if segment.part is Part.DRAFT] == drafts
    kinds = [isinstance(part, tuple) for part in parts]
    assert not any(one and other for one, other in pairwise(kinds))
    keys = [part.key for part in parts if isinstance(part, Stretch)]
    assert len(set(keys)) == len(keys)


@given(PIECES, st.integers(0, 60))
def test_a_tool_stands_after_what_was_said_before_it(text: str, at: int) -> None:
    at = min(at, len(text))
    before = split_reply(text[:at])
    if before and before[-1].part is Part.DRAFT and not before[-1].is_closed:
        return
    if DraftSplit().feed(text[:at]).held:
        return
    parts = parts_of(text, [use(1, at=at)])
    place = next(index for index, part in enumerate(parts) if isinstance(part, tuple))
    said = [part.segment for part in parts[:place] if isinstance(part, Stretch)]
    assert "".join(talk(said).split()) == "".join(talk(list(before)).split())
    drafts = [segment for segment in said if segment.part is Part.DRAFT]
    assert len(drafts) == sum(segment.part is Part.DRAFT for segment in before)


@pytest.mark.parametrize("end", ["", "\n</draft>", "\n</draft>\nDone."])
def test_what_was_used_inside_a_draft_stands_before_its_card(end: str) -> None:
    text = f"So:\n<draft>\nOne.\n\nTwo.{end}"
    parts = parts_of(text, [use(1, at=len("So:\n<draft>\nOne."))])
    assert [type(part) for part in parts[:3]] == [Stretch, tuple, Stretch]
    card = parts[2]
    assert isinstance(card, Stretch)
    assert card.segment.part is Part.DRAFT
    assert card.segment.text == "One.\n\nTwo."


# How one line tells them


@pytest.mark.parametrize(
    ("tools", "line"),
    [
        ([use(1, subject="/home/ann/notes.md")], "Read notes.md"),
        ([use(1, subject="C:\\notes\\a.md")], "Read a.md"),
        (
            [use(n, subject=f"/n/{n}.md") for n in range(3)] + [use(9, "WebSearch", "the cost")],
            "Read 0.md and 2 more · searched “the cost”",
        ),
        ([use(1, "Glob", "**/*.md in /home/ann")], "Listed “**/*.md”"),
        ([use(1, "Grep", "cost in the end in /home/ann")], "Looked for “cost in the end”"),
        ([use(1, "Grep", "cost in the end")], "Looked for “cost in the end”"),
        ([use(1, "WebFetch", "https://a.example/b?c", state=RUNNING)], "Fetching a.example…"),
        ([use(1, "WebFetch", "https://[", state=FAILED)], "Failed: fetching https://["),
        (
            [use(1), use(2, "WebSearch", "x", state=REFUSED), use(3, subject="/b", state=RUNNING)],
            "Reading b… · was refused: searching “x” · read a",
        ),
        ([use(1, "Other", "")], "Used Other"),
        ([use(1, "WebSearch", "x" * 99)], f"Searched “{'x' * 31}…”"),
    ],
)
def test_some_uses_are_one_line(tools: list[ToolUse], line: str) -> None:
    assert folded_line(tools) == line


@pytest.mark.parametrize("outcome", [Outcome.STOPPED, Outcome.FAILED])
def test_what_a_stop_cut_off_has_not_failed(outcome: Outcome) -> None:
    reply = Reply().apply(ToolStarted("t1", "WebSearch", "tea")).apply(TurnEnded(outcome))
    assert folded_line(reply.tools) == "Not finished: searching “tea”"
    assert folded_line([use(1), *reply.tools]) == "Not finished: searching “tea” · read a"
    turn = Turn(TurnId("t"), TurnKind.ASK, "why", datetime(2026, 3, 4, tzinfo=UTC))
    told = ToolEnded("t1", ToolState.UNFINISHED, "The turn was stopped.")
    stopped = Reply().apply(ToolStarted("t1", "WebSearch", "tea")).apply(told)
    assert folded_line(stopped.tools) == "Not finished: searching “tea”"
    (detail,) = uses_item(NumberedTurn(1, turn, BranchId("main")), reply.tools).details
    assert detail.line == "Not finished: searching the web for “tea”"


# In the pane


class ChatApp(App[None]):
    def compose(self) -> ComposeResult:
        yield ChatPane()

    @property
    def pane(self) -> ChatPane:
        return self.query_one(ChatPane)


@pytest.fixture
def app() -> ChatApp:
    return ChatApp()


TWO = (Detail("Read /home/ann/a.md", "alpha\nbeta"), Detail("Searched the web for “x”", "found"))


def tool_item(turn: int, details: tuple[Detail, ...] = TWO, line: str = "Read a.md") -> ChatItem:
    return ChatItem(f"tool{turn}", turn, Role.TOOL, "", line, details=details)


def turn_with_tools(turn: int, details: tuple[Detail, ...] = TWO) -> list[ChatItem]:
    return [
        ChatItem(f"you{turn}", turn, Role.YOU, "You", f"prompt {turn}"),
        tool_item(turn, details),
        ChatItem(f"claude{turn}", turn, Role.CLAUDE, "Claude", "word " * 40),
    ]


def conversation(turns: int) -> list[ChatItem]:
    return [item for turn in range(1, turns + 1) for item in turn_with_tools(turn)]


def rows(pane: ChatPane) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


def whole(pane: ChatPane) -> list[str]:
    return whole_column(pane._column)


def whole_column(column: Column) -> list[str]:
    lines = [column.line(column.find(row)) for row in range(column.height)]
    assert None not in lines
    return [line.strip.text.rstrip() for line in lines if line is not None]


async def settled(pilot: Pilot[None], pane: ChatPane) -> None:
    for _ in range(2000):
        await pilot.pause(0.01)
        if pane._column.is_measured:
            return
    pytest.fail("never measured")


async def test_space_unfolds_the_selected_turn_and_folds_it_again(app: ChatApp) -> None:
    async with app.run_test(size=(60, 30)) as pilot:
        pane = app.pane
        pane.focus()
        pane.show(conversation(2))
        pane.selected_turn = 1
        folded = rows(pane)
        assert folded[3] == "▎ ▸ Read a.md"
        await pilot.press("space")
        assert rows(pane)[3:10] == [
            "▎ ▾ Read /home/ann/a.md",
            "▎     alpha",
            "▎     beta",
            "▎   Searched the web for “x”",
            "▎     found",
            "▎",
            "▎ Claude",
        ]
        assert sum("▸" in row for row in rows(pane)) == 1
        await pilot.press("space")
        assert rows(pane) == folded


async def test_without_a_cursor_space_unfolds_the_last_turn_that_used_something(
    app: ChatApp,
) -> None:
    async with app.run_test(size=(60, 40)) as pilot:
        app.pane.focus()
        plain = ChatItem("you9", 9, Role.YOU, "You", "no tools")
        app.pane.show([*conversation(2), plain])
        await pilot.press("space")
        assert app.pane.unfolded == {2}


async def test_space_scrolls_a_page_where_there_is_nothing_to_unfold(app: ChatApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        app.pane.focus()
        items = [ChatItem(f"c{n}", n, Role.CLAUDE, "Claude", "word " * 99) for n in range(1, 9)]
        app.pane.show(items, follow=False)
        await pilot.press("space")
        assert app.pane.scroll_y == 10


async def test_all_can_be_folded_and_unfolded(app: ChatApp) -> None:
    async with app.run_test(size=(60, 60)) as pilot:
        app.pane.focus()
        app.pane.show(conversation(3))
        folded = rows(app.pane)
        await pilot.press("Z")
        assert sum("▾ Read /home/ann/a.md" in row for row in rows(app.pane)) == 3
        await pilot.press("z")
        assert rows(app.pane) == folded


@pytest.mark.parametrize(("column", "row"), [(2, 3), (6, 3), (40, 3)])
async def test_a_click_on_the_line_unfolds_it(app: ChatApp, column: int, row: int) -> None:
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show(conversation(2))
        await pilot.click(ChatPane, offset=(column, row))
        assert app.pane.unfolded == {1}
        assert app.pane.selected_turn == 1
        assert rows(app.pane)[3].endswith("▾ Read /home/ann/a.md")
        await pilot.click(ChatPane, offset=(6, 4))
        assert app.pane.unfolded == {1}, "a click on what came back folds nothing"
        await pilot.click(ChatPane, offset=(6, 6))
        assert app.pane.unfolded == set()


async def test_selecting_over_the_line_with_the_mouse_copies_it_and_folds_nothing(
    app: ChatApp,
) -> None:
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show(turn_with_tools(1))
        await pilot.pause()
        mouse(app, events.MouseDown, 4)
        mouse(app, events.MouseMove, 7)
        mouse(app, events.MouseUp, 7)
        await until(pilot, lambda: app.screen.get_selected_text() == "Read")
        for kind in (events.MouseDown, events.MouseUp):
            mouse(app, kind, 30)
        await until(pilot, lambda: app.pane.unfolded == {1})
        assert app.screen.get_selected_text() is None


def mouse(app: ChatApp, kind: type[events.MouseEvent], column: int) -> None:
    """Use the mouse on the fourth row as the terminal reports it, clicks included."""
    app.post_message(kind(None, column, 3, 0, 0, 1, False, False, False, column, 3))


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    pytest.fail("never became true")


async def test_unfolded_tools_are_copied_as_clean_text(app: ChatApp) -> None:
    async with app.run_test(size=(60, 30)) as pilot:
        app.pane.show(turn_with_tools(1))
        got = app.pane.get_selection(SELECT_ALL)
        assert got is not None
        assert "prompt 1\n\nRead a.md\n\nClaude" in got[0]
        app.pane.focus()
        await pilot.press("space")
        got = app.pane.get_selection(SELECT_ALL)
        assert got is not None
        lines = "Read /home/ann/a.md\nalpha\nbeta\nSearched the web for “x”\nfound"
        assert f"prompt 1\n\n{lines}\n\nClaude" in got[0]


async def test_unfolding_above_the_view_moves_nothing_in_it(app: ChatApp) -> None:
    async with app.run_test(size=(60, 14)) as pilot:
        pane = app.pane
        pane.focus()
        pane.show(conversation(30))
        await settled(pilot, pane)
        pane.scroll_to_turn(20)
        await pilot.press("down")
        seen, top = rows(pane), pane.scroll_y
        pane.toggle(4)
        assert rows(pane) == seen
        assert pane.scroll_y == top + 4
        await settled(pilot, pane)
        assert rows(pane) == seen
        pane.toggle(4)
        assert rows(pane) == seen
        assert pane.scroll_y == top


async def test_the_end_is_followed_when_all_above_it_is_unfolded(app: ChatApp) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        pane = app.pane
        pane.focus()
        end = ChatItem("end", 31, Role.CLAUDE, "Claude", "word " * 300)
        pane.show([*conversation(30), end])
        seen = rows(pane)
        await pilot.press("Z")
        assert pane.is_following
        assert rows(pane) == seen
        pane.update_from(32, [ChatItem("more", 32, Role.NOTE, "", "the very end")])
        await settled(pilot, pane)
        assert rows(pane)[-1] == "  · the very end"
        await pilot.press("z")
        assert rows(pane)[-1] == "  · the very end"
        assert pane.is_following


async def test_what_is_unfolded_at_the_end_is_seen_from_its_start(app: ChatApp) -> None:
    async with app.run_test(size=(60, 14)) as pilot:
        pane = app.pane
        pane.focus()
        long = (Detail("Read /home/ann/a.md", "line\n" * 19),)
        pane.show([*conversation(5), *turn_with_tools(6, long)])
        seen = rows(pane)
        await pilot.press("space")
        assert rows(pane)[0].startswith("  ▾ Read /home/ann/a.md")
        assert not pane.is_following
        await pilot.press("space")
        assert rows(pane) == seen
        assert pane.is_following


async def test_folding_while_reading_what_came_back_shows_the_line_again(app: ChatApp) -> None:
    async with app.run_test(size=(60, 12)) as pilot:
        pane = app.pane
        pane.focus()
        many = tuple(Detail(f"Read /{n}", "line\n" * 9) for n in range(9))
        items = [*conversation(5), *turn_with_tools(6, many), *conversation(9)[18:]]
        pane.show(items)
        pane.selected_turn = 6
        pane.scroll_to_turn(6)
        await pilot.press("space", *["pagedown"] * 4)
        assert any("line" in row for row in rows(pane))
        await pilot.press("space")
        assert rows(pane)[0] == "▎ ▸ Read a.md"


async def test_a_turn_stays_unfolded_while_it_grows_and_heights_are_true(app: ChatApp) -> None:
    async with app.run_test(size=(60, 40)) as pilot:
        pane = app.pane
        pane.focus()
        pane.show(turn_with_tools(1, TWO[:1]))
        await pilot.press("space")
        details = tuple(Detail(f"Read /{n}.md", f"text {n}\n" * n) for n in range(7))
        for count in range(1, 8):
            pane.update_from(1, turn_with_tools(1, details[:count]))
            pane._flush()
        await settled(pilot, pane)
        assert sum("Read /" in row for row in whole(pane)) == 7
        grown = whole(pane)
        assert len(grown) == pane.virtual_size.height
        await pilot.resize_terminal(30, 20)
        await pilot.resize_terminal(60, 40)
        await settled(pilot, pane)
        assert whole(pane) == grown
        pane.show(turn_with_tools(1, details), follow=False)
        assert pane.unfolded == set()
        await pilot.press("space")
        await settled(pilot, pane)
        assert whole(pane) == grown


@pytest.mark.parametrize(
    ("lines", "shown", "more"),
    [
        (1, 1, ""),
        (20, 20, ""),
        (21, 21, ""),
        (22, 20, "… 2 more lines"),
        (133, 20, "… 113 more lines"),
        (90_000, 20, "… 89980 more lines"),
    ],
)
async def test_a_long_result_is_cut(app: ChatApp, lines: int, shown: int, more: str) -> None:
    text = "".join(f"{n} of {lines} lines\n" for n in range(lines))
    async with app.run_test(size=(60, 60)) as pilot:
        app.pane.focus()
        app.pane.show([tool_item(1, (Detail("Read a.md", text),))])
        await pilot.press("space")
        found = [row.strip() for row in whole(app.pane)]
    assert sum(" of " in row for row in found) == shown
    assert found[-1] == (more or f"{lines - 1} of {lines} lines")


async def test_one_endless_line_is_cut_too(app: ChatApp) -> None:
    async with app.run_test(size=(60, 60)) as pilot:
        app.pane.focus()
        app.pane.show([tool_item(1, (Detail("x" * 9000, "y" * 1_000_000),))])
        await pilot.press("space")
        found = whole(app.pane)
    assert sum("y" in row for row in found) == 20
    assert found[-1].strip() == "… more of this line"
    assert sum(row.count("x") for row in found) == 2000


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
async def test_hostile_tools_show_and_do_nothing(app: ChatApp, width: int) -> None:
    tools = [use(1, EVIL, EVIL), use(2, "Read", f"/{EVIL}"), use(3, "WebSearch", EVIL)]
    details = (*(Detail(f"Read {EVIL}", f"{EVIL}\n{EVIL}\t|"),), Detail("[bold", "[/]\r\nx"))
    async with app.run_test(size=(width, 50)) as pilot:
        pane = app.pane
        pane.focus()
        pane.show([tool_item(1, details, folded_line(tools))])
        text = ""
        for key in ("z", "space"):
            await pilot.press(key)
            text = "\n".join(rows(pane))
            assert "␛" in text
            assert not any(ord(char) < 32 and char != "\n" for char in text)
            assert not set(text) & set("\x9b\u202e\u2028\ufeff\U000e0041\ud800")
            assert all(pane.render_line(y).cell_length == pane.size.width for y in range(50))
        assert "[bold" in text
        assert app.is_running


# At the desk


def said(text: str) -> MessageCommitted:
    return MessageCommitted(MessageId(f"m{len(text)}"), text)


LOOKING: list[AgentEvent] = [
    RequestStarted(),
    TextStreamed("Let me"),
    said("Let me look."),
    ToolStarted("t1", "Read", "/home/ann/notes.md"),
    ToolEnded("t1", DONE, "# Notes"),
    ToolStarted("t2", "WebSearch", "kubernetes cost"),
]
FINDING: list[AgentEvent] = [
    ToolEnded("t2", REFUSED, "You did not allow it."),
    said("Good to know.\n"),
    ToolStarted("t3", "Read", "/home/ann/more.md"),
    ToolEnded("t3", FAILED, "There is no such file."),
    TextStreamed("<draft>\n# Ti"),
    said("<draft>\n# Title\n\nSome text.\n</draft>\nDone."),
    TurnEnded(Outcome.FINISHED),
]


class PausingSession(ScriptedSession):
    """Waits between the two halves of what happens."""

    async def turn(self, turn_id: TurnId, prompt: str) -> AsyncIterator[AgentEvent]:
        del turn_id, prompt
        for event in LOOKING:
            yield event
        await self._held()
        for event in FINDING:
            yield event


class PausingAgent(ScriptedAgent):
    """Gives sessions that pause."""

    async def connect(self, spec: object) -> ScriptedSession:
        session = await super().connect(spec)  # type: ignore[arg-type]
        return PausingSession(self, session._session)


def chat_rows(user: User) -> list[str]:
    chat = user.chat
    return [chat.render_line(row).text.rstrip() for row in range(chat.size.height)]


async def test_tools_are_shown_where_they_were_used_live_and_reopened() -> None:
    agent = PausingAgent()
    async with at_the_desk(agent=agent, size=(140, 44)) as user:
        await user.begins("Other")
        await user.begins("On waiting", "why")
        await user.sees("▸ Searching “kubernetes cost”… · read notes.md", "Let me look.")
        agent.release.set()
        await user.sees("first draft ★ · v1", "Done.", "turn 1 · cost unknown")
        live = chat_rows(user)
        text = "\n".join(live)
        order = [
            "Let me look.",
            "▸ Was refused: searching “kubernetes cost” · read notes.md",
            "Good to know.",
            "▸ Failed: reading more.md",
            "v1 · 3 words",
            "Done.",
        ]
        places = [text.index(words) for words in order]
        assert places == sorted(places)
        await user.commands("space")
        await user.sees("▾ Read /home/ann/notes.md", "# Notes", "You did not allow it.")
        unfolded = chat_rows(user)
        await user.presses("shift+tab", "j")
        await user.sees("─ Other ─")
        await user.presses("k")
        await user.sees("─ On waiting ─", "Done.")
        await user.presses("tab")
        assert chat_rows(user) == live
        await user.presses("space")
        await user.sees("▾ Read /home/ann/notes.md")
        assert chat_rows(user) == unfolded


async def test_tools_and_the_texts_around_them_are_saved_with_the_turn() -> None:
    script = Script(events=[*LOOKING, *FINDING])
    async with at_the_desk(script, size=(140, 44)) as user:
        await user.begins("On waiting", "why")
        await user.sees("v1 · 3 words")
        (content,) = user.store.contents.values()
        (turn,) = content.branch(content.main).turns
        assert [one.state for one in turn.tools] == [DONE, REFUSED, FAILED]
        assert turn.reply.startswith("Let me look.\n\nGood to know.\n<draft>\n")


async def test_what_changes_before_it_is_measured_shows_what_it_says_last(app: ChatApp) -> None:
    before, after = turn_with_tools(1), turn_with_tools(1, (*TWO, Detail("Read /b.md", "gamma")))
    after[1] = replace(after[1], is_unfolded=True)
    async with app.run_test(size=(60, 20)):
        column, fresh = Column(app.pane._column.look), Column(app.pane._column.look)
        column.replace_from(1, before)
        column.replace_from(1, after)
        fresh.replace_from(1, after)
        shown, expected = whole_column(column), whole_column(fresh)
        assert any("Read /b.md" in line for line in expected)
        assert shown == expected


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_folded_meanwhile_the_rows_are_those_of_a_fresh_pane(
    app: ChatApp, seed: int
) -> None:
    rng = random.Random(seed)
    turns: list[list[ChatItem]] = []
    async with app.run_test(size=(60, 20)) as pilot:
        pane = app.pane
        pane.focus()
        for _ in range(60):
            match rng.randint(0, 5):
                case 0 | 1:
                    number = len(turns) + 1 if rng.random() < 0.5 else max(1, len(turns))
                    count = rng.randint(1, 5)
                    details = tuple(
                        Detail(f"Read /{n}", "line\n" * rng.randint(0, 30)) for n in range(count)
                    )
                    turns[number - 1 :] = [turn_with_tools(number, details)]
                    pane.update_from(number, turns[-1])
                case 2 | 3:
                    await pilot.press(rng.choice(["space", "z", "Z", "j", "k", "pageup", "G"]))
                case 4:
                    await pilot.resize_terminal(rng.randint(30, 130), rng.randint(5, 50))
                case _:
                    pane.scroll_to(y=rng.randint(0, pane.max_scroll_y + 1), animate=False)
            assert 0 <= pane.scroll_y <= pane.max_scroll_y
            assert pane.is_following <= (pane.scroll_y == pane.max_scroll_y)
        pane._flush()
        await settled(pilot, pane)
        seen, unfolded = whole(pane), set(pane.unfolded)
        pane.show([item for items in turns for item in items], follow=False)
        for turn in unfolded & set(pane._column.turns):
            pane.toggle(turn)
        await settled(pilot, pane)
        assert whole(pane) == seen

"""The chat pane as its reader meets it: following, scrolling, turns, links, copying."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.color import Color
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from tui.widgets.chat import ChatItem, ChatPane, Role
from tui.widgets.chat import view as chat_view
from tui.widgets.chat.view import ItemView
from tui.widgets.contrast import contrast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.message import Message
    from textual.pilot import Pilot

    from tui.widgets.chat.blocks import Body
    from tui.widgets.chat.folded import FoldBody

PROSE = "Some **prose** that is long enough to be wrapped at any width that is of use. " * 3


class ChatApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield ChatPane()

    @property
    def pane(self) -> ChatPane:
        return self.query_one(ChatPane)

    def on_chat_pane_turn_selected(self, message: ChatPane.TurnSelected) -> None:
        self.heard.append(message)

    def on_chat_pane_link_clicked(self, message: ChatPane.LinkClicked) -> None:
        self.heard.append(message)


def turn_items(turn: int, answer: str = PROSE, *, is_open: bool = False) -> list[ChatItem]:
    return [
        ChatItem(f"you{turn}", turn, Role.YOU, "You · revise", f"prompt {turn}"),
        ChatItem(f"claude{turn}", turn, Role.CLAUDE, "Claude", answer, is_open),
    ]


def conversation(turns: int, answer: str = PROSE) -> list[ChatItem]:
    return [item for turn in range(1, turns + 1) for item in turn_items(turn, answer)]


def rows(pane: ChatPane) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


async def settled(pilot: Pilot[None], pane: ChatPane) -> None:
    """Wait until every height is known."""
    for _ in range(2000):
        await pilot.pause(0.01)
        if pane._column.is_measured:
            return
    pytest.fail("never measured")


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    pytest.fail("never became true")


@pytest.fixture
def app() -> ChatApp:
    return ChatApp()


@pytest.fixture(params=[1, 5, 60])
def turns(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def last_text(pane: ChatPane) -> str:
    return next((row for row in reversed(rows(pane)) if row.strip()), "")


async def test_a_shown_conversation_is_at_its_end(app: ChatApp, turns: int) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show([*conversation(turns), ChatItem("n", turns, Role.NOTE, "", "the very end")])
        assert last_text(app.pane) == "  · the very end"
        await settled(pilot, app.pane)
        assert last_text(app.pane) == "  · the very end"
        assert app.pane.is_following


async def test_a_conversation_can_be_shown_from_its_start(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(conversation(50), follow=False)
        await settled(pilot, app.pane)
        assert rows(app.pane)[0] == "  You · revise"
        assert rows(app.pane)[1] == "  │ prompt 1"
        assert not app.pane.is_following


async def test_short_content_starts_at_the_top(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)):
        app.pane.show(turn_items(1, "Hello."))
        assert rows(app.pane)[:5] == [
            "  You · revise",
            "  │ prompt 1",
            "",
            "  Claude",
            "    Hello.",
        ]
        assert not any(rows(app.pane)[5:])
        assert app.pane.is_following


async def test_nothing_to_show_is_an_empty_pane(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.focus()
        app.pane.show([])
        await pilot.press("j", "k", "g", "G", "space")
        assert not any(rows(app.pane))


async def test_the_end_is_followed_while_text_is_added(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(conversation(10))
        body = ""
        for n in range(60):
            body += f"line{n}\n\n"
            app.pane.update_from(11, turn_items(11, body, is_open=True))
        app.pane.update_from(11, turn_items(11, body + "done"))
        await until(pilot, lambda: last_text(app.pane) == "    done")
        assert app.pane.scroll_y == app.pane.max_scroll_y


def follows(pane: ChatPane) -> bool:
    return pane.is_following


async def test_a_reader_who_scrolled_up_is_left_alone_until_the_end_again(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.focus()
        app.pane.show(conversation(30))
        await settled(pilot, app.pane)
        await pilot.press("pageup")
        seen = rows(app.pane)
        assert not follows(app.pane)
        for n in range(5):
            app.pane.update_from(31, turn_items(31, PROSE * (n + 1), is_open=True))
            await pilot.pause(0.06)
        assert rows(app.pane)[:-1] == seen[:-1]
        await pilot.press("G")
        assert follows(app.pane)
        app.pane.update_from(31, turn_items(31, "short"))
        await until(pilot, lambda: last_text(app.pane) == "    short")


async def test_scrolling_by_hand_to_the_end_follows_again(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.focus()
        app.pane.show(conversation(30))
        await pilot.press("pageup", "pageup")
        assert not follows(app.pane)
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert follows(app.pane)


async def test_many_updates_make_few_redraws_and_the_last_one_is_shown(
    app: ChatApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(conversation(2))
        applied: list[int] = []
        column = app.pane._column
        replace = column.replace_from

        def counted(turn: int, items: Sequence[ChatItem]) -> None:
            applied.append(turn)
            replace(turn, items)

        monkeypatch.setattr(column, "replace_from", counted)
        for n in range(200):
            app.pane.update_from(3, turn_items(3, "x" * n, is_open=True))
        app.pane.update_from(3, turn_items(3, "the last"))
        await until(pilot, lambda: last_text(app.pane) == "    the last")
        assert len(applied) < 10


async def test_updates_of_different_turns_are_all_shown(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.update_from(1, turn_items(1, "one"))
        app.pane.update_from(2, turn_items(2, "two"))
        app.pane.update_from(3, turn_items(3, "three"))
        app.pane.update_from(2, turn_items(2, "new two"))
        await until(pilot, lambda: last_text(app.pane) == "    new two")
        assert [row for row in rows(app.pane) if "prompt" in row] == [
            "  │ prompt 1",
            "  │ prompt 2",
        ]


async def test_scrolling_up_from_the_end_moves_exactly_although_heights_were_guessed(
    app: ChatApp,
) -> None:
    rng = random.Random(5)
    answers = ["- a\n" * rng.randint(1, 90) + "\n\n" + PROSE * rng.randint(1, 9) for _ in range(40)]
    items = [item for turn, answer in enumerate(answers, 1) for item in turn_items(turn, answer)]
    async with app.run_test(size=(80, 24)):
        app.pane.show(items)
        for _ in range(40):
            before = rows(app.pane)
            app.pane.scroll_to(y=app.pane.scroll_y - 7, animate=False)
            assert rows(app.pane)[7:] == before[:-7]


async def test_talk_that_becomes_the_draft_looks_like_it_and_is_not_divided_anew(
    app: ChatApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    divided: list[Role] = []
    divide = chat_view._body_of

    def counted(item: ChatItem) -> Body | FoldBody:
        divided.append(item.role)
        return divide(item)

    monkeypatch.setattr(chat_view, "_body_of", counted)
    words = "\n".join(f"word{n} *goes* on" for n in range(200))
    talk = ChatItem("a", 1, Role.CLAUDE, "Claude", f"# A\n\n{PROSE}\n\n{words}", is_open=True)
    draft = replace(talk, role=Role.DRAFT, heading="v1", is_open=False)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show([talk])
        await settled(pilot, app.pane)
        app.pane.update_from(1, [draft])
        assert divided == [Role.CLAUDE]
        changed = both_ends(app.pane)
        app.pane.show([draft])
        assert both_ends(app.pane) == changed


def both_ends(pane: ChatPane) -> list[str]:
    """Return what is seen at the end, then at the start."""
    pane.action_go_end()
    end = rows(pane)
    pane.action_go_start()
    return [*end, *rows(pane)]


async def test_what_is_on_screen_stays_while_the_rest_is_measured(app: ChatApp) -> None:
    answer = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 50
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(conversation(60, answer))
        app.pane.scroll_to(y=app.pane.max_scroll_y // 2, animate=False)
        seen = rows(app.pane)
        await settled(pilot, app.pane)
        assert rows(app.pane) == seen


async def test_of_a_long_conversation_only_what_is_near_the_view_is_measured(
    app: ChatApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    draw = ItemView._draw

    def counted(view: ItemView, index: int) -> None:
        drawn.append(view.item.turn)
        draw(view, index)

    monkeypatch.setattr(ItemView, "_draw", counted)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(conversation(400))
        await settled(pilot, app.pane)
        assert 50 < len(set(drawn)) < 200
        assert min(drawn) > 200
        app.pane.scroll_to(y=app.pane.max_scroll_y // 3, animate=False)
        await settled(pilot, app.pane)
        assert 10 < min(drawn) < 60
        app.pane.action_go_start()
        seen = rows(app.pane)
        app.pane.show(conversation(400), follow=False)
        assert rows(app.pane) == seen


async def test_a_resize_keeps_the_text_at_the_top(app: ChatApp) -> None:
    words = " ".join(f"word{n:04}" for n in range(3000))
    async with app.run_test(size=(90, 24)) as pilot:
        app.pane.show(turn_items(1, words), follow=False)
        await settled(pilot, app.pane)
        app.pane.scroll_to(y=100, animate=False)
        top = rows(app.pane)[0].split()[0]
        for size in ((50, 30), (120, 20), (90, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert top in " ".join(rows(app.pane)[:2])


async def test_a_resize_keeps_the_end_at_the_end(app: ChatApp) -> None:
    async with app.run_test(size=(90, 24)) as pilot:
        app.pane.show([*conversation(40), ChatItem("n", 40, Role.NOTE, "", "the very end")])
        for size in ((50, 30), (120, 12), (90, 50)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert last_text(app.pane).strip() == "· the very end"
            assert app.pane.is_following


async def test_j_and_k_move_the_turn_cursor_and_show_its_turn(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.focus()
        app.pane.show(conversation(30), follow=False)
        app.pane.selected_turn = 1
        for turn in range(2, 12):
            await pilot.press("j")
            assert app.pane.selected_turn == turn
            assert any(f"prompt {turn}" in row and row.startswith("▎") for row in rows(app.pane))
        for turn in range(10, 0, -1):
            await pilot.press("k")
            assert app.pane.selected_turn == turn
            assert any(f"prompt {turn}" in row for row in rows(app.pane))
        turns = [
            message.turn for message in app.heard if isinstance(message, ChatPane.TurnSelected)
        ]
        assert turns == [*range(2, 12), *range(10, 0, -1)]


async def test_a_turn_taller_than_the_view_is_shown_from_its_start_and_read_with_the_arrows(
    app: ChatApp,
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.focus()
        tall = turn_items(2, "para\n\n" * 30)
        app.pane.show([*turn_items(1, "short"), *tall, *turn_items(3, "end")], follow=False)
        app.pane.selected_turn = 1
        await pilot.press("j")
        assert app.pane.selected_turn == 2
        start = app.pane.scroll_y
        assert "prompt 2" in "".join(rows(app.pane)[:3])
        await pilot.press("down", "down", "up")
        assert app.pane.selected_turn == 2
        assert app.pane.scroll_y == start + 3
        await pilot.press("k")
        assert (app.pane.selected_turn, app.pane.scroll_y) == (2, start)
        await pilot.press("k")
        assert app.pane.selected_turn == 1


async def test_a_turn_can_be_scrolled_to(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)):
        app.pane.show(conversation(60))
        app.pane.scroll_to_turn(20)
        assert rows(app.pane)[:2] == ["▎ You · revise", "▎ │ prompt 20"]
        assert app.pane.selected_turn == 20
        assert not app.pane.is_following
        app.pane.scroll_to_turn(99)
        assert rows(app.pane)[1] == "▎ │ prompt 20"


async def test_the_turn_cursor_never_leaves_the_view(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.focus()
        app.pane.show(conversation(60))
        app.pane.scroll_to_turn(20)
        for key in ("pagedown", "pageup", "pageup", "up", "pagedown", "home"):
            await pilot.press(key)
            turn = app.pane.selected_turn
            assert any(row.startswith("▎") for row in rows(app.pane)), (key, turn)
        await pilot.press("end")
        assert app.pane.selected_turn == 0, "the last turn is meant"
        await pilot.press("k")
        assert app.pane.selected_turn >= 58
        app.pane.scroll_to_turn(20)
        app.pane.follow()
        assert app.pane.selected_turn == 0


async def test_a_click_selects_the_turn(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(turn_items(1, "one") + turn_items(2, "two"))
        await pilot.click(ChatPane, offset=(10, 8))
        assert app.pane.selected_turn == 2


async def test_a_clicked_link_is_reported_and_nothing_is_opened(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(turn_items(1, "go [there](vscode://evil)"))
        await pilot.pause()
        await pilot.click(ChatPane, offset=(8, 4))
        (message,) = app.heard
        assert isinstance(message, ChatPane.LinkClicked)
        assert message.url == "vscode://evil"
        assert "\x1b]8" not in "".join(app.pane.render_line(4).text)


async def test_everything_selected_is_clean_text(app: ChatApp) -> None:
    body = "A [link](x:y) in\nprose " + "word " * 40 + "\n\n- one\n- two\n\n```\na = 1\n  b\n```"
    items = [
        ChatItem("y", 1, Role.YOU, "You", "do\nit"),
        ChatItem("d", 1, Role.DRAFT, "v1 · 3 words", body),
    ]
    async with app.run_test(size=(60, 24)) as pilot:
        app.pane.show(items)
        await pilot.pause()
        got = app.pane.get_selection(SELECT_ALL)
    assert got is not None
    prose = "A link in prose " + "word " * 39 + "word"
    assert got[0] == f"You\ndo\nit\n\nv1 · 3 words\n{prose}\n\n• one\n• two\n\na = 1\n  b"


async def test_a_part_can_be_selected_with_the_mouse(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(turn_items(1, "alpha beta gamma\n\ndelta"))
        await pilot.pause()
        await pilot.mouse_down(ChatPane, offset=(10, 4))
        await pilot.hover(ChatPane, offset=(8, 6))
        await pilot.mouse_up(ChatPane, offset=(8, 6))
        assert app.screen.get_selected_text() == "beta gamma\n\ndelta"


async def test_selection_is_marked_on_the_text_alone(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(turn_items(1, "alpha beta"))
        await pilot.pause()
        app.screen.selections = {app.pane: Selection(Offset(0, 0), None)}
        await pilot.pause()
        color = app.screen.get_component_rich_style("screen--selection").bgcolor
        marked = [s.text for s in app.pane.render_line(4) if s.style and s.style.bgcolor == color]
        assert "".join(marked) == "alpha beta"


async def test_colours_follow_the_theme(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(turn_items(1, "# Head\n\ntext"))
        dark = list(app.pane.render_line(4))
        height = app.pane.virtual_size.height
        app.theme = "textual-light"
        await pilot.pause()
        light = list(app.pane.render_line(4))
        assert [s.text for s in dark] == [s.text for s in light]
        assert dark != light
        assert app.pane.virtual_size.height == height
        fresh = ChatPane()
        await app.mount(fresh)
        await pilot.pause()
        fresh.show(turn_items(1, "# Head\n\ntext"))
        assert [s.style for s in fresh.render_line(4)] == [s.style for s in light]


async def test_the_wheel_scrolls_and_stops_following(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(conversation(20))
        await settled(pilot, app.pane)
        end = app.pane.scroll_y
        await pilot._post_mouse_events([events.MouseScrollUp], ChatPane)
        await until(pilot, lambda: app.pane.scroll_y < end)
        assert not follows(app.pane)
        await pilot._post_mouse_events([events.MouseScrollDown], ChatPane)
        await until(pilot, lambda: follows(app.pane))


async def test_the_cursor_is_subtle_without_the_focus(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(turn_items(1, "x") + turn_items(2, "y"))
        app.pane.selected_turn = 1
        await pilot.pause()
        app.pane.blur()
        await pilot.pause()
        blurred = next(s.style for s in app.pane.render_line(0) if s.text == "▎")
        app.pane.focus()
        await pilot.pause()
        focused = next(s.style for s in app.pane.render_line(0) if s.text == "▎")
        assert blurred is not None
        assert focused is not None
        assert blurred.color != focused.color
        assert [row.startswith("▎") for row in rows(app.pane)[:7]] == [True] * 5 + [False] * 2


async def test_a_pane_can_be_filled_before_it_is_shown() -> None:
    class Early(App[None]):
        def compose(self) -> ComposeResult:
            pane = ChatPane()
            pane.show(conversation(3))
            pane.update_from(3, turn_items(3, "the answer"))
            pane.scroll_to_turn(2)
            pane.update_from(4, turn_items(4, "the very end"))
            yield pane

    early = Early()
    async with early.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        assert "    the very end" in rows(early.query_one(ChatPane))


async def test_a_pane_that_was_hidden_shows_what_came_meanwhile(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(conversation(3))
        app.pane.display = False
        await pilot.pause()
        app.pane.update_from(4, turn_items(4, PROSE * 9 + "\n\nthe very end"))
        await pilot.pause(0.1)
        app.pane.display = True
        await until(pilot, lambda: last_text(app.pane) == "    the very end")


WORDS_IN = [
    *("text", "link", "code", "code-block", "bullet", "activity", "table-head"),
    *("you", "claude", "draft", "note", "error", *(f"heading-{n}" for n in range(1, 7))),
    *("tool", "tool-use", "tool-result"),
    *("syntax-keyword", "syntax-name", "syntax-string", "syntax-number", "syntax-comment"),
]


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "catppuccin-latte"])
async def test_text_can_be_read_in_dark_and_light_themes(app: ChatApp, theme: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = theme
        await pilot.pause()
        app.pane.show(turn_items(1, "text"))
        await pilot.pause()
        look = app.pane._column.look
        for palette in (look.pane, look.card):
            for name in WORDS_IN:
                style = palette[name]
                assert style.color is not None
                assert style.bgcolor is not None
                color, behind = map(Color.from_rich_color, (style.color, style.bgcolor))
                assert contrast(color, behind) >= 4.4, name


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
async def test_there_is_never_a_horizontal_scrollbar(app: ChatApp, width: int) -> None:
    table = "|" + "a long column|" * 9 + "\n|" + "--|" * 9 + "\n|" + "value|" * 9 + "\n"
    async with app.run_test(size=(width, 24)) as pilot:
        app.pane.show(turn_items(1, table + "\n```\n" + "x" * 500 + "\n```\n" + "y" * 500))
        await settled(pilot, app.pane)
        assert not app.pane.show_horizontal_scrollbar
        assert app.pane.max_scroll_x == 0
        assert all(app.pane.render_line(y).cell_length == app.pane.size.width for y in range(24))


async def test_wide_panes_limit_the_text_and_centre_it(app: ChatApp) -> None:
    async with app.run_test(size=(200, 24)):
        app.pane.show(turn_items(1, PROSE * 5))
        texts = [row for row in rows(app.pane) if "prose" in row]
        assert max(len(row.strip()) for row in texts) <= 96
        left = min(len(row) - len(row.lstrip()) for row in texts)
        assert 45 <= left <= 60


async def test_an_open_draft_says_so_without_changing_its_height(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        item = ChatItem("d", 1, Role.DRAFT, "v6 · 701 words (−84)", "Text.", True)
        app.pane.show([item])
        assert rows(app.pane)[0].startswith("  ╭ v6 · 701 words (−84) · writing… ──")
        assert rows(app.pane)[2].endswith("─╯")
        assert len({len(row) for row in rows(app.pane)[:3]}) == 1
        app.pane.update_from(1, [ChatItem("d", 1, Role.DRAFT, "v6 · 701 words (−84)", "Text.")])
        await until(pilot, lambda: rows(app.pane)[0].startswith("  ╭ v6 · 701 words (−84) ──"))
        assert rows(app.pane)[2].endswith("─╯")


def test_key_bindings_can_be_remapped_and_are_not_in_the_footer() -> None:
    bindings = [binding for binding in ChatPane.BINDINGS if isinstance(binding, Binding)]
    assert len(bindings) == len(ChatPane.BINDINGS)
    assert all(binding.id and binding.id.startswith("chat.") for binding in bindings)
    assert not any(binding.show for binding in bindings)


async def test_hostile_text_never_leaves_the_pane(app: ChatApp) -> None:
    evil = "\x1b[31m\x07\x9b\u202e\u2028\ufeff\U000e0041\x00 [red]x[/] [@click=app.quit]y[/]"
    items = [ChatItem(role.value, 1, role, evil, evil, True) for role in Role]
    async with app.run_test(size=(80, 40)):
        app.pane.show(items)
        text = "\n".join(rows(app.pane))
    assert not any(ord(char) < 32 and char != "\n" for char in text)
    assert not set(text) & set("\x9b\u202e\u2028\ufeff\U000e0041")
    assert text.count("␛") == 2 * len(Role)


ANSWERS = [
    PROSE * 4,
    "- item\n" * 130,
    "1. one\n\n2. two\n\n" * 30,
    "```python\n" + "def f(x): return x\n\n" * 60 + "```\n",
    "| a | b |\n|---|--:|\n" + "| cell and more | 2 |\n" * 90,
    "> quote\n> more\n>\n" * 40 + "\n[x]: https://x.example\n",
    "See [this][x]. " * 600 + "\n\n[x]: https://x.example\n",
    "",
]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happened_the_rows_are_those_of_a_fresh_pane(
    app: ChatApp, seed: int
) -> None:
    rng = random.Random(seed)
    turns: list[str] = []
    size = (80, 24)
    async with app.run_test(size=size) as pilot:
        pane = app.pane
        pane.focus()
        for _ in range(50):
            match rng.randint(0, 7):
                case 0 | 1:
                    turns.append("")
                    answer = rng.choice(ANSWERS)
                    for end in sorted(rng.randint(0, len(answer)) for _ in range(5)):
                        turns[-1] = answer[:end]
                        pane.update_from(len(turns), turn_items(len(turns), turns[-1]))
                        if rng.random() < 0.5:
                            await pilot.pause(0.02)
                case 2 if turns:
                    del turns[rng.randint(1, len(turns)) :]
                    pane.update_from(len(turns), turn_items(len(turns), turns[-1]))
                case 3:
                    keys = [
                        rng.choice(["j", "k", "pageup", "pagedown", "g", "G"]) for _ in range(4)
                    ]
                    await pilot.press(*keys)
                case 4:
                    pane.scroll_to(y=rng.randint(0, pane.max_scroll_y + 1), animate=False)
                case 5:
                    size = (rng.randint(30, 130), rng.randint(5, 50))
                    await pilot.resize_terminal(*size)
                case 6 if turns:
                    pane.scroll_to_turn(rng.randint(1, len(turns)))
                case _:
                    await pilot.pause(0.05)
            assert 0 <= pane.scroll_y <= pane.max_scroll_y
            assert pane.is_following <= (pane.scroll_y == pane.max_scroll_y)
        pane.update_from(9999, [])
        pane._flush()
        # A slow machine may still have the last size before it.
        await until(pilot, lambda: pane.outer_size == size)
        await settled(pilot, pane)
        items = [item for turn, text in enumerate(turns, 1) for item in turn_items(turn, text)]
        seen = whole(pane)
        pane.show(items, follow=False)
        await settled(pilot, pane)
        assert whole(pane) == seen


def whole(pane: ChatPane) -> list[str]:
    column = pane._column
    texts = []
    for row in range(column.height):
        line = column.line(column.find(row))
        assert line is not None
        texts.append(line.strip.text)
    return texts

"""A new draft is read from its top, and nothing that arrives moves a reader who is elsewhere."""

from __future__ import annotations

import pytest

from tests.ui.test_chat_pane import (
    ChatApp,
    conversation,
    follows,
    last_text,
    rows,
    settled,
    turn_items,
    until,
)
from tui.widgets.chat import ChatItem, ChatPane, ChatView, Role

LINES = "".join(f"line {n}\n\n" for n in range(40))
MORE = "▼ more below · G for the end"
NEW = "▼ new below · G for the end"


@pytest.fixture
def app() -> ChatApp:
    return ChatApp()


def drafted(
    turn: int, text: str, *, is_open: bool = False, remark: str = "", note: str = "at work"
) -> list[ChatItem]:
    """A turn with a draft, as it streams: the draft, what is said after it, the line below."""
    items = [
        ChatItem(f"you{turn}", turn, Role.YOU, "You", f"prompt {turn}"),
        ChatItem(f"draft{turn}", turn, Role.DRAFT, f"v{turn} · 80 words", text, is_open),
    ]
    if remark:
        items.append(ChatItem(f"said{turn}", turn, Role.CLAUDE, "", remark))
    if note:
        items.append(ChatItem(f"note{turn}", turn, Role.NOTE, "", note))
    return items


class Talk:
    """A conversation that grows in a pane, one value at a time."""

    def __init__(self, pane: ChatPane, before: list[ChatItem]) -> None:
        self.pane = pane
        self.pane.end_key = "G"
        self._before = before
        self.shows()

    def shows(self, *items: ChatItem) -> None:
        self.pane.view = ChatView("a", (*self._before, *items))
        self.pane._flush()

    def mark(self) -> str:
        last = rows(self.pane)[-1].strip()
        return last if last.startswith("▼") else ""


def stream(talk: Talk) -> None:
    for end in range(1, 40):
        text = "".join(f"line {n}\n\n" for n in range(end))
        talk.shows(*drafted(4, text, is_open=True))
        assert talk.pane.is_following
        assert any(f"line {end - 1}" in row for row in rows(talk.pane))
        assert not talk.mark()
    talk.shows(*drafted(4, LINES, is_open=True))


async def test_a_finished_draft_is_held_at_its_top_with_a_mark_until_its_end_was_seen(
    app: ChatApp,
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        talk = Talk(app.pane, conversation(3))
        stream(talk)
        talk.shows(*drafted(4, LINES, remark="I moved the number up."))
        assert rows(app.pane)[0].startswith("  ╭ v4 · 80 words ──")
        assert talk.mark() == MORE
        assert not follows(app.pane)
        held = rows(app.pane)
        talk.shows(*drafted(4, LINES, remark="I moved the number up. " * 30, note=""))
        talk.shows(*drafted(4, LINES, remark="Done.", note=""), *turn_items(5, "queued"))
        talk.shows(*drafted(4, LINES, remark="Done.", note=""), *drafted(5, LINES, note=""))
        assert rows(app.pane) == held
        app.pane.focus()
        await pilot.press("pagedown")
        assert talk.mark() == MORE
        await pilot.press("end")
        assert talk.mark() == ""
        assert rows(app.pane)[-1].strip().startswith("╰──")
        assert app.pane.is_following
        await pilot.press("pageup", "pageup", "pageup")
        assert talk.mark() == ""


async def test_the_mark_goes_when_the_reader_has_read_down_to_the_end(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        talk = Talk(app.pane, conversation(3))
        talk.shows(*drafted(4, LINES))
        app.pane.focus()
        read = set()
        for _ in range(100):
            read |= {row for row in rows(app.pane) if "line" in row}
            if not talk.mark():
                break
            await pilot.press("down")
        assert len(read) == 40
        assert app.pane.is_following


async def test_a_click_on_the_mark_goes_to_the_end_and_follows(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        talk = Talk(app.pane, conversation(3))
        talk.shows(*drafted(4, LINES, note="the very end"))
        assert talk.mark() == MORE
        await pilot.click(ChatPane, offset=(40, 23))
        assert last_text(app.pane) == "  · the very end"
        assert app.pane.is_following
        assert app.pane.selected_turn == 0


@pytest.mark.parametrize("is_streamed", [True, False])
async def test_a_draft_that_fits_is_shown_whole_and_followed(
    app: ChatApp, *, is_streamed: bool
) -> None:
    async with app.run_test(size=(80, 24)):
        talk = Talk(app.pane, conversation(3))
        if is_streamed:
            talk.shows(*drafted(4, "one\n\ntwo", is_open=True))
        talk.shows(*drafted(4, "one\n\ntwo"))
        assert [row[2:3] for row in rows(app.pane)[-7:]] == ["╭", "│", "│", "│", "╰", "", "·"]
        assert app.pane.is_following
        assert talk.mark() == ""


async def test_a_reader_who_is_elsewhere_is_told_of_new_text_and_never_moved(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        talk = Talk(app.pane, conversation(30))
        await settled(pilot, app.pane)
        app.pane.focus()
        await pilot.press("pageup", "pageup")
        seen = rows(app.pane)
        assert talk.mark() == ""
        for count in range(1, 30):
            talk.shows(*drafted(31, LINES[: count * 10], is_open=True))
            assert rows(app.pane)[:-1] == seen[:-1]
            assert talk.mark() == NEW
        talk.shows(*drafted(31, LINES), *turn_items(32, "a queued prompt went out"))
        assert rows(app.pane)[:-1] == seen[:-1]
        await pilot.press("G")
        assert talk.mark() == ""
        assert "queued prompt" in last_text(app.pane)


async def test_a_line_that_only_counts_seconds_is_nothing_new(app: ChatApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        before = conversation(30)
        talk = Talk(app.pane, before)
        talk.shows(ChatItem("note", 30, Role.NOTE, "", "1 s"))
        app.pane.focus()
        await pilot.press("pageup")
        for second in range(2, 6):
            talk.shows(ChatItem("note", 30, Role.NOTE, "", f"{second} s"))
            assert talk.mark() == ""
        talk.shows()
        assert talk.mark() == ""


async def test_measuring_and_resizing_neither_make_nor_lose_the_mark(app: ChatApp) -> None:
    table = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 50
    async with app.run_test(size=(90, 24)) as pilot:
        app.pane.end_key = "G"
        app.pane.show(conversation(40, table), follow=False)
        await settled(pilot, app.pane)
        assert "▼" not in "".join(rows(app.pane))
        for size in ((50, 30), (120, 20), (90, 24)):
            await pilot.resize_terminal(*size)
            await settled(pilot, app.pane)
            assert "▼" not in "".join(rows(app.pane))
        app.pane.update_from(41, turn_items(41))
        for size in ((50, 30), (120, 20), (90, 24)):
            await pilot.resize_terminal(*size)
            await settled(pilot, app.pane)
            assert rows(app.pane)[-1].strip() == NEW


async def test_a_draft_held_in_a_small_pane_is_followed_again_when_it_fits(app: ChatApp) -> None:
    async with app.run_test(size=(80, 12)) as pilot:
        talk = Talk(app.pane, conversation(1))
        talk.shows(*drafted(4, "\n\n".join("abcdefgh")))
        assert talk.mark() == MORE
        await pilot.resize_terminal(80, 40)
        await until(pilot, lambda: not talk.mark())
        assert app.pane.is_following


async def test_a_draft_that_ends_while_the_pane_is_hidden_is_shown_from_its_top(
    app: ChatApp,
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        talk = Talk(app.pane, conversation(3))
        app.pane.display = False
        await pilot.pause()
        talk.shows(*drafted(4, LINES))
        app.pane.display = True
        await until(pilot, lambda: "╭ v4" in "".join(rows(app.pane)[:1]))
        assert talk.mark() == MORE


async def test_the_mark_fits_the_narrowest_pane_and_names_the_key_it_was_given(
    app: ChatApp,
) -> None:
    async with app.run_test(size=(20, 10)) as pilot:
        talk = Talk(app.pane, conversation(3))
        talk.shows(*drafted(4, LINES))
        assert app.pane.render_line(9).cell_length == app.pane.size.width
        await pilot.resize_terminal(80, 24)
        app.pane.end_key = "F9"
        await until(pilot, lambda: talk.mark() == "▼ more below · F9 for the end")
        app.pane.end_key = ""
        await pilot.pause()
        assert talk.mark() == "▼ more below"


async def test_a_held_draft_is_followed_again_once_all_of_it_is_in_view(app: ChatApp) -> None:
    async with app.run_test(size=(80, 12)):
        talk = Talk(app.pane, conversation(1))
        talk.shows(*drafted(4, "\n\n".join("abcde")))
        assert talk.mark() == MORE
        talk.shows(*drafted(4, "\n\n".join("abcde"), note=""))
        assert talk.mark() == ""
        assert app.pane.is_following
        talk.shows(*drafted(4, "\n\n".join("abcde"), note=""), *turn_items(5, "the very end"))
        assert last_text(app.pane) == "    the very end"


async def test_words_added_to_the_last_paragraph_stay_new_in_a_wider_pane(app: ChatApp) -> None:
    async with app.run_test(size=(50, 12)) as pilot:
        app.pane.end_key = "G"
        app.pane.show(turn_items(1, "word " * 200), follow=False)
        await settled(pilot, app.pane)
        app.pane.update_from(1, turn_items(1, "word " * 300))
        assert rows(app.pane)[-1].strip() == NEW
        await pilot.resize_terminal(120, 8)
        await settled(pilot, app.pane)
        assert rows(app.pane)[-1].strip() == NEW

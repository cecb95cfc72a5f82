"""Text selected in the chat by clicks: the right stretch, clean, and readable while selected."""

from __future__ import annotations

import textwrap

import pytest
from textual.color import Color
from textual.geometry import Offset
from textual.selection import Selection

from tests.ui.test_chat_pane import ChatApp, rows, turn_items
from tui.themes.palettes import DARK, LIGHT
from tui.widgets.chat import ChatItem, ChatPane, Role
from tui.widgets.contrast import contrast

PARAGRAPH = "It's a well-known fact that café owners write " + "prose " * 20 + "daily."
URL = "https://example.org/" + "path" * 30
BODY = f"# Head\n\n{PARAGRAPH}\nSoft break.\n\n- first item\n- second item\n\n{URL}\n"


@pytest.fixture
def app() -> ChatApp:
    app = ChatApp()
    app.register_theme(DARK)
    app.register_theme(LIGHT)
    return app


def spot(pane: ChatPane, text: str) -> tuple[int, int]:
    """Where a text is on the screen."""
    for y, row in enumerate(rows(pane)):
        if text in row:
            return row.index(text) + 1, y
    pytest.fail(f"{text} is not on the screen")


@pytest.mark.parametrize(
    ("text", "times", "selected"),
    [
        ("It's", 2, "It's"),
        ("well-known", 2, "well-known"),
        ("café", 2, "café"),
        ("daily.", 2, "daily"),
        ("that", 3, PARAGRAPH + " Soft break."),
        ("daily.", 3, PARAGRAPH + " Soft break."),
        ("Head", 3, "Head"),
        ("second", 3, "• second item"),
        ("pathpath", 3, URL),
        ("prompt 2", 3, "prompt 2"),
        ("daily.", 4, None),
    ],
)
async def test_clicks_select(app: ChatApp, text: str, times: int, selected: str | None) -> None:
    async with app.run_test(size=(60, 40)) as pilot:
        app.pane.show(turn_items(1, "before") + turn_items(2, BODY) + turn_items(3, "after"))
        await pilot.pause()
        await pilot.click(ChatPane, offset=spot(app.pane, text), times=times)
        await pilot.pause()
        whole = (
            f"You · revise\nprompt 2\n\nClaude\nHead\n\n{PARAGRAPH} Soft break.\n\n"
            f"• first item\n• second item\n\n{URL}"
        )
        assert app.screen.get_selected_text() == (whole if selected is None else selected)


async def test_a_word_broken_over_rows_is_selected_whole(app: ChatApp) -> None:
    async with app.run_test(size=(60, 40)) as pilot:
        app.pane.show(turn_items(1, "see " + "x" * 100 + " end"))
        await pilot.pause()
        await pilot.click(ChatPane, offset=spot(app.pane, "xxx end"), times=2)
        assert app.screen.get_selected_text() == "x" * 100


async def test_a_draft_card_gives_its_text_without_the_frame(app: ChatApp) -> None:
    async with app.run_test(size=(60, 40)) as pilot:
        app.pane.show([ChatItem("d", 1, Role.DRAFT, "v1 · 3 words", BODY)])
        await pilot.pause()
        await pilot.click(ChatPane, offset=spot(app.pane, "that"), times=3)
        assert app.screen.get_selected_text() == PARAGRAPH + " Soft break."
        await pilot.click(ChatPane, offset=(2, 8), times=2)
        assert app.screen.get_selected_text() is None


async def test_a_paragraph_longer_than_a_piece_is_selected_whole(app: ChatApp) -> None:
    text = " ".join(f"word{n}" for n in range(3000)) + "."
    lines = textwrap.fill(text, 1000)
    async with app.run_test(size=(60, 40)) as pilot:
        app.pane.show(turn_items(1, lines))
        await pilot.pause()
        await pilot.click(ChatPane, offset=(10, 30), times=3)
        assert app.screen.get_selected_text() == lines.replace("\n", " ")


@pytest.mark.parametrize(
    "theme", ["redraft-dark", "redraft-light", "textual-dark", "textual-light", "nord"]
)
async def test_selected_text_can_be_read(app: ChatApp, theme: str) -> None:
    items = [
        *turn_items(1, "plain `code` [link](https://x.example) **bold**\n\n# head\n\n> quote"),
        ChatItem("d", 1, Role.DRAFT, "v1 · 3 words", "A draft.\n\n```python\nx = 1  # one\n```"),
        ChatItem("n", 1, Role.NOTE, "", "a note"),
        ChatItem("e", 1, Role.ERROR, "Failed", "an error"),
    ]
    async with app.run_test(size=(80, 40)) as pilot:
        app.theme = theme
        app.pane.show(items)
        await pilot.pause()
        before = [list(app.pane.render_line(y)) for y in range(25)]
        app.screen.selections = {app.pane: Selection(Offset(0, 0), None)}
        await pilot.pause()
        seen = 0
        for y in range(25):
            now = app.pane.render_line(y)
            plain = {segment.style.bgcolor for segment in before[y] if segment.style}
            for segment in now:
                style = segment.style
                if style is None or not segment.text.strip() or style.bgcolor in plain:
                    continue
                assert style.color is not None
                assert style.bgcolor is not None
                color, behind = map(Color.from_rich_color, (style.color, style.bgcolor))
                assert contrast(color, behind) >= 4.5, segment
                seen += len(segment.text)
        assert seen > 80

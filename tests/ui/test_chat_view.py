"""The chat pane given one value at a time, as the main screen does."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from tests.ui.test_chat_pane import conversation, last_text, rows, settled, turn_items, until
from tui.widgets.chat import ChatItem, ChatPane, ChatView, Role


class BoundApp(App[None]):
    view: reactive[ChatView] = reactive(ChatView(""))

    def compose(self) -> ComposeResult:
        yield ChatPane().data_bind(BoundApp.view)

    @property
    def pane(self) -> ChatPane:
        return self.query_one(ChatPane)


@pytest.fixture
def app() -> BoundApp:
    return BoundApp()


def viewed(key: str, *items: ChatItem) -> ChatView:
    return ChatView(key, tuple(items))


def test_a_view_finds_the_first_turn_that_differs() -> None:
    old = viewed("a", *conversation(5))
    assert viewed("a", *conversation(5)).changed_from(old) is None
    assert viewed("a", *conversation(6)).changed_from(old) == 6
    assert viewed("a", *conversation(3)).changed_from(old) == 4
    assert viewed("a").changed_from(old) == 1
    changed = [*conversation(2), *turn_items(3, "other"), *conversation(5)[6:]]
    assert viewed("a", *changed).changed_from(old) == 3
    early = [ChatItem("edit", 0, Role.NOTE, "", "a note before all"), *conversation(5)]
    assert viewed("a", *early).changed_from(old) == 0


async def test_another_key_is_shown_from_its_end_and_folded(app: BoundApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.view = viewed("a", *conversation(30))
        await settled(pilot, app.pane)
        app.pane.scroll_to_turn(3)
        app.pane.selected_turn = 3
        app.view = viewed("b", *conversation(20), ChatItem("n", 20, Role.NOTE, "", "the end"))
        await pilot.pause()
        assert last_text(app.pane) == "  · the end"
        assert app.pane.is_following
        assert app.pane.selected_turn == 0


async def test_the_same_key_changes_only_what_differs(app: BoundApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        items = conversation(30)
        app.view = viewed("a", *items)
        await settled(pilot, app.pane)
        app.pane.scroll_to_turn(3)
        app.pane.selected_turn = 3
        seen = rows(app.pane)
        views = list(app.pane._column._views)
        for count in range(1, 8):
            app.view = viewed("a", *items, *turn_items(31, "word " * count, is_open=True))
        app.view = viewed("a", *items, *turn_items(31, "finished"))
        await until(pilot, lambda: not app.pane._pending.has_items)
        assert rows(app.pane)[:-1] == seen[:-1]
        assert app.pane.selected_turn == 3
        assert app.pane._column._views[:60] == views
        app.pane.follow()
        assert last_text(app.pane) == "    finished"
        app.view = viewed("a", *conversation(29))
        await until(pilot, lambda: "prompt 30" not in "".join(rows(app.pane)))
        assert "prompt 29" in "".join(rows(app.pane))


async def test_what_is_given_before_the_first_frame_is_shown() -> None:
    class Early(BoundApp):
        def on_mount(self) -> None:
            self.view = viewed("a", *conversation(3))
            self.view = viewed("a", *conversation(3), *turn_items(4, "the very end"))

    early = Early()
    async with early.run_test(size=(80, 40)) as pilot:
        await until(pilot, lambda: last_text(early.pane) == "    the very end")


async def test_nothing_is_drawn_or_timed_while_nothing_changes(
    app: BoundApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.view = viewed("a", *conversation(5), *turn_items(6, is_open=True))
        await settled(pilot, app.pane)
        await until(pilot, lambda: not app.pane._flush_timer)
        drawn: list[Region] = []
        render = app.pane.render_lines

        def counted(crop: Region) -> list[Strip]:
            drawn.append(crop)
            return render(crop)

        monkeypatch.setattr(app.pane, "render_lines", counted)
        measured: list[float] = []
        monkeypatch.setattr(app.pane._column, "measure_some", measured.append)
        for _ in range(5):
            app.view = viewed("a", *conversation(5), *turn_items(6, is_open=True))
            await pilot.pause(0.05)
        assert drawn == []
        assert measured == []
        assert not app.pane._flush_timer

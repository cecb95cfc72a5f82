"""What is typed in the editor is handed over to be saved, however late a busy machine's timers."""

from typing import Any
from unittest.mock import Mock

import pytest

from tests.ui.screens_host import Host, until
from tui.screens.draft_area import DraftArea
from tui.screens.editor import EditorScreen


async def test_an_edit_is_handed_over_at_every_change_also_one_that_undoes_it_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[str] = []

    def never(*_: Any) -> Mock:
        return Mock()

    monkeypatch.setattr(EditorScreen, "set_timer", never)

    def keep(text: str, _: object) -> None:
        kept.append(text)

    app = Host(lambda: EditorScreen("T", "text", words_before=1, keep=keep))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("M", "y")
        await until(pilot, lambda: kept[-1:] == ["Mytext"])
        await pilot.press("backspace", "backspace")
        await until(pilot, lambda: kept[-1:] == ["text"])
        await pilot.press("A", "ctrl+s")
        assert app.results == ["Atext"]
        assert kept == ["Mtext", "Mytext", "Mtext", "text", "Atext"]

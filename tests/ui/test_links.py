"""Links in an answer: asked about, and only web addresses can be opened."""

import pytest

from tests.support.driver import at_the_desk
from tests.support.fakes import Script
from tui.screens.links import is_openable
from tui.widgets.chat.pane import ChatPane


@pytest.mark.parametrize(
    ("url", "can_be_opened"),
    [
        ("https://example.org/a?b=c", True),
        ("http://localhost:8000/", True),
        ("vscode://file/etc/passwd", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://user@evil.example/", False),
        ("https:///no-host", False),
        ("--help", False),
        ("https://example.org/\x1b]52;c;x", False),
        ("https://[bad", False),
    ],
)
def test_only_plain_web_addresses_can_be_opened(url: str, can_be_opened: bool) -> None:
    assert is_openable(url) is can_be_opened


async def test_a_link_is_opened_only_after_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    async def pretend_to_open(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("tui.screens.main.links.open_in_browser", pretend_to_open)
    monkeypatch.setattr("tui.screens.main.links.browser_available", lambda: True)
    async with at_the_desk(Script("See [this](https://example.org/).")) as user:
        await user.begins("On links", "why")
        await user.sees("No draft in this answer")
        chat = user.chat
        chat.post_message(ChatPane.LinkClicked("https://example.org/"))
        await user.sees("https://example.org/", "Open", "Copy")
        assert opened == []
        await user.commands("o")
        await user.waits(lambda: opened == ["https://example.org/"], "the browser")

        chat.post_message(ChatPane.LinkClicked("file:///etc/passwd"))
        await user.sees("file:///etc/passwd", "Copy")
        assert "Open" not in user.screen
        await user.commands("y")
        await user.sees("Copied the address")
        assert user.app.clipboard == "file:///etc/passwd"
        assert len(opened) == 1

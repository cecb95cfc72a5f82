"""Copying."""

from dataclasses import dataclass

from textual.app import App


@dataclass(frozen=True, slots=True)
class CopyResult:
    """What was done."""

    is_system: bool

    def sentence(self, what: str) -> str:
        """Say it."""
        return f"{what} is on the clipboard."


async def copy_text(app: App[None], text: str) -> CopyResult:
    """Copy a text."""
    app.copy_to_clipboard(text)
    return CopyResult(False)

"""The field for a content's sources."""

from collections.abc import Sequence
from typing import Final

from textual.widgets import TextArea

SOURCES_LABEL: Final = "Sources: folders and files that Claude may read, one on a line"


class SourcesField(TextArea):
    """Folders and files, one on a line; `~` is the home folder."""

    def __init__(self, sources: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002
        """Show `sources`, which may be untrusted names."""
        super().__init__(
            "\n".join(sources),
            id=id,
            placeholder="~/notes/interviews",
            highlight_cursor_line=False,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What was typed, without blank lines; unchecked."""
        return tuple(line.strip() for line in self.text.splitlines() if line.strip())

"""The field for a content's sources."""

from collections.abc import Sequence
from typing import Final

from tui.widgets.lines_field import LinesField

SOURCES_LABEL: Final = "Sources: folders and files that Claude may read, one on a line"


class SourcesField(LinesField):
    """Folders and files, one on a line; `~` is the home folder."""

    def __init__(self, sources: Sequence[str], *, id: str) -> None:  # noqa: A002
        """Show `sources`, which may be untrusted names."""
        super().__init__("\n".join(sources), placeholder="~/notes/interviews", id=id)

    @property
    def names(self) -> tuple[str, ...]:
        """What was typed, without blank lines; unchecked."""
        return tuple(line.strip() for line in self.text.splitlines() if line.strip())

"""How wide the page of the editor is."""

from typing import Final, Protocol, runtime_checkable

_PAGE: Final = 72
"""Columns of text where no settings say how many."""
_BESIDE: Final = 6
"""Cells of the page beside its text: air, the cursor behind a line, the scrollbar."""
_NARROWEST: Final = 20


@runtime_checkable
class HasPageWidth(Protocol):
    """An app in whose settings the width of the editor's page is."""

    editor_columns: int
    """Columns of text."""


def page_width(app: object) -> int:
    """Return the cells that the page takes in an app, with what is beside its text."""
    columns = app.editor_columns if isinstance(app, HasPageWidth) else _PAGE
    return max(_NARROWEST, columns) + _BESIDE

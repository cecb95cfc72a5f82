"""The last notices."""

from collections.abc import Sequence

from tui.screens.frame import Dialog
from tui.widgets.notices import Notice


class NoticesScreen(Dialog[None]):
    """Shows notices."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        super().__init__("Notices")

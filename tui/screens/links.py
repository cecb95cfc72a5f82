"""Links."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.screens.frame import Dialog


@dataclass(frozen=True, slots=True)
class LinkChoice:
    url: str
    opens: bool


class LinksScreen(Dialog[LinkChoice | None]):
    """Shows links."""

    def __init__(self, urls: Sequence[str], *, can_open: bool) -> None:
        super().__init__("Links")

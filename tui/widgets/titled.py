"""A frame around a pane, with a title above and facts below."""

from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive

from tui.widgets.text import one_line

_WIDEST = 200


class TitledPane(Vertical):
    """A container whose border says what is in it; both texts may be untrusted."""

    heading: reactive[str] = reactive("", repaint=False)
    facts: reactive[str] = reactive("", repaint=False)
    alert: reactive[str] = reactive("", repaint=False)
    """Shown in place of the heading while it is not empty, in a warning colour."""

    def __init__(
        self,
        heading: str = "",
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(TitledPane.heading, heading)

    def on_mount(self) -> None:
        """Show the heading there is from the start."""
        self._show_title()

    def watch_heading(self) -> None:
        """Show the heading."""
        self._show_title()

    def watch_alert(self) -> None:
        """Show the alert, or the heading again."""
        self._show_title()

    def watch_facts(self, facts: str) -> None:
        """Show the facts in the lower edge."""
        self.border_subtitle = Content(one_line(facts, _WIDEST)) if facts else None

    def _show_title(self) -> None:
        if self.alert:
            shown = Content.styled(one_line(self.alert, _WIDEST), "bold $text-warning")
            self.border_title = shown
        else:
            self.border_title = Content(one_line(self.heading, _WIDEST)) if self.heading else None

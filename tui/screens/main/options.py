"""What the main screen is made with."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tui.commands import Keymap
from tui.domain.frozen import frozen
from tui.domain.spelling import Dictionaries
from tui.studio.studio import Studio
from tui.widgets.notices import NoticeBoard
from tui.widgets.tree_row import DRAWN, Lines


@frozen
class Program:
    """What the main screen needs of the program."""

    theme: str
    """Name of the theme in the settings."""
    is_dark: Callable[[], bool]
    set_theme: Callable[[str], None]
    """Takes a theme's name; one that is not known changes nothing."""
    clipboard: Callable[[], str]
    """What was copied in this program last; empty for nothing."""


@frozen
class MainOptions:
    """The studio the screen works with, and what else comes from the program around it."""

    studio: Studio
    keymap: Keymap
    now: Callable[[], datetime]
    """The clock; time-zone aware."""
    program: Program
    leave_for_demo: Callable[[], None]
    board: NoticeBoard
    """Where notices are shown and kept."""
    dictionaries: Dictionaries
    """Where spelling is looked up."""
    banner: str = ""
    lines: Lines = DRAWN
    """How the tree is drawn."""
    is_calm: bool = False
    """Whether answers come by paragraphs."""
    login_command: Sequence[str] = ()
    """Program and arguments that log in to Claude; empty where there is none."""
    problems: Sequence[str] = ()
    """Sentences to show at the start, such as what is wrong with the settings."""

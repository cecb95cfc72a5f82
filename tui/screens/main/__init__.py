"""The main screen: pieces, conversation, branches, and what a writer does with them."""

from tui.screens.main.options import MainOptions
from tui.screens.main.screen import MainScreen

__all__ = ["MainOptions", "MainScreen"]

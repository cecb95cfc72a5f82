"""The main screen: contents, conversation and branches, and everything one does with them."""

from tui.screens.main.screen import MainScreen

__all__ = ["MainScreen"]

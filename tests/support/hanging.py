"""When a test gives up: a wait ends by what it waits for; the clock ends only what hangs."""

from typing import Final

HANGS: Final = 60.0
"""Seconds after which what a test waits for does not come, however slow the machine is."""

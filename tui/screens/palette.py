"""The palette."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    label: str
    help: str
    open: Callable[[], None]

"""Notices."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence shown for a while."""

    at: datetime
    text: str
    is_problem: bool = False

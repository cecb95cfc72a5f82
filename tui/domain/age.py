"""How long ago something was, in a few characters."""

from datetime import datetime, timedelta
from typing import Final


def age(then: datetime, now: datetime) -> str:
    """Return how long ago something was, in six characters at most: `now`, `3 h`, `5 wk`.

    Weeks are not "w", which stands for words in the same row.
    """
    passed = now - then
    if passed < timedelta(minutes=1):
        return "now"
    for limit, size, unit in _AGES:
        if passed < limit:
            return f"{passed // size} {unit}"
    return f"{passed // timedelta(days=365)} yr"


_AGES: Final = (
    (timedelta(hours=1), timedelta(minutes=1), "min"),
    (timedelta(days=1), timedelta(hours=1), "h"),
    (timedelta(days=14), timedelta(days=1), "d"),
    (timedelta(days=365), timedelta(days=7), "wk"),
)

"""What the API says in its headers about a subscription's limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.demo.exchange import Headers

_THRESHOLD = 0.75
_PREFIX = "anthropic-ratelimit-unified"


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How much of a subscription is used up; only a client with a login token heeds it."""

    five_hour: float
    """Used share of the five-hour window: 0 to 1, more when it is overrun."""
    seven_day: float = 0.1
    """Used share of the week's window."""
    five_hour_reset: int = 2_000_000_000
    """Unix time at which the five-hour window begins anew."""
    seven_day_reset: int = 2_000_000_000
    """Unix time at which the week's window begins anew."""
    status: str = "allowed"
    """`allowed`, `allowed_warning` or `rejected`, said of the whole and of both windows."""

    @property
    def headers(self) -> Headers:
        """The headers that go with every answer, as ASGI wants them."""
        windows = (
            ("five_hour", "5h", self.five_hour, self.five_hour_reset),
            ("seven_day", "7d", self.seven_day, self.seven_day_reset),
        )
        claim, _, _, reset = max(windows, key=lambda window: window[2])
        said = {"status": self.status, "reset": str(reset), "representative-claim": claim}
        for _, name, used, window_reset in windows:
            said[f"{name}-status"] = self.status
            said[f"{name}-utilization"] = f"{used:g}"
            said[f"{name}-reset"] = str(window_reset)
            if used >= _THRESHOLD:
                said[f"{name}-surpassed-threshold"] = f"{_THRESHOLD:g}"
        return tuple((f"{_PREFIX}-{name}".encode(), value.encode()) for name, value in said.items())

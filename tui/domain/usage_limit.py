"""The account's usage limit, as far as the SDK tells of it."""

from datetime import datetime

from tui.domain.frozen import frozen


@frozen
class UsageLimit:
    """How much of a limit is used, and when it starts anew."""

    is_reached: bool = False
    is_near: bool = False
    used: float | None = None
    """Share of the limit, 0 to 1; None when that is not told."""
    resets_at: datetime | None = None
    window: str = ""
    """Which limit, in plain words, such as “5 hours”; empty when that is not told."""

"""The account's usage limit, as far as the SDK tells of it."""

from datetime import datetime

from tui.domain.frozen import frozen


@frozen
class UsageLimit:
    """How much of a usage limit is used, and when it resets."""

    is_reached: bool = False
    is_near: bool = False
    used: float | None = None
    """Share of the limit, 0 to 1; None when unknown."""
    resets_at: datetime | None = None
    window: str = ""
    """The name of the limit in plain words, such as “5 hours”; empty when unknown."""

"""The account's usage limit, from the SDK's rate limit events. Pure."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tui.domain.events import LimitReported, Noticed
from tui.domain.usage_limit import UsageLimit

if TYPE_CHECKING:
    from claude_agent_sdk import RateLimitEvent, RateLimitInfo

_WINDOWS: Final = {"five_hour": "5 hours", "seven_day": "7 days"}


def limit_events(message: "RateLimitEvent") -> list[LimitReported | Noticed]:
    """Return the limit from an event, and a notice when the limit is near or reached."""
    limit = _limit(message.rate_limit_info)
    if not limit.is_near and not limit.is_reached:
        return [LimitReported(limit)]
    what = "Your usage limit is reached" if limit.is_reached else "Your limit is near"
    used = "" if limit.used is None else f" ({limit.used:.0%} used)"
    until = ""
    if limit.resets_at is not None:
        until = f"; it resets at {limit.resets_at.astimezone():%H:%M, %d %B}"
    return [LimitReported(limit), Noticed(f"{what}{used}{until}.")]


def _limit(info: "RateLimitInfo") -> UsageLimit:
    used = info.utilization
    return UsageLimit(
        is_reached=info.status == "rejected",
        is_near=info.status == "allowed_warning",
        used=min(max(float(used), 0.0), 1.0) if isinstance(used, int | float) else None,
        resets_at=_moment(info.resets_at),
        window=_window(info.rate_limit_type),
    )


def _moment(stamp: object) -> datetime | None:
    if not isinstance(stamp, int | float) or isinstance(stamp, bool) or stamp <= 0:
        return None
    try:
        return datetime.fromtimestamp(stamp, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _window(kind: object) -> str:
    if not isinstance(kind, str):
        return ""
    for known, words in _WINDOWS.items():
        if kind == known or kind.startswith(f"{known}_"):
            return " ".join([words, *kind[len(known) :].split("_")]).replace("  ", " ").strip()
    return kind.replace("_", " ").strip()

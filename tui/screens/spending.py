"""What was spent and what is left, in the words of the status bar and of the costs screen; pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tui.domain.content import Content
from tui.domain.costs import Budgets, content_cost, lineage_cost, money
from tui.domain.ids import BranchId
from tui.domain.usage_limit import UsageLimit

LIMIT_NEAR: Final = 0.75
"""Share of a usage limit from which on the status bar tells of it."""
_SOON: Final = timedelta(hours=12)
"""In so short a time no hour comes twice, so it needs no day."""
_DAYS_NAMED: Final = 6
"""A day that is so near is called by its name."""


def cost_facts(content: Content, branch_id: BranchId) -> list[str]:
    """Return what the turns on screen cost, and the content in all where that is another sum.

    Without a turn there is nothing to tell.
    """
    here, whole = lineage_cost(content, branch_id), content_cost(content)
    if not any(branch.turns for branch in content.branches):
        return []
    if here == whole:
        return ["cost unknown" if whole.known is None else whole.short]
    return [f"{here.short} here", f"{whole.short} in all"]


def urgent_facts(
    content: Content, budgets: Budgets, limits: Iterable[UsageLimit], now: datetime
) -> str:
    """Return what is nearly used up, or is: the worst usage limit, and the content's budget."""
    parts = []
    worst = max(
        (limit for limit in limits if is_urgent(limit, now)),
        key=lambda limit: (limit.is_reached, limit.used or 0.0),
        default=None,
    )
    if worst is not None:
        parts.append(_short_limit(worst, now))
    spent = content_cost(content)
    if budgets.is_near(spent):
        parts.append(f"{spent.short} of {money(budgets.content)}")
    return " · ".join(parts)


def is_urgent(limit: UsageLimit, now: datetime) -> bool:
    """Whether a usage limit is reached or near, and was not reset since it was reported."""
    if limit.resets_at is not None and limit.resets_at <= now:
        return False
    return limit.is_reached or limit.is_near or (limit.used or 0.0) >= LIMIT_NEAR


def _short_limit(limit: UsageLimit, now: datetime) -> str:
    used = "" if limit.used is None else f" {limit.used:.0%}".replace("%", " %")
    said = "limit reached" if limit.is_reached else f"limit{used or ' near'}"
    resets = "" if limit.resets_at is None else f" · resets {clock(limit.resets_at, now)}"
    return said + resets


def limit_words(limit: UsageLimit, now: datetime) -> str:
    """Return how much of a usage limit is used, and when it is reset."""
    if limit.resets_at is not None and limit.resets_at <= now:
        return f"reset at {clock(limit.resets_at, now)}; not reported since"
    said = []
    if limit.is_reached:
        said.append("reached")
    if limit.used is not None:
        said.append(f"{limit.used:.0%} used".replace("%", " %"))
    if not said:
        said.append("near" if limit.is_near else "not near")
    if limit.resets_at is not None:
        said.append(f"resets {clock(limit.resets_at, now)}")
    return ", ".join(said)


def clock(moment: datetime, now: datetime) -> str:
    """Return a moment in local time, as short as it is clear: `14:00`, `Tue 14:00`, `3 Mar 14:00`.

    Both times are time-zone aware.
    """
    there, here = moment.astimezone(), now.astimezone()
    days = (there.date() - here.date()).days
    if days == 0 or timedelta() < moment - now < _SOON:
        return f"{there:%H:%M}"
    if 0 < days <= _DAYS_NAMED:
        return f"{there:%a %H:%M}"
    return f"{there.day} {there:%b %H:%M}"

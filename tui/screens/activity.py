"""What goes on in a running turn, as one line under it, and for how long nothing has come.

The line is always there, so that nothing on the screen moves when it has something to tell.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final

from tui.domain.events import RetryScheduled
from tui.domain.ids import BranchId
from tui.domain.reply import Activity, Reply
from tui.domain.words import capitalized

COUNTED_FROM: Final = 2
"""Seconds without anything from Claude after which they are counted on the screen."""
LIMIT_TOLD_FROM: Final = 6
"""Seconds after which the screen also says when the turn is given up."""

# The tool in use and what Claude asks stand right above or below: they are not said again.
_LINES: Final = {
    Activity.CONNECTING: "Connecting to Claude…",
    Activity.WAITING: "Claude has the prompt…",
    Activity.THINKING: "Claude is thinking…",
    Activity.WRITING: "Claude is writing…",
    Activity.USING_TOOL: "Waiting for the result…",
    Activity.ASKING: "Claude is waiting for your answer.",
    Activity.STOPPING: "Stopping…",
}
_AGAIN: Final = "The answer broke off. Fetching it whole…"


def activity_line(reply: Reply, silent: int, keys: Mapping[str, str]) -> str:
    """Return what goes on, or nothing once the turn has ended; never two facts at once.

    Args:
        reply: The answer so far.
        silent: For how many whole seconds nothing has been heard.
        keys: The shown key of every command, by its id.
    """
    if reply.end is not None:
        return ""
    if reply.activity in (Activity.STOPPING, Activity.ASKING):
        return _LINES[reply.activity]
    stops = f"{keys['stop']} stops"
    if reply.retry is not None:
        return f"{_retrying(reply.retry, silent)} · {stops}"
    is_again = reply.silence is not None and reply.silence.is_whole_awaited
    line = _AGAIN if is_again else _LINES.get(reply.activity, "")
    limit = None if reply.silence is None else reply.silence.seconds
    if silent >= LIMIT_TOLD_FROM and limit is not None:
        if is_again:
            return f"Fetching the whole answer: {silent} s of {limit:.0f} s · {stops}"
        return f"No response for {silent} s · giving up at {limit:.0f} s · {stops}"
    if silent >= COUNTED_FROM and line:
        return f"{line} {silent} s · {stops}"
    return line


def _retrying(retry: RetryScheduled, silent: int) -> str:
    what = capitalized(retry.reason)
    left = math.ceil(retry.delay) - silent
    if left > 0:
        when = f"in {left} s"
    else:
        when = f"under way for {-left} s" if -left >= COUNTED_FROM else "under way"
    return f"{what} · attempt {retry.attempt} of {retry.limit} {when}"


class Silence:
    """Knows for how long nothing has arrived of the running turns."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._progress_at: dict[BranchId, float] = {}

    def mark_progress(self, branch: BranchId) -> None:
        """Note that something has arrived on a branch."""
        self._progress_at[branch] = self._now()

    def seconds(self, branch: BranchId) -> int:
        """Return the whole seconds since the last progress on a branch; 0 without any."""
        now = self._now()
        return int(now - self._progress_at.get(branch, now))

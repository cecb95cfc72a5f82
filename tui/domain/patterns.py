"""Patterns that are compiled when they are first used: most are not before some command."""

import re
from typing import Any, cast


class _LatePattern:
    """A pattern that becomes a compiled one at the first look at anything but its source."""

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (what a compiled pattern has)
        compiled = re.compile(self.pattern, self._flags)
        vars(self).update(
            {each: getattr(compiled, each) for each in dir(compiled) if not each.startswith("__")}
        )
        return getattr(compiled, name)


def late_pattern(source: str, flags: int = 0) -> "re.Pattern[str]":
    """Return what works as `re.compile(source, flags)` does, and is compiled at its first use.

    A wrong pattern raises `re.error` only then.
    """
    return cast("re.Pattern[str]", _LatePattern(source, flags))

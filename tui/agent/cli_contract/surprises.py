"""What Claude Code or the SDK sent in a form that Redraft does not know: named in the log, once."""

import logging
from typing import Final

_MOST: Final = 200
"""Different surprises that are told; a hostile file must not fill the log or the memory."""
_LONGEST: Final = 120

_logger = logging.getLogger("redraft.contract")
_told: set[tuple[str, str]] = set()


def unexpected(what: str, found: object) -> bool:
    """Say that `what` came in an unknown form, as a warning; whether that was news."""
    named = what, str(found)[:_LONGEST]
    if named in _told or len(_told) >= _MOST:
        return False
    _told.add(named)
    _logger.warning(
        "%s is not as Redraft knows it: %r. `redraft doctor` tells whether this Claude Code fits.",
        *named,
    )
    return True


def forget_surprises() -> None:
    """Tell everything anew."""
    _told.clear()

"""Data from Claude Code or the SDK in an unknown form: logged once for each form."""

import logging
from typing import Final

_MOST: Final = 200
"""Maximum number of different reports; a hostile file must not fill the log or the memory."""
_LONGEST: Final = 120

_logger = logging.getLogger("redraft.contract")
_logged: set[tuple[str, str]] = set()


def unexpected(what: str, found: object) -> bool:
    """Log a warning that `what` has an unknown form; return whether it was not logged before."""
    named = what, str(found)[:_LONGEST]
    if named in _logged or len(_logged) >= _MOST:
        return False
    _logged.add(named)
    _logger.warning(
        "%s is not as Redraft knows it: %r. `redraft doctor` tells whether this Claude Code fits.",
        *named,
    )
    return True

"""Times that a person lets go by, and a test need not."""

from math import inf
from typing import Any

from textual.screen import Screen

from tui.screens.frame import FirstMoment


def is_read(screen: Screen[Any]) -> bool:
    """Whether a question takes answers: from when it is seen on, as if a person had read it.

    In its first moment it takes none; that lasts as long as it does in the tests about it.
    """
    moment = getattr(screen, "_moment", None)
    if isinstance(moment, FirstMoment) and moment._began is not None:
        moment._began = -inf
    return bool(getattr(screen, "takes_answers", False))

"""An answer that ends whatever happens: what breaks off in the middle ends the turn as failed."""

import logging
from collections.abc import AsyncIterator, Callable
from typing import Final

from tui.domain.errors import RedraftError
from tui.domain.events import AgentEvent, Outcome, TurnEnded

BROKEN: Final = "The answer broke off inside Redraft; the log file has the details. Try again."

_logger = logging.getLogger(__name__)


async def with_an_end(
    answer: AsyncIterator[AgentEvent], *, is_sent: Callable[[], bool]
) -> AsyncIterator[AgentEvent]:
    """Yield the events of an answer, and a `TurnEnded` that says why when it brings none itself.

    `is_sent` tells then whether Claude was asked at all. Never raises.
    """
    has_ended, failure = False, BROKEN
    try:
        async for event in answer:
            has_ended = has_ended or isinstance(event, TurnEnded)
            yield event
    except RedraftError as error:
        failure = str(error)
    except Exception:
        _logger.exception("An answer broke off")
    if not has_ended:
        yield TurnEnded(Outcome.FAILED, failure=failure, is_sent=is_sent())

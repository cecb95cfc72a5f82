"""An answer that ends whatever happens, as failed when it broke off or brought not a word."""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Final

from tui.domain.errors import RedraftError
from tui.domain.events import AgentEvent, MessageCommitted, Outcome, TurnEnded

BROKEN: Final = "The answer broke off inside Redraft; the log file has the details. Try again."
EMPTY: Final = "Claude's answer is empty: not a word came. Send the prompt again."

_logger = logging.getLogger(__name__)


async def with_an_end(
    answer: AsyncIterator[AgentEvent], *, is_sent: Callable[[], bool]
) -> AsyncIterator[AgentEvent]:
    """Yield the events of an answer, and a `TurnEnded` that says why when it brings none itself.

    An answer that finished without a word is a failed one: there is nothing to read or to save.
    `is_sent` tells then whether Claude was asked at all. Never raises.
    """
    has_ended, has_words, failure = False, False, BROKEN
    try:
        async for event in answer:
            match event:
                case MessageCommitted(_, text):
                    has_words = has_words or bool(text.strip())
                case TurnEnded(outcome=Outcome.FINISHED) if not has_words:
                    event = replace(event, outcome=Outcome.FAILED, failure=EMPTY)  # noqa: PLW2901
                case _:
                    pass
            has_ended = has_ended or isinstance(event, TurnEnded)
            yield event
    except RedraftError as error:
        failure = str(error)
    except Exception:
        _logger.exception("An answer broke off")
    if not has_ended:
        yield TurnEnded(Outcome.FAILED, failure=failure, is_sent=is_sent())

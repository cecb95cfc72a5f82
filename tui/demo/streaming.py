"""An answer as a stream of events: its pace, and the faults that strike in mid-stream."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tui.demo import wire
from tui.demo.answers import Answer
from tui.demo.exchange import Exchange
from tui.demo.faults import Fault, Shape
from tui.demo.seen import SeenRequest


@dataclass(slots=True)
class AnswerStream:
    """One answer while it is sent; `sent` and `settled` are what was sent so far."""

    request: SeenRequest
    answer: Answer
    exchange: Exchange
    words_per_second: float
    """Pace of the stream; 0 for no limit."""
    sent: str = ""
    """The text sent so far."""
    settled: str = ""
    """The part of `sent` whose content blocks were completed."""
    is_whole: bool = False
    """Whether everything except the closing events was sent."""

    async def play(self, fault: Fault | None, report: Callable[[], None]) -> None:
        """Send the answer, or the part of it before the fault; raises ClientLeftError.

        `report` is called before every write that may end the answer for the client.
        """
        clock = asyncio.get_running_loop().time
        speed = self.words_per_second
        seconds_per_word = 1 / speed if speed > 0 else 0.0
        began, strikes, sent = clock(), fault, 0
        await self.exchange.write(wire.opening_event(self.request))
        for step in wire.steps(self.answer, self.request.number, speed):
            if strikes is not None and step.is_delta and sent >= strikes.after_words:
                struck = clock()
                report()
                if not await self._strike(strikes):
                    return
                began, strikes = began + clock() - struck, None
            sent = step.words_sent
            if step.is_delta:
                due = began + sent * seconds_per_word
                await self.exchange.pause(due - clock() if speed > 0 else 0)
            await self._write(step)
        if strikes is not None:
            report()
            if not await self._strike(strikes):
                return
        self.settled, self.is_whole = self.sent, True
        report()
        await self.exchange.write(wire.closing_events(self.answer))
        await self.exchange.end_stream()

    async def _write(self, step: wire.Step) -> None:
        self.sent += step.text
        if step.ends_block:
            self.settled = self.sent
        await self.exchange.write(step.event)

    async def _strike(self, fault: Fault) -> bool:
        """Play a fault of a stream; return whether the stream goes on afterwards."""
        match fault.shape:
            case Shape.SILENCE:
                if fault.until is None:
                    await self.exchange.pause(fault.seconds)
                else:
                    await self.exchange.wait(fault.until)
                return True
            case Shape.MALFORMED:
                broken = b'event: content_block_delta\ndata: {"type": "content_bl\n\n'
                await self.exchange.write(broken)
                return True
            case Shape.ERROR_EVENT:
                error = {"error": {"type": fault.error_type, "message": fault.message}}
                await self.exchange.write(wire.event("error", error))
                await self.exchange.end_stream()
                return False
            case Shape.END:
                await self.exchange.end_stream()
                return False
            case _:
                # Leaving an answer unended makes the HTTP server drop the connection.
                return False

"""What a turn's reader is given: all events in order, text that came close together as one."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tui.agent import event_queue
from tui.agent.event_queue import EventQueue
from tui.domain.events import AgentEvent, Noticed, RequestStarted, TextStreamed


async def given_to(queue: EventQueue) -> list[AgentEvent]:
    return [event async for event in queue.read()]


async def test_text_that_came_meanwhile_is_one_event() -> None:
    queue = EventQueue()
    for number in range(1000):
        queue.put(TextStreamed(f"{number} "))
    queue.put(RequestStarted())
    queue.put(TextStreamed("more"))
    queue.put(None)
    text = "".join(f"{number} " for number in range(1000))
    assert await given_to(queue) == [TextStreamed(text), RequestStarted(), TextStreamed("more")]


async def test_text_alone_waits_for_more_and_then_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_queue, "GATHER_SECONDS", 0.0)
    queue = EventQueue()
    reader = queue.read()
    queue.put(TextStreamed("one"))
    assert await anext(reader) == TextStreamed("one")
    queue.put(TextStreamed("two"))
    assert await anext(reader) == TextStreamed("two")


async def test_nothing_but_text_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_queue, "GATHER_SECONDS", 3600.0)
    queue = EventQueue()
    queue.put(TextStreamed("the "))
    reading = asyncio.ensure_future(given_to(queue))
    await asyncio.sleep(0)
    queue.put(TextStreamed("end"))
    queue.put(Noticed("done"))
    queue.put(None)
    async with asyncio.timeout(10):
        assert await reading == [TextStreamed("the end"), Noticed("done")]


async def test_a_second_reader_goes_on_where_the_first_left() -> None:
    queue = EventQueue()
    for told in (Noticed("one"), Noticed("two"), TextStreamed("three"), None):
        queue.put(told)
    async for event in queue.read():
        assert event == Noticed("one")
        break
    assert await given_to(queue) == [Noticed("two"), TextStreamed("three")]


@given(some.lists(some.one_of(some.text(), some.integers())))
async def test_nothing_is_lost_or_turned_around(told: list[str | int]) -> None:
    queue = EventQueue()
    events = [TextStreamed(one) if isinstance(one, str) else Noticed(str(one)) for one in told]
    for event in [*events, None]:
        queue.put(event)

    def written(events: list[AgentEvent]) -> str:
        return "".join(one.text if isinstance(one, TextStreamed) else f"<{one}>" for one in events)

    assert written(await given_to(queue)) == written([*events])

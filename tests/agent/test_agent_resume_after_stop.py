"""A session resumed after a stop goes on from Claude's words, not from the CLI's note of it."""

from dataclasses import replace

from tests.agent.stage import Stage, new_spec, play, playing, resumed
from tui.domain.events import Outcome, TextStreamed


async def test_the_cli_adds_no_answer_of_its_own_to_what_was_stopped(stage: Stage) -> None:
    spec = new_spec()
    async with playing(stage) as agent:
        session = await agent.connect(spec)
        first = await play(session, "first")
        stopped = await play(session, "second, long", on=TextStreamed, do=session.stop)
        await session.close()
        assert stopped.end.outcome is Outcome.STOPPED

        again = replace(resumed(spec.session), anchor=stopped.anchor)
        session = await agent.connect(again)
        played = await play(session, "third")
    assert played.end.outcome is Outcome.FINISHED
    replies = [reply.strip() for reply in stage.last.replies]
    assert replies == [first.text.strip(), stopped.text.strip()]
    assert [prompt.strip() for prompt in stage.last.prompts] == ["first", "second, long", "third"]

"""Who made a version, who approved, who decided: noted once, and kept from then on."""

from dataclasses import replace

from tests.support.by_hand import edited
from tests.support.fakes import CountedIds, FakeWho, MemoryStore, ScriptedAgent, ticking_clock
from tui.domain.content import Content, TurnKind
from tui.domain.person import NOBODY
from tui.domain.signing import signed
from tui.studio.studio import Studio

ANN, BEN = FakeWho("ann@desk"), FakeWho("ben@sofa")


def studio_of(store: MemoryStore, agent: ScriptedAgent, who: FakeWho, ids: CountedIds) -> Studio:
    return Studio(store, agent, ticking_clock(), ids, who=who)


async def send(studio: Studio, content: Content) -> None:
    talk = studio.conversation(content.id, content.main)
    async for _ in talk.send("go", TurnKind.GENERATE):
        pass


async def test_versions_approvals_and_steps_are_signed_by_whoever_makes_them() -> None:
    store, agent, ids = MemoryStore(), ScriptedAgent(), CountedIds()
    ann, ben = (studio_of(store, agent, who, ids) for who in (ANN, BEN))
    content = await ann.create("One")
    await send(ann, content)
    await edited(ben, content.id, content.main, "By Ben's hand.")
    await ann.decisions.approve(content.id, 2)
    saved = await ben.content(content.id)
    assert [version.by for version in saved.versions] == [ANN.person, BEN.person]
    assert [approval.by for approval in saved.approvals] == [ANN.person]
    assert [step.by for step in saved.undo] == [BEN.person, ANN.person]


async def test_an_approval_that_an_undo_brings_back_keeps_its_person() -> None:
    store, agent, ids = MemoryStore(), ScriptedAgent(), CountedIds()
    ann, ben = (studio_of(store, agent, who, ids) for who in (ANN, BEN))
    content = await ann.create("One")
    await send(ann, content)
    await ann.decisions.approve(content.id, 1)
    saved = await ben.content(content.id)
    assert signed(replace(saved, approvals=()), saved, BEN.person) == saved
    await ann.undo_list.undo()
    await ann.undo_list.redo()
    assert (await ben.content(content.id)).approvals[-1].by == ANN.person


async def test_where_nobody_is_known_nobody_signs() -> None:
    store = MemoryStore()
    studio = Studio(store, ScriptedAgent(), ticking_clock(), CountedIds())
    content = await studio.create("One")
    await send(studio, content)
    assert (await studio.content(content.id)).version(1).by == NOBODY

"""Sessions of Claude Code as contents: nothing said is lost, shared history is told once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.adoption import Lineage, adopted_content, families, lineages_of, title_of, turns_of
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.errors import InvalidInput
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId
from tui.domain.session import FoundMessage, FoundSession, MessageKind, SessionCopy

START = datetime(2026, 3, 1, tzinfo=UTC)
KINDS = st.sampled_from(MessageKind)
SAID = st.text(max_size=12) | st.sampled_from(["<draft>\nOne.\n</draft>", "<draft>\nTwo", "Talk."])


def message(number: int, kind: MessageKind, text: str = "") -> FoundMessage:
    at = START + timedelta(minutes=number)
    return FoundMessage(MessageId(f"m{number}"), kind, text, at)


def found(
    name: str, *, title: str = "", prompt: str = "Write it", minutes: int = 0
) -> FoundSession:
    at = START + timedelta(minutes=minutes)
    return FoundSession(SessionId(name), title, prompt, "/home/w", START, at, 1)


@st.composite
def transcripts(draw: st.DrawFn) -> list[FoundMessage]:
    """Any messages in any order."""
    said = draw(st.lists(st.tuples(KINDS, SAID), max_size=20))
    return [message(number, kind, text) for number, (kind, text) in enumerate(said)]


@given(transcripts())
def test_every_prompt_is_a_turn_and_every_answer_is_kept_to_the_letter(
    messages: list[FoundMessage],
) -> None:
    turns = turns_of(messages, START)
    prompts = [message for message in messages if message.kind is MessageKind.PROMPT]
    assert [(MessageId(turn.id), turn.prompt) for turn in turns] == [
        (m.id, m.text) for m in prompts
    ]
    starts = [at for at, m in enumerate(messages) if m.kind is MessageKind.PROMPT]
    for turn, begin, end in zip(turns, starts, [*starts, len(messages)][1:], strict=True):
        answers = [m for m in messages[begin:end] if m.kind is MessageKind.ANSWER and m.text]
        rest = turn.reply
        for answer in answers:
            before, _, rest = rest.partition(answer.text)
            assert before in ("", "\n\n")
        assert rest == ""
        assert turn.anchor == (answers[-1].id if answers else None)
        assert turn.state is not TurnState.RUNNING
        assert (turn.state is TurnState.FAILED) <= (turn.anchor is None)
        assert bool(turn.failure) == (turn.state is TurnState.FAILED)


def test_a_tool_between_two_answers_leaves_a_gap_and_nothing_else() -> None:
    kinds = [
        MessageKind.PROMPT,
        MessageKind.ANSWER,
        MessageKind.TOOL,
        MessageKind.ANSWER,
        MessageKind.ASIDE,
        MessageKind.ANSWER,
    ]
    turn, *_ = turns_of([message(at, kind, f"{at}") for at, kind in enumerate(kinds)], START)
    assert (turn.reply, turn.anchor) == ("1\n\n35", "m5")


def test_an_interrupted_turn_is_stopped_and_a_failed_one_says_why() -> None:
    said = [
        message(0, MessageKind.PROMPT, "one"),
        message(1, MessageKind.ANSWER, "par"),
        message(2, MessageKind.INTERRUPTION),
        message(3, MessageKind.PROMPT, "two"),
        message(4, MessageKind.ERROR, "API Error: 529"),
        message(5, MessageKind.PROMPT, "three"),
        message(6, MessageKind.ANSWER, "All."),
        message(7, MessageKind.ERROR, "No response requested."),
    ]
    one, two, three = turns_of(said, START)
    assert (one.state, one.reply, one.anchor) == (TurnState.STOPPED, "par", "m1")
    assert (two.state, two.reply, two.anchor) == (TurnState.FAILED, "", None)
    assert two.failure == "API Error: 529"
    assert (three.state, three.reply, three.failure) == (TurnState.FINISHED, "All.", "")


@dataclass
class World:
    """Sessions that grow and are forked, as Claude Code keeps them."""

    sessions: dict[str, list[FoundMessage]] = field(default_factory=dict)
    count: int = 0

    def new(self) -> str:
        name = f"s{len(self.sessions)}"
        self.sessions[name] = []
        self.speak(name, "Begin.", "A beginning.")
        return name

    def speak(self, name: str, prompt: str, answer: str) -> None:
        for kind, text in ((MessageKind.PROMPT, prompt), (MessageKind.ANSWER, answer)):
            self.count += 1
            self.sessions[name].append(message(self.count, kind, text))

    def fork(self, parent: str, turns: int, *, is_offline: bool) -> str:
        name = f"s{len(self.sessions)}"
        copied = self.sessions[parent][: 2 * turns]
        if is_offline:
            copied = [
                FoundMessage(MessageId(f"{name}-{m.id}"), m.kind, m.text, m.at, origin=m.id)
                for m in copied
            ]
        self.sessions[name] = copied
        return name

    def lineages(self) -> tuple[Lineage, ...]:
        return lineages_of(
            [
                (found(name, minutes=number), messages)
                for number, (name, messages) in enumerate(self.sessions.items())
            ]
        )


WORLDS = st.lists(
    st.tuples(
        st.sampled_from(["new", "speak", "speak", "offline", "connected"]),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    max_size=14,
)


def lived(doings: list[tuple[str, int, int]]) -> World:
    world = World()
    world.new()
    for doing, which, number in doings:
        name = f"s{which % len(world.sessions)}"
        if doing == "new":
            world.new()
        elif doing == "speak":
            text = f"<draft>\nText {world.count}.\n</draft>" if number % 2 else "Talk."
            world.speak(name, f"prompt {world.count}", text)
        else:
            turns = 1 + number % (len(world.sessions[name]) // 2)
            world.fork(name, turns, is_offline=doing == "offline")
    return world


def copy_of(world: World, name: str) -> SessionCopy:
    ids = {m.id: MessageId(f"{name}/{m.id}") for m in world.sessions[name]}
    return SessionCopy(SessionId(f"copy-{name}"), ids)


def adopted(
    world: World,
    family: tuple[Lineage, ...],
    main: SessionId,
    draft_turn: int | None = None,
    *,
    has_copies: bool = True,
) -> Content:
    names = [lineage.found.session for lineage in family]
    return adopted_content(
        family,
        content_id=ContentId("c0000001"),
        main=main,
        branches={name: BranchId(f"b-{name}") for name in names},
        copies={name: copy_of(world, name) for name in names if has_copies},
        new_sessions={name: SessionId(f"n-{name}") for name in names},
        draft_turn=draft_turn,
    )


@given(WORLDS, st.integers(0, 9))
def test_sessions_with_a_common_beginning_become_one_tree(
    doings: list[tuple[str, int, int]], which: int
) -> None:
    world = lived(doings)
    groups = families(world.lineages())
    assert sorted(lineage.found.session for group in groups for lineage in group) == sorted(
        world.sessions
    )
    begun = {next(iter(lineage.keys)) for group in groups for lineage in group}
    assert len(groups) == len(begun)
    for family in groups:
        main = family[which % len(family)].found.session
        content = adopted(world, family, main)
        assert content.main == f"b-{main}"
        told = {lineage.keys[: at + 1] for lineage in family for at in range(len(lineage.keys))}
        assert sum(len(branch.turns) for branch in content.branches) == len(told)
        assert len({branch.name for branch in content.branches}) == len(content.branches)
        for lineage in family:
            branch = content.branch(BranchId(f"b-{lineage.found.session}"))
            assert (branch.source, branch.session) == (
                lineage.found.session,
                f"copy-{lineage.found.session}",
            )
            assert branch.is_live
            turns = [numbered.turn for numbered in content.lineage(branch.id)]
            assert [(t.prompt, t.reply) for t in turns] == [
                (t.prompt, t.reply) for t in lineage.turns
            ]
            ids = copy_of(world, lineage.found.session).ids
            own = lineage.turns[len(lineage.turns) - len(branch.turns) :]
            assert [(MessageId(t.id), t.anchor) for t in branch.turns] == [
                (ids[MessageId(t.id)], ids[t.anchor or MessageId("")]) for t in own
            ]
            if branch.parent is not None:
                assert branch.base_anchor in ids.values()


@given(WORLDS)
def test_a_tree_without_copies_of_its_sessions_begins_new_ones(
    doings: list[tuple[str, int, int]],
) -> None:
    world = lived(doings)
    for family in families(world.lineages()):
        content = adopted(world, family, family[0].found.session, has_copies=False)
        for lineage in family:
            branch = content.branch(BranchId(f"b-{lineage.found.session}"))
            assert (branch.session, branch.is_live) == (f"n-{lineage.found.session}", False)
            assert branch.base_anchor is None
            own = lineage.turns[len(lineage.turns) - len(branch.turns) :]
            assert [turn.id for turn in branch.turns] == [turn.id for turn in own]


@given(WORLDS)
def test_tagged_drafts_become_versions_once(doings: list[tuple[str, int, int]]) -> None:
    world = lived(doings)
    for family in families(world.lineages()):
        content = adopted(world, family, family[0].found.session)
        made = [turn for branch in content.branches for turn in branch.turns if turn.version]
        assert len(made) == len(content.versions)
        for turn in (turn for branch in content.branches for turn in branch.turns):
            is_tagged = "<draft>" in turn.reply
            assert (turn.kind is not TurnKind.ASK) == is_tagged
            assert (turn.version is not None) == is_tagged
        for branch in content.branches:
            kinds = [n.turn.kind for n in content.lineage(branch.id) if n.turn.version]
            expected = [TurnKind.GENERATE, *[TurnKind.REVISE] * len(kinds)][: len(kinds)]
            assert kinds == expected


@given(WORLDS, st.integers(1, 9))
def test_a_chosen_answer_is_the_first_version_whole(
    doings: list[tuple[str, int, int]], number: int
) -> None:
    world = lived(doings)
    family = families(world.lineages())[0]
    main = family[-1]
    number = 1 + number % len(main.turns)
    content = adopted(world, family, main.found.session, number)
    turns = content.lineage(content.main)
    version = content.version(turns[number - 1].turn.version or 0)
    assert version.text == main.turns[number - 1].reply.strip()
    assert turns[number - 1].turn.kind is TurnKind.GENERATE
    assert all(numbered.turn.version is None for numbered in turns[: number - 1])


@pytest.mark.parametrize("number", [0, 2, 9])
def test_a_turn_that_has_no_answer_is_no_draft(number: int) -> None:
    world = World()
    world.new()
    world.count += 1
    world.sessions["s0"].append(message(world.count, MessageKind.PROMPT, "dangling"))
    (family,) = families(world.lineages())
    with pytest.raises(InvalidInput):
        adopted(world, family, family[0].found.session, number)


@pytest.mark.parametrize(
    ("session", "title"),
    [
        (found("s", title="A title"), "A title"),
        (found("s", prompt="Write a post"), "Write a post"),
        (found("s", prompt="word " * 60), "word " * 10 + "word…"),
        (found("s", prompt=""), "Adopted session"),
    ],
)
def test_a_title_is_what_was_given_or_the_first_words(session: FoundSession, title: str) -> None:
    assert title_of(session) == title


def test_a_session_without_a_prompt_has_no_lineage() -> None:
    assert lineages_of([(found("s"), [message(1, MessageKind.ANSWER, "Hello.")])]) == ()

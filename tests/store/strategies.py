"""Hypothesis strategies for whole contents, hostile texts included; shared by several tests."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from tui.domain.content import (
    Approval,
    Author,
    Branch,
    Choice,
    Content,
    Publication,
    Refusal,
    Turn,
    TurnKind,
    TurnState,
    Version,
)
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId, TurnId
from tui.domain.person import NOBODY, Person
from tui.domain.place import LIST_SORTS, BegunPiece, EditorModes, PaneSizes, Place, ThemeChoice
from tui.domain.queue import QueuedPrompt
from tui.domain.status import Status
from tui.domain.steps import Action, Field, FieldChange, UndoStep
from tui.domain.tools import ToolState, ToolUse
from tui.domain.tree_shape import Part, Spot, TreeFilter, TreeShape
from tui.domain.words import count_words, text_hash

HOSTILE = (
    "",
    "\x00",
    "\ud800",
    "\udc80 from a terminal",
    "\ud83d\ude00",
    "😀 é ﬁ 中文",
    '{"$escaped": "x"}',
    "\\ud83d\\ude00",
    "line\r\nline\u2028line\x1b[31m",
    "</draft>\n<draft>",
    "word " * 3_000,
)


any_character = st.characters(exclude_categories=())


def texts(max_size: int = 40) -> st.SearchStrategy[str]:
    """Any text: lone surrogates, NUL, emoji, control characters, now and then a long one."""
    return st.one_of(st.text(any_character, max_size=max_size), st.sampled_from(HOSTILE))


moments = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001
    max_value=datetime(2999, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.none() | st.floats(min_value=0, max_value=1e6, allow_nan=False)
message_ids = st.none() | st.uuids().map(lambda value: MessageId(str(value)))
content_ids = st.text("abcdefghijkmnpqrstuvwxyz23456789", min_size=8, max_size=12).map(ContentId)


@st.composite
def tool_uses(draw: st.DrawFn) -> ToolUse:
    """Anything Claude may have used."""
    return ToolUse(
        id=draw(texts(10)),
        name=draw(texts(10)),
        subject=draw(texts()),
        at=draw(st.integers(0, 100)),
        state=draw(st.sampled_from(ToolState)),
        result=draw(texts()),
    )


@st.composite
def turns(draw: st.DrawFn, newest_version: int = 0) -> Turn:
    """Any turn."""
    versions = st.none() | st.integers(1, max(newest_version, 1))
    return Turn(
        id=TurnId(str(draw(st.uuids()))),
        kind=draw(st.sampled_from(TurnKind)),
        prompt=draw(texts()),
        started_at=draw(moments),
        state=draw(st.sampled_from(TurnState)),
        ended_at=draw(st.none() | moments),
        reply=draw(texts()),
        anchor=draw(message_ids),
        told=draw(versions),
        is_retold=draw(st.booleans()),
        version=draw(versions),
        failure=draw(texts(10)),
        model=draw(texts(10)),
        cost=draw(amounts),
        label=draw(texts(10)),
        tools=tuple(draw(st.lists(tool_uses(), max_size=2))),
    )


@st.composite
def branches(draw: st.DrawFn, newest_version: int, parents: tuple[BranchId, ...]) -> Branch:
    """Any branch below one of some parents, or below none."""
    parent = draw(st.none() | st.sampled_from(parents)) if parents else None
    base = st.none() | st.integers(1, newest_version) if newest_version else st.none()
    return Branch(
        id=BranchId(str(draw(st.uuids()))),
        name=draw(texts(10)),
        session=SessionId(str(draw(st.uuids()))),
        created_at=draw(moments),
        parent=parent,
        forked_after=draw(st.integers(0, 3)),
        base_version=draw(base),
        base_anchor=draw(message_ids),
        is_live=draw(st.booleans()),
        turns=tuple(draw(st.lists(turns(newest_version), max_size=3))),
        total_cost=draw(amounts),
        is_archived=draw(st.booleans()),
        source=draw(texts(8)),
        allowed=tuple(draw(st.lists(texts(8), max_size=2))),
    )


def choices(number: int) -> st.SearchStrategy[Choice]:
    """Any choice among the changes of a version up to this number."""
    refused = st.lists(st.builds(Refusal, texts(), texts()), max_size=3).map(tuple)
    few = st.integers(0, 9)
    return st.builds(Choice, st.integers(1, number), few, few, refused)


people = st.just(NOBODY) | st.builds(Person, texts(8), texts(8), texts(8))


@st.composite
def versions(draw: st.DrawFn, number: int, owners: tuple[BranchId, ...]) -> Version:
    """The version of a number, with the hash of its text."""
    text = draw(texts())
    return Version(
        number=number,
        text=text,
        sha256=text_hash(text),
        words=count_words(text),
        author=draw(st.sampled_from(Author)),
        branch=draw(st.sampled_from(owners)),
        after_turn=draw(st.integers(0, 5)),
        created_at=draw(moments),
        before=draw(st.none() | st.integers(1, number)),
        is_partial=draw(st.booleans()),
        restored_from=draw(st.none() | st.integers(1, number)),
        choice=draw(st.none() | choices(number)),
        sources=tuple(draw(st.lists(st.integers(1, number), max_size=3))),
        label=draw(texts(8)),
        by=draw(people),
    )


@st.composite
def undo_steps(draw: st.DrawFn) -> UndoStep:
    """Any step, those of a newer Redraft included."""
    values = st.none() | texts(8) | st.integers(0, 9)
    fields = st.sampled_from(Field).map(str) | texts(8)
    changes = st.builds(FieldChange, fields, texts(8), values, values)
    return UndoStep(
        action=draw(st.sampled_from(Action).map(str) | texts(8)),
        at=draw(moments),
        changes=tuple(draw(st.lists(changes, max_size=2))),
        by=draw(people),
    )


@st.composite
def contents(draw: st.DrawFn, content_id: ContentId | None = None) -> Content:
    """Any content whose parts fit each other."""
    newest = draw(st.integers(0, 3))
    grown: list[Branch] = []
    for _ in range(draw(st.integers(1, 4))):
        grown.append(draw(branches(newest, tuple(branch.id for branch in grown))))
    owners = tuple(branch.id for branch in grown)
    made = tuple(draw(versions(number, owners)) for number in range(1, newest + 1))
    stamped = st.lists(st.sampled_from(made), max_size=2) if made else st.just([])
    return Content(
        id=content_id or draw(content_ids),
        title=draw(texts(20)),
        kind=draw(texts(10)),
        brief=draw(texts()),
        created_at=draw(moments),
        updated_at=draw(moments),
        main=draw(st.sampled_from(owners)),
        branches=tuple(grown),
        status=draw(st.sampled_from(Status)),
        status_before_archive=draw(st.none() | st.sampled_from(Status)),
        tags=tuple(draw(st.lists(texts(8), max_size=3))),
        sources=tuple(draw(st.lists(texts(8), max_size=2))),
        has_web=draw(st.booleans()),
        versions=made,
        approvals=tuple(
            Approval(version.number, version.sha256, draw(moments), draw(people))
            for version in draw(stamped)
        ),
        publications=tuple(
            Publication(version.number, version.sha256, draw(moments), draw(texts(8)))
            for version in draw(stamped)
        ),
        undo=tuple(draw(st.lists(undo_steps(), max_size=3))),
    )


@st.composite
def places(draw: st.DrawFn) -> Place:
    """Any place."""
    branch_ids = st.uuids().map(lambda value: BranchId(str(value)))
    prompts = st.builds(QueuedPrompt, texts(), st.booleans(), st.booleans())
    queues = st.lists(prompts, min_size=1, max_size=3).map(tuple)
    sources = st.lists(texts(8), max_size=2).map(tuple)
    begun = st.builds(BegunPiece, texts(20), texts(10), texts(), sources)
    parts = st.sampled_from([Part.ITSELF, Part.ASIDE])
    spots = st.builds(Spot, branch_ids, st.integers(0, 9), st.just(0), parts)
    shapes = st.builds(
        TreeShape,
        st.sampled_from(TreeFilter),
        st.frozensets(branch_ids, max_size=2),
        st.frozensets(spots, max_size=2),
        st.none() | branch_ids,
    )
    return Place(
        content=draw(st.none() | content_ids),
        branch=draw(st.dictionaries(content_ids, branch_ids, max_size=3)),
        unsent=draw(st.dictionaries(branch_ids, texts(), max_size=3)),
        edits=draw(st.dictionaries(branch_ids, texts(), max_size=3)),
        queued=draw(st.dictionaries(branch_ids, queues, max_size=3)),
        files=draw(st.dictionaries(content_ids, texts(8), max_size=2)),
        trees=draw(st.dictionaries(content_ids, shapes, max_size=2)),
        begun=draw(begun),
        asking=draw(st.frozensets(branch_ids, max_size=3)),
        list_sort=draw(st.sampled_from(LIST_SORTS)),
        theme=draw(st.builds(ThemeChoice, texts(8), texts(8))),
        sizes=draw(st.builds(PaneSizes, *[st.integers(0, 300)] * 3)),
        editor=draw(st.builds(EditorModes, st.booleans(), st.booleans())),
    )

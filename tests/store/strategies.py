"""Hypothesis strategies for whole contents, hostile texts included; shared by several tests."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from hypothesis import strategies as st

from tui.domain.change_limits import ChangeLimits
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
from tui.domain.list_query import Sort
from tui.domain.passage import Passage, PutBack, Span
from tui.domain.person import NOBODY, Person
from tui.domain.place import (
    BegunPiece,
    EditorModes,
    PaneSizes,
    Place,
    Side,
    ThemeChoice,
)
from tui.domain.queue import QueuedPrompt
from tui.domain.spelling import Spelling
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


@cache  # Making a strategy anew for every value costs more than drawing from it.
def texts(max_size: int = 40) -> st.SearchStrategy[str]:
    """Any text: lone surrogates, NUL, emoji, control characters, now and then a long one."""
    return st.one_of(st.text(any_character, max_size=max_size), st.sampled_from(HOSTILE))


moments = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001
    max_value=datetime(2999, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
perhaps_moments = st.none() | moments
amounts = st.none() | st.floats(min_value=0, max_value=1e6, allow_nan=False)
uuids = st.uuids().map(str)
turn_ids, branch_ids, session_ids = uuids.map(TurnId), uuids.map(BranchId), uuids.map(SessionId)
message_ids = st.none() | uuids.map(MessageId)
flags = st.booleans()
few, some, turn_counts, counts = (st.integers(*ends) for ends in ((0, 3), (1, 4), (0, 5), (0, 100)))
tool_states = st.sampled_from(ToolState)
turn_kinds, turn_states = st.sampled_from(TurnKind), st.sampled_from(TurnState)
authors, statuses = st.sampled_from(Author), st.sampled_from(Status)
perhaps_statuses = st.none() | statuses
content_ids = st.text("abcdefghijkmnpqrstuvwxyz23456789", min_size=8, max_size=12).map(ContentId)


@cache
def numbers(newest: int) -> st.SearchStrategy[int]:
    """The number of a version up to the newest."""
    return st.integers(1, max(newest, 1))


@cache
def perhaps_numbers(newest: int) -> st.SearchStrategy[int | None]:
    """The number of a version, or none."""
    return st.none() | numbers(newest) if newest else st.none()


@st.composite
def tool_uses(draw: st.DrawFn) -> ToolUse:
    """Anything Claude may have used."""
    return ToolUse(
        id=draw(texts(10)),
        name=draw(texts(10)),
        subject=draw(texts()),
        at=draw(counts),
        state=draw(tool_states),
        result=draw(texts()),
    )


few_tools = st.lists(tool_uses(), max_size=2).map(tuple)
few_names = st.lists(texts(8), max_size=2).map(tuple)


spans = st.tuples(counts, counts).map(sorted).map(lambda ends: Span(*ends))
some_limits = st.builds(ChangeLimits, st.none() | st.integers(1, 100), texts(8), st.booleans())
perhaps_limits = st.none() | some_limits
perhaps_put_back = st.none() | st.builds(PutBack, counts, st.lists(texts(8), max_size=2).map(tuple))


@cache
def passages(newest: int) -> st.SearchStrategy[Passage | None]:
    """Any stretch of a version up to the newest, or none."""
    return st.none() | st.builds(Passage, numbers(newest), spans) if newest else st.none()


@st.composite
def turns(draw: st.DrawFn, newest_version: int = 0) -> Turn:
    """Any turn."""
    versions = perhaps_numbers(newest_version)
    return Turn(
        id=draw(turn_ids),
        kind=draw(turn_kinds),
        prompt=draw(texts()),
        started_at=draw(moments),
        state=draw(turn_states),
        ended_at=draw(perhaps_moments),
        reply=draw(texts()),
        anchor=draw(message_ids),
        told=draw(versions),
        is_retold=draw(flags),
        version=draw(versions),
        failure=draw(texts(10)),
        model=draw(texts(10)),
        cost=draw(amounts),
        label=draw(texts(10)),
        tools=draw(few_tools),
        passage=draw(passages(newest_version)),
        limits=draw(perhaps_limits),
        put_back=draw(perhaps_put_back),
    )


@cache
def few_turns(newest_version: int) -> st.SearchStrategy[tuple[Turn, ...]]:
    """Turns of one branch."""
    return st.lists(turns(newest_version), max_size=3).map(tuple)


@st.composite
def branches(draw: st.DrawFn, newest_version: int, parents: tuple[BranchId, ...]) -> Branch:
    """Any branch below one of some parents, or below none."""
    parent = draw(st.sampled_from((None, *parents)))
    return Branch(
        id=draw(branch_ids),
        name=draw(texts(10)),
        session=draw(session_ids),
        created_at=draw(moments),
        parent=parent,
        forked_after=draw(few),
        base_version=draw(perhaps_numbers(newest_version)) if newest_version else None,
        base_anchor=draw(message_ids),
        is_live=draw(flags),
        turns=draw(few_turns(newest_version)),
        total_cost=draw(amounts),
        is_archived=draw(flags),
        source=draw(texts(8)),
        allowed=draw(few_names),
    )


refusals = st.lists(st.builds(Refusal, texts(), texts()), max_size=3).map(tuple)


@cache
def choices(number: int) -> st.SearchStrategy[Choice | None]:
    """Any choice among the changes of a version up to this number, or none."""
    digits = st.integers(0, 9)
    return st.none() | st.builds(Choice, numbers(number), digits, digits, refusals)


@cache
def few_numbers(newest: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Numbers of versions up to the newest."""
    return st.lists(numbers(newest), max_size=3).map(tuple)


people = st.just(NOBODY) | st.builds(Person, texts(8), texts(8), texts(8))


@cache
def few_spans(length: int) -> st.SearchStrategy[tuple[Span, ...]]:
    """Stretches of a text so long, in order and apart."""
    places = st.sets(st.integers(0, length), max_size=4).map(sorted)
    return places.map(
        lambda found: tuple(Span(*found[at : at + 2]) for at in range(0, len(found) - 1, 2))
    )


@st.composite
def versions(draw: st.DrawFn, number: int, owners: tuple[BranchId, ...]) -> Version:
    """The version of a number, with the hash of its text."""
    text = draw(texts())
    return Version(
        number=number,
        text=text,
        sha256=text_hash(text),
        words=count_words(text),
        author=draw(authors),
        branch=draw(st.sampled_from(owners)),
        after_turn=draw(turn_counts),
        created_at=draw(moments),
        before=draw(perhaps_numbers(number)),
        is_partial=draw(flags),
        restored_from=draw(perhaps_numbers(number)),
        choice=draw(choices(number)),
        sources=draw(few_numbers(number)),
        label=draw(texts(8)),
        by=draw(people),
        locks=draw(few_spans(len(text))),
    )


step_values = st.none() | texts(8) | st.integers(0, 9)
fields = st.sampled_from(Field).map(str) | texts(8)
few_changes = st.lists(
    st.builds(FieldChange, fields, texts(8), step_values, step_values), max_size=2
).map(tuple)
undo_steps = st.builds(
    UndoStep, st.sampled_from(Action).map(str) | texts(8), moments, few_changes, people
)
"""Any step, those of a newer Redraft included."""
few_steps = st.lists(undo_steps, max_size=3).map(tuple)
few_tags = st.lists(texts(8), max_size=3).map(tuple)


@st.composite
def contents(draw: st.DrawFn, content_id: ContentId | None = None) -> Content:
    """Any content whose parts fit each other."""
    newest = draw(few)
    grown: list[Branch] = []
    for _ in range(draw(some)):
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
        status=draw(statuses),
        status_before_archive=draw(perhaps_statuses),
        tags=draw(few_tags),
        sources=draw(few_names),
        has_web=draw(flags),
        versions=made,
        approvals=tuple(
            Approval(version.number, version.sha256, draw(moments), draw(people))
            for version in draw(stamped)
        ),
        publications=tuple(
            Publication(version.number, version.sha256, draw(moments), draw(texts(8)))
            for version in draw(stamped)
        ),
        undo=draw(few_steps),
    )


prompts = st.builds(QueuedPrompt, texts(), flags, flags, perhaps_limits)
shapes = st.builds(
    TreeShape,
    st.sampled_from(TreeFilter),
    st.frozensets(branch_ids, max_size=2),
    st.frozensets(
        st.builds(
            Spot,
            branch_ids,
            st.integers(0, 9),
            st.just(0),
            st.sampled_from([Part.ITSELF, Part.ASIDE]),
        ),
        max_size=2,
    ),
    st.none() | branch_ids,
)
said = st.dictionaries(branch_ids, texts(), max_size=3)


def _with_edited(place: Place, number: int) -> Place:
    """Say of some kept edits which version they were made of."""
    return replace(place, edited=dict.fromkeys(list(place.edits)[::2], number))


some_places = st.builds(
    Place,
    content=st.none() | content_ids,
    branch=st.dictionaries(content_ids, branch_ids, max_size=3),
    unsent=said,
    edits=said,
    locked=st.dictionaries(branch_ids, few_spans(80), max_size=2),
    folded=st.dictionaries(branch_ids, few_spans(80), max_size=2),
    wishes=said,
    queued=st.dictionaries(
        branch_ids, st.lists(prompts, min_size=1, max_size=3).map(tuple), max_size=3
    ),
    files=st.dictionaries(content_ids, texts(8), max_size=2),
    trees=st.dictionaries(content_ids, shapes, max_size=2),
    begun=st.builds(BegunPiece, texts(20), texts(10), texts(), few_names),
    asking=st.frozensets(branch_ids, max_size=3),
    list_sort=st.sampled_from(Sort),
    theme=st.builds(ThemeChoice, texts(8), texts(8)),
    sizes=st.builds(PaneSizes, *[st.integers(0, 300)] * 3),
    editor=st.builds(EditorModes, flags, flags, st.sampled_from(Side)),
    goals=st.dictionaries(content_ids, st.integers(1, 100_000), max_size=2),
    spelling=st.dictionaries(
        content_ids, st.builds(Spelling, texts(8), st.frozensets(texts(8), max_size=2)), max_size=2
    ),
    limits=st.dictionaries(branch_ids, some_limits, max_size=2),
)


def places() -> st.SearchStrategy[Place]:
    """Any place."""
    return st.builds(_with_edited, some_places, st.integers(1, 9))

"""Files of other times: rows that lack what came later, and words of a newer Redraft alone."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

import pytest

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
from tui.domain.ids import BranchId, ContentId, SessionId, TurnId
from tui.domain.passage import Passage, PutBack, Span
from tui.domain.person import Person
from tui.domain.place import BegunPiece, EditorModes, Place, Side
from tui.domain.queue import QueuedPrompt
from tui.domain.spelling import Spelling
from tui.domain.steps import FieldChange, UndoStep
from tui.domain.tools import ToolState, ToolUse
from tui.domain.tree_shape import Part, Spot, TreeFilter, TreeShape
from tui.store.content_rows import content_from_rows
from tui.store.place_rows import TABLES, place_from_rows
from tui.store.unreadable import Unreadable

AT: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
ID, MAIN = ContentId("sample22"), BranchId("main-branch")
WHEN: Final = "2026-01-01T12:00:00"
"""A moment as a file has it; without a time zone, it is in UTC."""

LEAST: Final[Mapping[str, list[dict[str, Any]]]] = {
    "content": [
        {
            "id": ID,
            "title": "A piece",
            "kind": "post",
            "created_at": WHEN,
            "updated_at": "2026-01-01T13:30:00+01:30",
            "main": MAIN,
        }
    ],
    "branches": [{"id": MAIN, "name": "main", "session": "session-1", "created_at": WHEN}],
    "turns": [
        {
            "id": "turn-1",
            "branch": MAIN,
            "kind": "generate",
            "state": "finished",
            "prompt": "Write it.",
            "started_at": WHEN,
            "tools": [{"id": "use-1", "name": "Read"}],
            "passage": {"version": 1, "start": 1, "end": 3},
            "limits": {},
            "put_back": {},
        }
    ],
    "versions": [
        {
            "number": 1,
            "text": "Text",
            "sha256": "its hash",
            "words": 1,
            "author": "claude",
            "branch": MAIN,
            "after_turn": 1,
            "created_at": WHEN,
            "choice": {
                "version": 1,
                "taken": 2,
                "changes": 3,
                "refused": [{"kept": "a", "refused": "b"}],
            },
            "locks": [{"start": 0, "end": 2}],
        }
    ],
    "approvals": [{"version": 1, "sha256": "its hash", "at": WHEN}],
    "publications": [{"version": 1, "sha256": "its hash", "at": WHEN}],
    "undo": [
        {"action": "rename", "at": WHEN, "changes": [{"field": "title"}]},
        {"action": "rename", "at": WHEN, "author": "anna@mac"},
        {"action": "rename", "at": WHEN, "by": {"user": "bob"}},
    ],
}
"""The fields that every file has, and in rows within rows those that come with the row."""

OPTIONAL: Final = ("tools", "passage", "limits", "put_back", "choice", "locks", "refused")


def test_what_an_older_file_lacks_is_as_if_it_had_never_been_set() -> None:
    turn = Turn(
        TurnId("turn-1"),
        TurnKind.GENERATE,
        "Write it.",
        AT,
        TurnState.FINISHED,
        tools=(ToolUse("use-1", "Read", "", 0, ToolState.DONE, ""),),
        passage=Passage(1, Span(1, 3)),
        limits=ChangeLimits(),
        put_back=PutBack(0, ()),
    )
    version = Version(
        number=1,
        text="Text",
        sha256="its hash",
        words=1,
        author=Author.CLAUDE,
        branch=MAIN,
        after_turn=1,
        created_at=AT,
        choice=Choice(1, 2, 3, (Refusal("a", "b"),)),
        locks=(Span(0, 2),),
    )
    assert content_from_rows({**LEAST}) == Content(
        id=ID,
        title="A piece",
        kind="post",
        brief="",
        created_at=AT,
        updated_at=AT,
        main=MAIN,
        branches=(Branch(MAIN, "main", SessionId("session-1"), AT, turns=(turn,)),),
        versions=(version,),
        approvals=(Approval(1, "its hash", AT),),
        publications=(Publication(1, "its hash", AT),),
        undo=(
            UndoStep("rename", AT, (FieldChange("title", "", None, None),), Person("", "", "")),
            UndoStep("rename", AT, (), Person("anna", "anna", "mac")),
            UndoStep("rename", AT, (), Person("", "bob", "")),
        ),
    )


def test_a_content_without_versions_or_history_has_only_the_tables_of_its_branches() -> None:
    content = content_from_rows({name: LEAST[name] for name in ("content", "branches")})
    assert (content.versions, content.approvals, content.publications) == ((), (), ())
    assert (content.undo, content.branches[0].turns) == ((), ())


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (table, name)
        for table in ("content", "branches", "turns", "versions", "approvals", "publications")
        for name in LEAST[table][0]
        if name not in OPTIONAL
    ],
)
def test_what_every_file_has_is_asked_for_by_name(table: str, name: str) -> None:
    rows = deepcopy({**LEAST})
    del rows[table][0][name]
    with pytest.raises(Unreadable) as refused:
        content_from_rows(rows)
    said = refused.value.about("the file")
    assert said.startswith(f"“{name}” is missing in the file; it has to be a ")


@pytest.mark.parametrize(
    ("table", "name", "words"),
    [
        ("content", "status", "draft, review, approved, published, archived"),
        ("turns", "kind", "generate, revise, ask, check"),
        ("versions", "author", ", ".join(Author)),
    ],
)
def test_a_word_of_no_known_meaning_is_named_with_those_that_fit(
    table: str, name: str, words: str
) -> None:
    rows = deepcopy({**LEAST})
    rows[table][0][name] = "lovely"
    told = f"“{name}” in the file is 'lovely', which is not one of: {words}."
    with pytest.raises(Unreadable) as refused:
        content_from_rows(rows)
    assert refused.value.about("the file") == told


def test_locks_beyond_the_end_of_a_text_are_dropped() -> None:
    rows = deepcopy({**LEAST})
    locks = [(0, 4), (3, 5), (2, 2), (-3, 1), (3, 1)]
    rows["versions"][0]["locks"] = [{"start": start, "end": end} for start, end in locks]
    assert content_from_rows(rows).versions[0].locks == (Span(0, 4), Span(0, 1))


def tables(**rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the tables of a place, empty but for these rows."""
    return {**{name: [] for name in TABLES}, **rows}


def test_what_the_place_of_an_older_redraft_lacks_is_as_usual() -> None:
    assert place_from_rows(tables()) == place_from_rows(tables(place=[{}])) == Place()
    assert place_from_rows(
        tables(
            queued=[{"branch": MAIN, "text": "Go."}, {"branch": MAIN, "text": "On.", "limits": {}}],
            trees=[{"content": ID, "opened": [{"branch": MAIN}]}],
            goals=[{"content": ID}],
            spelling=[{"content": ID, "language": "en_GB"}],
            limits=[{"branch": MAIN, "limits": {}}, {"branch": "other", "limits": None}],
            place=[{"title": None, "sources": ["a.md"], "editor_focused": True}],
        )
    ) == Place(
        queued={MAIN: (QueuedPrompt("Go."), QueuedPrompt("On.", limits=ChangeLimits()))},
        trees={ID: TreeShape(TreeFilter.ALL, frozenset(), frozenset({Spot(MAIN)}), None)},
        goals={ID: 0},
        spelling={ID: Spelling("en_GB", frozenset())},
        limits={MAIN: ChangeLimits()},
        begun=BegunPiece("", "", "", ("a.md",)),
        editor=EditorModes(is_focused=True),
    )


def test_what_only_a_newer_redraft_can_show_is_shown_as_usual() -> None:
    place = place_from_rows(
        tables(
            place=[{"list_sort": "mood", "editor_side": "below"}],
            trees=[
                {
                    "content": ID,
                    "filter": "mood",
                    "opened": [{"branch": MAIN, "turn": 2, "part": "elsewhere"}],
                }
            ],
        )
    )
    assert (place.list_sort, place.editor.side) == ("recent", Side.NONE)
    assert place.trees[ID] == TreeShape(opened=frozenset({Spot(MAIN, 2, part=Part.ITSELF)}))

"""Conversion of a place to rows of tables and back; pure.

Missing fields and tables get their default, and so do choices that only a newer Redraft knows.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from tui.domain.change_limits import ChangeLimits
from tui.domain.ids import BranchId, ContentId
from tui.domain.list_query import Sort
from tui.domain.passage import Span
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
from tui.domain.tree_shape import Part, Spot, TreeFilter, TreeShape
from tui.store.fields import (
    flag,
    limits_from_row,
    limits_to_row,
    number,
    optional_text,
    rows,
    text,
    texts,
)
from tui.store.migrations import Row

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)
Rows = Mapping[str, list[Row]]
"""Rows by table."""
TABLES: Final = (
    "place",
    "branch",
    "unsent",
    "folded",
    "edits",
    "edited",
    "locked",
    "wishes",
    "queued",
    "asking",
    "files",
    "trees",
    "goals",
    "spelling",
    "limits",
)
_SPAN: Final = re.compile(r"(\d{1,12})-(\d{1,12})")


def place_to_rows(place: Place) -> Rows:
    """Return all rows of a place."""
    return {
        "place": [_where_to_row(place)],
        "branch": [{"content": key, "branch": value} for key, value in place.branch.items()],
        "unsent": [{"branch": key, "text": value} for key, value in place.unsent.items()],
        "folded": [
            {"branch": key, "spans": text_of_spans(value)} for key, value in place.folded.items()
        ],
        "edits": [{"branch": key, "text": value} for key, value in place.edits.items()],
        "edited": [{"branch": key, "version": value} for key, value in place.edited.items()],
        "locked": [
            {"branch": key, "spans": text_of_spans(value)} for key, value in place.locked.items()
        ],
        "wishes": [{"branch": key, "text": value} for key, value in place.wishes.items()],
        "queued": [
            {"branch": key, **_queued_to_row(prompt)}
            for key, prompts in place.queued.items()
            for prompt in prompts
        ],
        "files": [{"content": key, "file": value} for key, value in place.files.items()],
        "trees": [{"content": key, **_tree_to_row(value)} for key, value in place.trees.items()],
        "goals": [{"content": key, "words": value} for key, value in place.goals.items()],
        "spelling": [
            {"content": key, "language": value.language, "words": sorted(value.words)}
            for key, value in place.spelling.items()
        ],
        "limits": [
            {"branch": key, "limits": limits_to_row(value)} for key, value in place.limits.items()
        ],
        "asking": [{"branch": branch} for branch in sorted(place.asking)],
    }


def _where_to_row(place: Place) -> Row:
    """Return the one row of what belongs to no branch and, but for the open one, to no content."""
    return {
        "content": place.content,
        "title": place.begun.title,
        "kind": place.begun.kind,
        "brief": place.begun.brief,
        "sources": list(place.begun.sources),
        "list_sort": place.list_sort.value,
        "theme": place.theme.name,
        "theme_before": place.theme.instead_of,
        "list_width": place.sizes.list,
        "tree_width": place.sizes.tree,
        "preview_width": place.sizes.preview,
        "editor_focused": place.editor.is_focused,
        "editor_typewriter": place.editor.is_typewriter,
        "editor_side": place.editor.side.value,
    }


def _queued_to_row(prompt: QueuedPrompt) -> Row:
    return {
        "text": prompt.text,
        "asks": prompt.is_asking,
        "removed": prompt.is_removed,
        "limits": limits_to_row(prompt.limits),
    }


def place_from_rows(tables: Rows) -> Place:
    """Return the place from its rows; raises `Unreadable` for bad fields."""
    where = tables["place"][0] if tables["place"] else {}
    content = optional_text(where, "content")
    return Place(
        content=None if content is None else ContentId(content),
        branch=_by_content(tables["branch"], lambda row: BranchId(text(row, "branch"))),
        unsent=_by_branch(tables["unsent"], _text),
        folded=_by_branch(tables["folded"], lambda row: spans_of_text(text(row, "spans"))),
        edits=_by_branch(tables["edits"], _text),
        edited=_by_branch(tables["edited"], lambda row: number(row, "version")),
        locked=_by_branch(tables["locked"], lambda row: spans_of_text(text(row, "spans"))),
        wishes=_by_branch(tables["wishes"], _text),
        queued=_queues(tables["queued"]),
        files=_by_content(tables["files"], lambda row: text(row, "file")),
        trees=_by_content(tables["trees"], _tree),
        begun=_begun(where),
        asking=frozenset(BranchId(text(row, "branch")) for row in tables["asking"]),
        list_sort=_known(where, "list_sort", Sort.RECENT),
        theme=_theme(where),
        sizes=_sizes(where),
        editor=_editor(where),
        spelling=_by_content(tables["spelling"], _spelling),
        goals=_by_content(tables["goals"], lambda row: number(row, "words", 0)),
        limits=_limits(tables["limits"]),
    )


def _by_branch(rows: list[Row], value: Callable[[Row], Value]) -> Mapping[BranchId, Value]:
    return MappingProxyType({BranchId(text(row, "branch")): value(row) for row in rows})


def _by_content(rows: list[Row], value: Callable[[Row], Value]) -> Mapping[ContentId, Value]:
    return MappingProxyType({ContentId(text(row, "content")): value(row) for row in rows})


def _text(row: Row) -> str:
    return text(row, "text")


def _spelling(row: Row) -> Spelling:
    return Spelling(text(row, "language"), frozenset(texts(row, "words")))


def _begun(row: Row) -> BegunPiece:
    title, kind, brief = (optional_text(row, name) or "" for name in ("title", "kind", "brief"))
    return BegunPiece(title, kind, brief, texts(row, "sources"))


def _known(row: Row, name: str, default: Choice) -> Choice:
    """Return a choice; the default for a missing one, and for one of a newer Redraft's."""
    chosen = optional_text(row, name)
    return next((one for one in type(default) if one.value == chosen), default)


def _theme(row: Row) -> ThemeChoice:
    return ThemeChoice(optional_text(row, "theme") or "", optional_text(row, "theme_before") or "")


def _sizes(row: Row) -> PaneSizes:
    wide, tree, preview = (number(row, f"{pane}_width", 0) for pane in ("list", "tree", "preview"))
    return PaneSizes(wide, tree, preview)


def _editor(row: Row) -> EditorModes:
    side = _known(row, "editor_side", Side.NONE)
    return EditorModes(flag(row, "editor_focused"), flag(row, "editor_typewriter"), side)


def _limits(rows: list[Row]) -> Mapping[BranchId, ChangeLimits]:
    limited = ((BranchId(text(row, "branch")), limits_from_row(row)) for row in rows)
    return MappingProxyType({branch: limits for branch, limits in limited if limits is not None})


def _queues(rows: list[Row]) -> Mapping[BranchId, tuple[QueuedPrompt, ...]]:
    queues: dict[BranchId, tuple[QueuedPrompt, ...]] = {}
    for row in rows:
        branch = BranchId(text(row, "branch"))
        prompt = QueuedPrompt(
            text(row, "text"), flag(row, "asks"), flag(row, "removed"), limits_from_row(row)
        )
        queues[branch] = (*queues.get(branch, ()), prompt)
    return MappingProxyType(queues)


def _tree_to_row(shape: TreeShape) -> Row:
    return {
        "filter": shape.filter.value,
        "folded": sorted(shape.folded),
        "opened": [
            {"branch": spot.branch, "turn": spot.turn, "part": spot.part.value}
            for spot in sorted(shape.opened, key=lambda spot: (spot.branch, spot.turn, spot.part))
        ],
        "top": shape.top,
    }


def _tree(row: Row) -> TreeShape:
    top = optional_text(row, "top")
    return TreeShape(
        _known(row, "filter", TreeFilter.ALL),
        frozenset(BranchId(branch) for branch in texts(row, "folded")),
        frozenset(_spot(opened) for opened in rows(row, "opened")),
        None if top is None else BranchId(top),
    )


def _spot(row: Row) -> Spot:
    part = Part.ASIDE if text(row, "part", "") == Part.ASIDE.value else Part.ITSELF
    return Spot(BranchId(text(row, "branch")), number(row, "turn", 0), part=part)


def text_of_spans(spans: Iterable[Span]) -> str:
    """Return spans of a text as one line, `3-10 15-20`: a journal keeps texts only."""
    return " ".join(f"{span.start}-{span.end}" for span in spans)


def spans_of_text(line: str) -> tuple[Span, ...]:
    """Return the spans in such a line; anything else in it is ignored."""
    return tuple(Span(int(start), int(end)) for start, end in _SPAN.findall(line))

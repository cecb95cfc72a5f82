"""Where a writer is in the library, so that a restart brings them back there."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tui.domain.change_limits import ChangeLimits
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId
from tui.domain.list_query import Sort
from tui.domain.passage import Span
from tui.domain.queue import QueuedPrompt
from tui.domain.spelling import Spelling
from tui.domain.tree_shape import TreeShape


@frozen
class BegunPiece:
    """The input of the dialog for a new piece: unchecked until the piece is created."""

    title: str = ""
    kind: str = ""
    brief: str = ""
    sources: tuple[str, ...] = ()
    """Folders and files that Claude may read, as typed."""


NOTHING_BEGUN: Final = BegunPiece()
"""The empty dialog for a new piece."""


@frozen
class ThemeChoice:
    """A colour theme chosen on the screen; valid until the settings name another theme."""

    name: str = ""
    """Empty when no theme was chosen."""
    instead_of: str = ""
    """The theme in the settings at that time."""


AS_IN_SETTINGS: Final = ThemeChoice()


@frozen
class PaneSizes:
    """The widths of panes that the writer chose, in cells; 0 for the usual one."""

    list: int = 0
    tree: int = 0
    preview: int = 0
    """Width of the preview beside a tree that has the whole screen."""


USUAL_SIZES: Final = PaneSizes()


class Side(StrEnum):
    """What is shown beside the text in the editor."""

    NONE = ""
    PREVIEW = "preview"
    OUTLINE = "outline"
    DIFF = "diff"
    """The changes since the version that the edit is based on."""

    @property
    def following(self) -> "Side":
        """The next value, cyclically."""
        every = list(Side)
        return every[(every.index(self) + 1) % len(every)]


@frozen
class EditorModes:
    """Modes of the editor."""

    is_focused: bool = False
    """Whether other paragraphs than the one with the cursor are dimmed."""
    is_typewriter: bool = False
    """Whether the line with the cursor stays in the middle of the screen."""
    side: Side = Side.NONE
    """What is shown beside the text when there is room."""


PLAIN_EDITOR: Final = EditorModes()


@frozen
class Place:
    """Where the writer was; persisted across restarts."""

    content: ContentId | None = None
    branch: Mapping[ContentId, BranchId] = field(default_factory=lambda: MappingProxyType({}))
    """The branch last shown, for each content."""
    unsent: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Unsent text of the prompt box."""
    folded: Mapping[BranchId, tuple[Span, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Long pasted stretches of those texts, which the prompt box shows as markers."""
    edits: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Text of an editor that was left without saving or discarding."""
    edited: Mapping[BranchId, int] = field(default_factory=lambda: MappingProxyType({}))
    """Numbers of the versions that those texts are based on; a first text has none."""
    locked: Mapping[BranchId, tuple[Span, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Locks in the text of an open editor, where they differ from the version's."""
    wishes: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Unsent text of the box about a passage."""
    queued: Mapping[BranchId, tuple[QueuedPrompt, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Queued prompts by branch; a branch with an empty queue is not listed."""
    files: Mapping[ContentId, str] = field(default_factory=lambda: MappingProxyType({}))
    """The file that each content was last saved to, as a whole path."""
    trees: Mapping[ContentId, TreeShape] = field(default_factory=lambda: MappingProxyType({}))
    """The filtered, folded and hoisted rows in the fork tree of each content."""
    begun: BegunPiece = NOTHING_BEGUN
    asking: frozenset[BranchId] = frozenset()
    """The branches whose next prompt only asks a question and makes no version."""
    list_sort: Sort = Sort.RECENT
    """How the list of pieces is sorted."""
    theme: ThemeChoice = AS_IN_SETTINGS
    sizes: PaneSizes = USUAL_SIZES
    editor: EditorModes = PLAIN_EDITOR
    goals: Mapping[ContentId, int] = field(default_factory=lambda: MappingProxyType({}))
    """Daily word goal, for each content that has one."""
    spelling: Mapping[ContentId, Spelling] = field(default_factory=lambda: MappingProxyType({}))
    """How spelling is checked, for each content that has a language or words of its own."""
    limits: Mapping[BranchId, ChangeLimits] = field(default_factory=lambda: MappingProxyType({}))
    """Limits of a branch's next prompt; a branch without limits is not listed."""

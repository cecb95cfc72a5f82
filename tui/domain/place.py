"""Where a writer is in the library, so that a restart brings them back there."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tui.domain.change_limits import ChangeLimits
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId
from tui.domain.passage import Span
from tui.domain.queue import QueuedPrompt
from tui.domain.spelling import Spelling
from tui.domain.tree_shape import TreeShape

LIST_SORTS: Final[tuple[str, ...]] = ("recent", "title", "status")
"""The orders in which the list of pieces can stand; the first one is the order of a new library."""


@frozen
class BegunPiece:
    """What is typed in the dialog for a new piece and not created yet; unchecked."""

    title: str = ""
    kind: str = ""
    brief: str = ""
    sources: tuple[str, ...] = ()
    """Folders and files as they were typed."""


NOTHING_BEGUN: Final = BegunPiece()
"""The dialog for a new piece with nothing typed in it."""


@frozen
class ThemeChoice:
    """A colour theme chosen at the screen; it holds until the settings name another one."""

    name: str = ""
    """Empty while none was chosen."""
    instead_of: str = ""
    """The theme that the settings had then."""


AS_IN_SETTINGS: Final = ThemeChoice()


@frozen
class PaneSizes:
    """The widths of panes that the writer chose, in cells; 0 for the usual one."""

    list: int = 0
    tree: int = 0
    preview: int = 0
    """Of the preview beside a tree that has the whole screen."""


USUAL_SIZES: Final = PaneSizes()


class Side(StrEnum):
    """What stands beside the text in the editor."""

    NONE = ""
    PREVIEW = "preview"
    OUTLINE = "outline"
    DIFF = "diff"
    """What changed since the version that the edit began from."""

    @property
    def following(self) -> "Side":
        """The next one, and after the last one the first."""
        every = list(Side)
        return every[(every.index(self) + 1) % len(every)]


@frozen
class EditorModes:
    """How the editor helps to stay with the words."""

    is_focused: bool = False
    """Whether other paragraphs than the one with the cursor are dimmed."""
    is_typewriter: bool = False
    """Whether the line with the cursor stays in the middle of the screen."""
    side: Side = Side.NONE
    """What stands beside the text where there is room."""


PLAIN_EDITOR: Final = EditorModes()


@frozen
class Place:
    """Where the writer was: kept over a restart."""

    content: ContentId | None = None
    branch: Mapping[ContentId, BranchId] = field(default_factory=lambda: MappingProxyType({}))
    """The branch last shown, for each content."""
    unsent: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Text typed into the prompt and not sent."""
    edits: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Text of an editor that was left without saving or discarding it."""
    edited: Mapping[BranchId, int] = field(default_factory=lambda: MappingProxyType({}))
    """Numbers of the versions that such texts were made of; a first text was made of none."""
    locked: Mapping[BranchId, tuple[Span, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """What is locked in the text of an open editor, where that is not what the version has."""
    wishes: Mapping[BranchId, str] = field(default_factory=lambda: MappingProxyType({}))
    """What is typed into the box about a passage and not sent."""
    queued: Mapping[BranchId, tuple[QueuedPrompt, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Prompts that wait for the turn before them to end; a branch without any is not in it."""
    files: Mapping[ContentId, str] = field(default_factory=lambda: MappingProxyType({}))
    """The file that each content was last saved to, as a whole path."""
    trees: Mapping[ContentId, TreeShape] = field(default_factory=lambda: MappingProxyType({}))
    """What is filtered, folded and hoisted in the fork tree of each content."""
    begun: BegunPiece = NOTHING_BEGUN
    asking: frozenset[BranchId] = frozenset()
    """The branches whose next prompt only asks, and makes no version."""
    list_sort: str = LIST_SORTS[0]
    """How the list of pieces is sorted: one of `LIST_SORTS`."""
    theme: ThemeChoice = AS_IN_SETTINGS
    sizes: PaneSizes = USUAL_SIZES
    editor: EditorModes = PLAIN_EDITOR
    goals: Mapping[ContentId, int] = field(default_factory=lambda: MappingProxyType({}))
    """Words that the writer means to write on a day, for each content with such a goal."""
    spelling: Mapping[ContentId, Spelling] = field(default_factory=lambda: MappingProxyType({}))
    """How spelling is checked, for each content that has a language or words of its own."""
    limits: Mapping[BranchId, ChangeLimits] = field(default_factory=lambda: MappingProxyType({}))
    """What the next prompt of a branch may change at most; a branch without limits is not in it."""

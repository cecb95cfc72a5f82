"""Everything that the main screen can do, put together; each group is given what it needs."""

import time
from collections.abc import Callable

from tui.screens.main.angles import AngleActions
from tui.screens.main.best import BestActions
from tui.screens.main.branches import BranchActions
from tui.screens.main.chat import ChatProjection
from tui.screens.main.comparing import CompareActions
from tui.screens.main.drafts import DraftActions
from tui.screens.main.editing import EditActions
from tui.screens.main.focus import FocusActions
from tui.screens.main.group import Desk
from tui.screens.main.info import InfoActions
from tui.screens.main.library import Library
from tui.screens.main.limits import LimitActions
from tui.screens.main.links import LinkActions
from tui.screens.main.options import MainOptions
from tui.screens.main.pieces import PieceActions
from tui.screens.main.previews import PreviewActions
from tui.screens.main.program import ProgramActions
from tui.screens.main.prompts import Prompts
from tui.screens.main.questions import Questions
from tui.screens.main.queue import QueueActions
from tui.screens.main.retrying import RetryActions
from tui.screens.main.room import RoomActions
from tui.screens.main.saving import PlaceSaver
from tui.screens.main.screen_ui import ScreenUi
from tui.screens.main.searching import SearchActions
from tui.screens.main.setup import Setup
from tui.screens.main.tree import TreeActions
from tui.screens.main.ui import Handlers, WorkspaceState
from tui.screens.main.versions import VersionActions


class Actions:
    """The groups that messages are routed to, and what each command does."""

    def __init__(
        self, options: MainOptions, state: WorkspaceState, ui: ScreenUi, columns: Callable[[], int]
    ) -> None:
        """Make all groups for one studio, one workspace and one screen with so many columns."""
        studio = options.studio
        self.chat = ChatProjection(studio, ui.keymap, time.monotonic, is_calm=options.is_calm)
        self.library = Library(studio, state, ui, self.chat, options.now)
        desk = Desk(options, state, ui, self.library)
        self.prompts = Prompts(desk, self.chat)
        self.queue = QueueActions(desk, self.prompts)
        edits = EditActions(desk, self.prompts)
        self.pieces = PieceActions(desk, self.prompts, take_back=edits.take_back)
        self.questions = Questions(desk)
        self.links = LinkActions(desk)
        self.saver = PlaceSaver(studio, state, ui, self.prompts)
        self.setup = Setup(desk)
        self.program = ProgramActions(desk)
        self.angles = AngleActions(desk)
        branches = BranchActions(desk)
        self.tree = TreeActions(desk, branches)
        self.room = RoomActions(desk, columns)
        drafts = DraftActions(desk, self.prompts, edits)
        groups = (
            *(self.prompts, self.queue, self.pieces, self.questions, self.links, self.program),
            *(self.tree, self.room, branches, edits, drafts),
            RetryActions(desk, self.prompts),
            BestActions(desk, self.chat, branches),
            CompareActions(desk, drafts, branches),
            VersionActions(desk, drafts, branches),
            FocusActions(desk, self.pieces, self.prompts),
            PreviewActions(desk),
            InfoActions(desk),
            SearchActions(desk),
            LimitActions(desk),
        )
        self.handlers: Handlers = {
            name: do for group in groups for name, do in group.handlers().items()
        }
        """By the command's id."""

    async def begin(self) -> None:
        """Show what was there last time, in the colours chosen last."""
        await self.library.begin()
        self.program.restore_theme()

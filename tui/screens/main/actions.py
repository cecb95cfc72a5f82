"""Everything that the main screen can do, put together; each group is given what it needs."""

import time
from collections.abc import Callable

from tui.domain.frozen import frozen
from tui.screens.main.angles import AngleActions
from tui.screens.main.best import BestActions
from tui.screens.main.branches import BranchActions
from tui.screens.main.chat import ChatProjection
from tui.screens.main.comparing import CompareActions
from tui.screens.main.drafts import DraftActions
from tui.screens.main.editing import EditActions
from tui.screens.main.focus import FocusActions
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
from tui.screens.main.searching import SearchActions
from tui.screens.main.setup import Setup
from tui.screens.main.tree import TreeActions
from tui.screens.main.ui import Handlers, Ui, WorkspaceState
from tui.screens.main.versions import VersionActions


@frozen
class Actions:
    """The groups that messages are routed to, and what each command does."""

    chat: ChatProjection
    library: Library
    prompts: Prompts
    queue: QueueActions
    pieces: PieceActions
    questions: Questions
    links: LinkActions
    saver: PlaceSaver
    setup: Setup
    tree: TreeActions
    room: RoomActions
    program: ProgramActions
    angles: AngleActions
    handlers: Handlers
    """By the command's id."""

    async def begin(self) -> None:
        """Show what was there last time, in the colours chosen last."""
        await self.library.begin()
        self.program.restore_theme()


def make_actions(
    options: MainOptions, state: WorkspaceState, ui: Ui, columns: Callable[[], int]
) -> Actions:
    """Return all groups, wired to one studio, one workspace and one screen with so many columns."""
    studio = options.studio
    chat = ChatProjection(studio, ui.keymap, time.monotonic, is_calm=options.is_calm)
    library = Library(studio, state, ui, chat, options.now)
    prompts = Prompts(studio, state, ui, library, chat)
    queue = QueueActions(studio, state, ui, prompts)
    pieces = PieceActions(studio, state, ui, library, prompts)
    questions = Questions(studio, state, ui, library)
    links = LinkActions(ui, library)
    program = ProgramActions(options.program, state, ui)
    branches = BranchActions(studio, state, ui, library)
    edits = EditActions(
        studio, state, ui, library, prompts, now=options.now, dictionaries=options.dictionaries
    )
    drafts = DraftActions(studio, state, ui, library, prompts=prompts, edits=edits)
    tree = TreeActions(state, ui, library, branches)
    room = RoomActions(state, ui, columns)
    groups = (
        program,
        prompts,
        RetryActions(studio, ui, library, prompts),
        queue,
        pieces,
        questions,
        links,
        branches,
        edits,
        drafts,
        BestActions(studio, state, ui, library, chat=chat, branches=branches),
        CompareActions(state, ui, library, drafts, branches),
        VersionActions(options, ui, library, drafts, branches),
        FocusActions(state, ui, pieces, prompts),
        PreviewActions(state),
        tree,
        room,
        InfoActions(options, state, ui, library),
        SearchActions(options, state, ui, library),
        LimitActions(state, ui, library),
    )
    return Actions(
        chat=chat,
        library=library,
        prompts=prompts,
        queue=queue,
        pieces=pieces,
        questions=questions,
        links=links,
        saver=PlaceSaver(studio, state, ui, prompts),
        setup=Setup(options, ui),
        tree=tree,
        room=room,
        program=program,
        angles=AngleActions(studio, state, ui),
        handlers={name: do for group in groups for name, do in group.handlers().items()},
    )

"""What the panes are given: pure projections of the workspace, made anew only when it matters."""

from dataclasses import field
from datetime import datetime

from tui.commands import BOTTOM_LINE, Keymap, Scope
from tui.domain.change_limits import limits_words
from tui.domain.content import Content
from tui.domain.costs import money
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.list_query import no_match
from tui.domain.queue import Queue
from tui.domain.status import OF_ONE_VERSION, Status
from tui.domain.tags import tag_words
from tui.domain.tools import Question, describe_question
from tui.domain.words import counted
from tui.screens.main import texts
from tui.screens.main.conditions import why_not
from tui.screens.main.options import MainOptions
from tui.screens.main.previews import preview_of
from tui.screens.main.remembered import Remembered
from tui.screens.main.sizes import Shape, shape_of
from tui.screens.main.tree import tree_shape, tree_title
from tui.screens.main.unsent import queue_on
from tui.screens.main.workspace import Pane, Workspace, rows, target
from tui.screens.spending import cost_facts, urgent_facts
from tui.widgets.badges import GoingOn
from tui.widgets.bottomline import BottomView, Hint
from tui.widgets.branches import ForkView
from tui.widgets.chat.items import ChatView
from tui.widgets.contents import Listing
from tui.widgets.preview import PreviewView
from tui.widgets.prompt import PromptView

_RARE = frozenset({"answer", "retry"})
"""Commands that are left out of the bottom line, and not only dimmed, while they cannot be done."""


@frozen
class Titles:
    """The texts in the frames of the panes; they may quote untrusted text."""

    contents: str = "Contents"
    piece: str = ""
    draft: tuple[str, ...] = ()
    prompt: str = ""
    branches: str = "Branches"
    question: str = ""
    """What Claude asks; shown in place of `prompt` while there is a question."""


@frozen
class View:
    """Everything that the main screen shows."""

    listing: Listing = field(default_factory=Listing)
    chat: ChatView = field(default_factory=lambda: ChatView(""))
    queue: Queue = field(default_factory=Queue)
    forks: ForkView = field(default_factory=ForkView)
    preview: PreviewView = field(default_factory=PreviewView)
    prompt: PromptView = field(default_factory=PromptView)
    bottom: BottomView = field(default_factory=BottomView)
    titles: Titles = field(default_factory=Titles)
    is_searching: bool = False
    shape: Shape = field(default_factory=Shape)


class Views:
    """Makes what the panes show; remembers what did not change."""

    def __init__(self, options: MainOptions) -> None:
        self._keymap = options.keymap
        self._budgets = options.studio.budgets
        self._now = options.now
        self._lines = options.lines
        self._person = options.studio.decisions.person_id
        self._listing: Remembered[Listing] = Remembered()
        self._forks: Remembered[ForkView] = Remembered()
        self._preview: Remembered[PreviewView] = Remembered()
        self._prompt: Remembered[PromptView] = Remembered()
        self._titles: Remembered[Titles] = Remembered()
        self._bottom: Remembered[BottomView] = Remembered()
        self._facts: Remembered[tuple[str, ...]] = Remembered()
        self._urgent: Remembered[str] = Remembered()

    def view(self, ws: Workspace, chat: ChatView, question: Question | None) -> View:
        """Return everything the screen shows, given the chat and the question that waits."""
        return View(
            self.listing(ws),
            chat,
            _queue(ws),
            self.forks(ws),
            self.preview(ws),
            self.prompt(ws),
            self.bottom(ws),
            self.titles(ws, question),
            is_searching=ws.search is not None,
            shape=shape_of(ws),
        )

    def listing(self, ws: Workspace) -> Listing:
        """Return the list of pieces."""
        of = (
            ws.catalog,
            ws.order,
            ws.content and ws.content.id,
            ws.writing,
            ws.news,
            ws.asking,
            ws.search,
        )
        now = self._now().replace(second=0, microsecond=0)  # Ages are shown to the minute.
        return self._listing.get(
            (*of, ws.status, now.isoformat()), lambda: _listing(ws, self._keymap, now)
        )

    def forks(self, ws: Workspace) -> ForkView:
        """Return the fork tree of the piece on screen."""
        now = self._now().replace(second=0, microsecond=0)  # Ages are shown to the minute.
        of = (ws.content, ws.branch, ws.writing, ws.asking, ws.news, ws.tree_revision, ws.marked)
        kept = _with_something_typed(ws)
        shown = (tree_shape(ws), ws.has_tree_costs, " ".join(sorted(kept)), now.isoformat())
        return self._forks.get((*of, *shown), lambda: self._fork_view(ws, kept, now))

    def _fork_view(self, ws: Workspace, kept: frozenset[BranchId], now: datetime) -> ForkView:
        return ForkView(
            ws.content,
            ws.branch,
            GoingOn(frozenset(ws.writing), frozenset(ws.asking), frozenset(ws.news)),
            shape=tree_shape(ws),
            cursor=ws.tree_row,
            revision=ws.tree_revision,
            marked=frozenset(ws.marked),
            kept=kept,
            now=now,
            has_costs=ws.has_tree_costs,
            lines=self._lines,
            person=self._person,
        )

    def preview(self, ws: Workspace) -> PreviewView:
        """Return the preview below the tree."""
        of = (ws.preview, ws.content if ws.preview else None, ws.branch, ws.tree_row)
        return self._preview.get(of, lambda: preview_of(ws, self._keymap))

    def prompt(self, ws: Workspace) -> PromptView:
        """Return the text of the prompt, and the placeholder of an empty one.

        A letter that is typed changes nothing: the field has the text of this revision.
        """
        queue = _queue(ws)
        is_held = queue.is_held and bool(queue.prompts)
        if ws.branch is None:
            placeholder = texts.PLACEHOLDER_CLOSED
        elif ws.focus is Pane.PROMPT:
            is_queued = ws.is_writing_here
            placeholder = texts.PLACEHOLDER_QUEUES if is_queued else texts.PLACEHOLDER_HERE
            placeholder += texts.HELD_FROM_HERE if is_held else ""
        else:
            placeholder = texts.PLACEHOLDER_AWAY + (texts.HELD_FROM_AWAY if is_held else "")
        return self._prompt.get(
            (ws.prompt_revision, placeholder),
            lambda: PromptView(
                ws.prompt_text,
                ws.prompt_revision,
                self._keymap.fill(placeholder),
                () if ws.branch is None else ws.place.folded.get(ws.branch, ()),
            ),
        )

    def titles(self, ws: Workspace, question: Question | None) -> Titles:
        """Return the texts in the frames of the panes."""
        of = (
            ws.content, ws.branch, ws.writing, ws.live, ws.place.asking, ws.place.limits, ws.search,
            ws.status,
            tree_shape(ws), ws.whole_tree_from, ws.branch in ws.place.edits,
        )  # fmt: skip
        return self._titles.get(
            (*of, question, ws.unreadable_since), lambda: _titles(ws, question, self._keymap)
        )

    def bottom(self, ws: Workspace) -> BottomView:
        """Return the bottom line: what works where the focus is, and what is going on."""
        of = (
            ws.content, ws.branch, ws.focus, ws.chat_turn, ws.tree_row, ws.writing, ws.asking,
            ws.live, ws.context_percent, ws.limits, ws.order, ws.place.queued,
        )  # fmt: skip
        return self._bottom.get(of, lambda: self._bottom_view(ws))

    def _bottom_view(self, ws: Workspace) -> BottomView:
        hints = [
            Hint(
                name,
                self._keymap.key(name),
                _label(name, ws, self._keymap),
                is_enabled=not why_not(self._keymap[name], ws),
            )
            for name in BOTTOM_LINE[Scope(ws.focus)]
            if name not in _RARE or not why_not(self._keymap[name], ws)
        ]
        if ws.content is None or ws.branch is None:
            return BottomView(tuple(hints))
        content, branch, now = ws.content, ws.branch, self._now()
        # Both look at every turn of the piece, and the cursor moves more often than those change.
        told = self._facts.get(
            (content, branch, ws.live, ws.context_percent), lambda: facts(ws, content, branch)
        )
        urgent = self._urgent.get(
            (content, ws.limits, now.replace(second=0, microsecond=0).isoformat()),
            lambda: urgent_facts(content, self._budgets, ws.limits.values(), now),
        )
        return BottomView(tuple(hints), told, urgent)


def _label(name: str, ws: Workspace, keymap: Keymap) -> str:
    if name == "stop" and ws.focus is Pane.SEARCH:
        return "Close"
    if name == "stop":
        return "Stop" if ws.is_writing_here else "Back"
    if name == "prompt.send" and ws.is_writing_here:
        return "Queue"
    if name == "revise" and ws.content is not None and ws.branch is not None:
        return "Revise" if ws.content.draft(ws.branch) is not None else "Generate"
    if name == "archive" and ws.content is not None and ws.content.status is Status.ARCHIVED:
        return "Unarchive"
    if name == "tree.archive" and (about := target(ws)) is not None:
        is_archived = about.content.branch(about.branch).is_archived
        return "Bring back" if is_archived else keymap[name].label
    return keymap[name].label


def _queue(ws: Workspace) -> Queue:
    """Return the queue of the branch on screen."""
    return Queue() if ws.branch is None else queue_on(ws, ws.branch)


def _listing(ws: Workspace, keymap: Keymap, now: datetime) -> Listing:
    listed = rows(ws)
    if listed:
        current = None if ws.content is None else ws.content.id
        return Listing(
            listed,
            current if current in ws.order else None,
            now=now,
            writing=frozenset(ws.writing.values()),
            news=frozenset(ws.news.values()),
            asking=frozenset(ws.asking.values()),
        )
    empty = no_match(ws.query) if ws.catalog.rows else keymap.fill(texts.EMPTY_LIBRARY)
    return Listing(empty=empty, now=now)


def _with_something_typed(ws: Workspace) -> frozenset[BranchId]:
    """Return the branches of the piece on screen where something waits that the writer typed."""
    place = ws.place
    kept = place.unsent.keys() | place.edits.keys() | place.queued.keys()
    return (
        frozenset()
        if ws.content is None
        else frozenset(branch.id for branch in ws.content.branches if branch.id in kept)
    )


def _titles(ws: Workspace, question: Question | None, keymap: Keymap) -> Titles:
    contents = texts.PIECES
    if ws.unreadable_since is not None:
        at = f"{ws.unreadable_since.astimezone():%H:%M}"
        contents = texts.quoted(texts.PIECES_GONE, time=at)
    elif ws.status is not None:
        contents += f" · {ws.status.value}"
    if ws.search is None and ws.query.sort.value != "recent":
        contents += f" · by {ws.query.sort.value}"
    content, branch = ws.content, ws.branch
    if content is None or branch is None:
        return Titles(contents)
    asks = ""
    if question is not None:
        asks = f"{keymap.key('answer')} answers: Claude asks to {describe_question(question)}"
    return Titles(
        contents,
        content.title,
        draft_facts(content, branch, has_edit=branch in ws.place.edits),
        _limited_title(keymap.fill(_prompt_title(ws, content, branch)), ws),
        tree_title(ws),
        asks,
    )


def _limited_title(title: str, ws: Workspace) -> str:
    """Return the prompt's title with what limits the next change, which may be foreign words."""
    limits = None if ws.branch is None else ws.place.limits.get(ws.branch)
    if limits is None or ws.is_asking_mode:
        return title
    # The limits come early: they must be seen where the title is cut.
    return f"{title.partition(' · ')[0]} · {limits_words(limits)}"


def _prompt_title(ws: Workspace, content: Content, branch: BranchId) -> str:
    if ws.live is not None and ws.live.is_stopping:
        return texts.STOPPING
    if ws.is_writing_here:
        return texts.WRITING_ASK if ws.is_asking_mode else texts.WRITING
    if ws.is_asking_mode:
        return texts.ASK
    return texts.GENERATE if content.draft(branch) is None else texts.REVISE


def draft_facts(content: Content, branch_id: BranchId, *, has_edit: bool) -> tuple[str, ...]:
    """Return branch, version, words, status, access and tags: `main ★`, `v6`, `701 words`, `#ops`.

    `has_edit` is whether an edit of the branch is kept that is not saved yet.
    """
    parts = _draft_parts(content, branch_id)
    if has_edit:
        parts.insert(2, "unsaved edit")
    tags = [tag_words(content.tags)] if content.tags else []
    return (*parts, *_access_parts(content), *tags)


def _access_parts(content: Content) -> list[str]:
    sources = [counted(len(content.sources), "source")] if content.sources else []
    return [*sources, "web"] if content.has_web else sources


def _draft_parts(content: Content, branch_id: BranchId) -> list[str]:
    parts = [content.branch(branch_id).name + (" ★" if branch_id == content.main else "")]
    draft, approval = content.draft(branch_id), content.approval
    if content.branch(branch_id).is_archived:
        parts.append("archived branch")
    if draft is None:
        return [*parts, "no draft yet"]
    parts += [f"v{draft.number}", counted(draft.words)]
    if approval is not None and approval.sha256 == draft.sha256:
        status = content.status_before_archive or content.status
        parts.append(status if status in OF_ONE_VERSION else "approved before")
    elif approval is not None and branch_id == content.main:
        is_newer = draft.number > approval.version
        than = f", v{draft.number} is newer" if is_newer else " on another branch"
        # Before the words: this must be seen where there is no room for all.
        parts.insert(2, f"v{approval.version} approved{than}")
    if content.status is Status.REVIEW:
        parts.append("in review")
    if content.status is Status.ARCHIVED:
        parts.append("archived")
    return parts


def facts(ws: Workspace, content: Content, branch: BranchId) -> tuple[str, ...]:
    """Return running cost, cost so far, context used, model and branch, the last to go first.

    What is paid comes first. Context and model are left out while they are not known; a cost that
    is not known is said to be unknown.
    """
    running = None if ws.live is None else ws.live.cost
    parts = [] if running is None else [f"now ~{money(running)}"]
    parts += cost_facts(content, branch)
    percent = ws.context_percent.get(branch)
    if percent is not None:
        parts.append(f"ctx {percent:.0f} %")
    turns = [numbered.turn for numbered in content.lineage(branch)]
    model = next((turn.model for turn in reversed(turns) if turn.model), "")
    if model:
        parts.append(model.removeprefix("claude-"))
    return (*parts, content.branch(branch).name)

"""The conversation on screen as the chat pane is given it: stored turns, and the one that runs."""

from collections.abc import Callable

from tui.commands import Keymap
from tui.domain.content import Content, NumberedTurn
from tui.domain.ids import BranchId
from tui.screens.activity import Silence, activity_line
from tui.screens.calm import ByParagraphs
from tui.screens.main import texts
from tui.screens.main.remembered import Remembered
from tui.screens.main.workspace import Workspace
from tui.screens.transcript import LiveWords, Transcript, live_items
from tui.studio.studio import Studio
from tui.widgets.chat.items import ChatItem, ChatView, Role


class ChatProjection:
    """Makes the view of the chat; turns that did not change keep the same items."""

    def __init__(
        self,
        studio: Studio,
        keymap: Keymap,
        monotonic: Callable[[], float],
        *,
        is_calm: bool = False,
    ) -> None:
        self._by_paragraphs = ByParagraphs() if is_calm else None
        self._studio = studio
        self._keymap = keymap
        self._transcript = Transcript(keymap.names, here=studio.decisions.person_id)
        self._live_words = LiveWords()
        self._silence = Silence(monotonic)
        self._stored: Remembered[tuple[ChatItem, ...]] = Remembered()
        self._activity = ""
        self._is_stale = False

    def prepare(self, content: Content, branch: BranchId | None) -> None:
        """Read a conversation ahead of showing it; may run in a thread."""
        if branch is not None:
            self._transcript.items(content, branch)

    def mark_progress(self, branch: BranchId) -> None:
        """Note that something came of the turn on a branch."""
        self._silence.mark_progress(branch)
        self._is_stale = True

    def view(self, workspace: Workspace) -> ChatView:
        """Return the whole view."""
        content, branch = workspace.content, workspace.branch
        if content is None or branch is None:
            text = texts.NO_PIECE_OPEN if workspace.catalog.rows else texts.EMPTY_LIBRARY
            return ChatView("", (ChatItem("empty", 0, Role.NOTE, "", self._keymap.fill(text)),))
        stored = self._stored.get(
            (content, branch), lambda: tuple(self._transcript.items(content, branch))
        )
        key = f"{content.id}/{branch}"
        live, talk = _live_turn(workspace), self._studio.conversations.running.get(branch)
        marks = workspace.found.marks(content.id)
        if live is None or talk is None:
            return ChatView(key, stored, marks)
        silent = self._silence.seconds(branch)
        words = self._live_words.count(talk.reply)
        items = live_items(
            content,
            live,
            talk.reply,
            words,
            keys=self._keymap.names,
            silent=silent,
            here=self._studio.decisions.person_id,
        )
        if self._by_paragraphs is not None:
            items = self._by_paragraphs.slowed(items)
        before = [item for item in stored if item.turn < live.number]
        return ChatView(key, (*before, *items), marks)

    def is_due(self, workspace: Workspace) -> bool:
        """Whether the running turn looks different from how it looked at the last call."""
        branch = workspace.branch
        talk = None if branch is None else self._studio.conversations.running.get(branch)
        if workspace.branch is None or talk is None:
            return False
        silent = self._silence.seconds(workspace.branch)
        activity = activity_line(talk.reply, silent, self._keymap.names)
        if not self._is_stale and activity == self._activity:
            return False
        self._is_stale, self._activity = False, activity
        return True


def _live_turn(workspace: Workspace) -> NumberedTurn | None:
    if workspace.content is None or workspace.branch is None or workspace.live is None:
        return None
    content, branch = workspace.content, workspace.branch
    length = content.length(branch)
    last = content.turn_at(branch, length) if length else None
    return last if last is not None and last.turn.id == workspace.live.turn else None

"""What lies on the desk: the content and branch on screen, and how the panes show them.

The panes are projections of the values kept here; nothing is read back out of a widget.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from textual.content import Content as Markupless

from tui.commands import Command
from tui.domain.catalog import Catalog, ContentRow
from tui.domain.content import Content, NumberedTurn
from tui.domain.errors import RedraftError
from tui.domain.ids import BranchId, ContentId
from tui.domain.limits import UsageLimit
from tui.domain.status import Status
from tui.screens.activity import Silence, activity_line
from tui.screens.main.keeping import Keeping
from tui.screens.main.titles import draft_facts, facts, prompt_title, searched
from tui.screens.spending import urgent_facts
from tui.screens.transcript import LiveWords, Transcript, live_items
from tui.studio.conversation import Conversation
from tui.studio.studio import Studio
from tui.widgets.badges import GoingOn
from tui.widgets.branches import ForkView
from tui.widgets.chat.items import ChatItem, Role
from tui.widgets.contents import ListedContent, Listing
from tui.widgets.text import one_line

LOOK_AGAIN_AFTER: Final = 1.5
"""Seconds between looks at what other programs did to the library."""
FLUSHES_PER_SECOND: Final = 15
EMPTY_LIBRARY: Final = "Nothing here yet. Press n to begin your first piece."


class Desk(Keeping):
    """The state of the main screen and its projection onto the panes."""

    def __init__(self, studio: Studio, commands: tuple[Command, ...], *, banner: str = "") -> None:
        super().__init__(studio)
        self.commands = commands
        self.banner = banner
        self.content: Content | None = None
        self.catalog = Catalog(())
        self.narrowing = ""
        self.is_asking = False
        """Whether the next prompt only asks, and makes no version."""
        self.context_percent: dict[BranchId, float] = {}
        self.limits: dict[str, UsageLimit] = {}
        """What was last told of the account's usage limits, by the name of each."""
        self._news: dict[BranchId, ContentId] = {}
        self._is_stale = False
        self._live_words = LiveWords()
        self._transcript = Transcript()
        self._silence = Silence(time.monotonic)
        self._activity = ""
        self._told_problems: set[str] = set()

    # -- what is on the desk -----------------------------------------------------------------

    @property
    def conversation(self) -> Conversation | None:
        """The conversation on the branch on screen."""
        if self.content is None or self.branch_id is None:
            return None
        return self.studio.conversation(self.content.id, self.branch_id)

    @property
    def running_cost(self) -> float | None:
        """What the turn that runs on the branch on screen has cost so far, when that is told."""
        talk = self.conversation
        return talk.reply.estimate if talk is not None and talk.is_writing else None

    @property
    def is_writing_here(self) -> bool:
        """Whether Claude is writing on the branch on screen."""
        return self.branch_id is not None and self.branch_id in self.studio.writing

    @property
    def _is_stopping_here(self) -> bool:
        conversation = self.conversation
        is_stopping = conversation is not None and conversation.is_stopping
        return is_stopping and self.is_writing_here

    @property
    def shown(self) -> tuple[Content, BranchId]:
        """The content and branch on screen; raises `RedraftError` when there are none."""
        if self.content is None or self.branch_id is None:
            raise RedraftError("No content is open: press n to begin one.")
        return self.content, self.branch_id

    def selected_turn(self) -> tuple[BranchId, int]:
        """The turn a command is about: the one under the cursor, or else the last on screen.

        Its number is counted along the branch returned with it; 0 when there is no turn.
        """
        content, branch_id = self.shown
        row = self.branches.current
        if self.branches.has_focus and row is not None:
            return row.branch, row.turn or len(content.line(row.branch))
        return branch_id, self.chat.selected_turn or len(content.line(branch_id))

    def live_turn(self) -> NumberedTurn | None:
        """The turn that runs on the branch on screen, if one does."""
        conversation = self.conversation
        if self.content is None or self.branch_id is None or conversation is None:
            return None
        line = self.content.line(self.branch_id)
        turn = conversation.turn
        return line[-1] if line and turn is not None and line[-1].turn.id == turn.id else None

    # -- changing it -------------------------------------------------------------------------

    async def open_content(
        self, content_id: ContentId, branch_id: BranchId | None = None, turn: int = 0
    ) -> None:
        """Put a content on the desk: the branch last shown, unless another is asked for."""
        content = await self.studio.content(content_id)
        wanted = branch_id or self.place.branch.get(content_id, content.main)
        known = {branch.id for branch in content.branches}
        wanted = wanted if wanted in known else content.main
        # A long conversation is read in a thread first; showing it then finds it remembered.
        await asyncio.to_thread(self._transcript.items, content, wanted)
        self.keep_unsent()
        self.content = content
        self.branch_id = wanted
        self._news.pop(wanted, None)
        branches = MappingProxyType({**self.place.branch, content_id: self.branch_id})
        self.place = replace(self.place, content=content_id, branch=branches)
        self.save_place_soon()
        self.show_conversation()
        self.show_list()
        if turn:
            self.chat.scroll_to_turn(turn)

    def put_down(self, content: Content) -> None:
        """Take over a content's next value, when it is the one on the desk."""
        if self.content is not None and self.content.id == content.id:
            self.content = content
            self.show_conversation(is_same=True)

    async def put_away(self, listed_before: Sequence[ContentId]) -> None:
        """Take a content that is gone off the desk; its neighbour in the list takes its place."""
        gone = None if self.content is None else self.content.id
        place = listed_before.index(gone) if gone in listed_before else 0
        rows = self.listed_rows()
        self.keep_unsent()
        self.content = self.branch_id = None
        if rows:
            await self.open_content(rows[min(place, len(rows) - 1)].id)
        else:
            self.prompt.fill("")
            self.show_conversation()
            self.show_list()

    async def reload(self) -> None:
        """Read the content on the desk and the list again."""
        if self.content is not None:
            self.put_down(await self.studio.content(self.content.id))
        await self.reload_list()

    async def reload_list(self) -> None:
        """Read the list again."""
        self.catalog = await self.studio.catalog()
        for problem in self.catalog.problems:
            if problem not in self._told_problems:
                self._told_problems.add(problem)
                self.tell(problem, is_problem=True)
        self.show_list()

    async def look_around(self) -> None:
        """Take over what other programs changed since the last look."""
        before = {row.id: row for row in self.catalog.rows}
        listed = [row.id for row in self.listed_rows()]
        await self.reload_list()
        if self.content is None and self.catalog.rows:
            await self.open_content(self.catalog.rows[0].id)
        if self.content is None or self.is_writing_here:
            return
        row = next((row for row in self.catalog.rows if row.id == self.content.id), None)
        if row is None and self.content.id in before:
            await self.put_away(listed)
        elif row is not None and row != before.get(row.id):
            self.put_down(await self.studio.content(row.id))

    # -- showing it --------------------------------------------------------------------------

    def show_conversation(self, *, is_same: bool = False) -> None:
        """Show the branch on screen in the chat, the tree, the header and the prompt."""
        content, branch_id = self.content, self.branch_id
        self.show_branches()
        if content is None or branch_id is None:
            self.chat.show([ChatItem("empty", 0, Role.NOTE, "", EMPTY_LIBRARY)])
            self.show_header()
            return
        items = self._transcript.items(content, branch_id)
        live, conversation = self.live_turn(), self.conversation
        if live is not None and conversation is not None:
            items = [item for item in items if item.turn < live.number]
            words = self._live_words.count(conversation.reply)
            silent = self._silence.seconds(branch_id)
            items += live_items(content, live, conversation.reply, words, silent=silent)
        if is_same:
            self.chat.update_from(0, items)
        else:
            self.chat.show(items)
            self.prompt.fill(self.place.unsent.get(branch_id, ""))
        self.show_header()

    def show_branches(self) -> None:
        """Show the branches of the content on the desk, and what goes on on each."""
        studio = self.studio
        going_on = GoingOn(studio.writing, frozenset(studio.asking), frozenset(self._news))
        self.branches.forks = ForkView(self.content, self.branch_id, going_on)

    def show_live(self) -> None:
        """Show what arrived since the last time; a few times a second, at most."""
        conversation = self.conversation
        if conversation is None or self.branch_id is None:
            return
        silent = self._silence.seconds(self.branch_id)
        activity = activity_line(conversation.reply, silent) if conversation.is_writing else ""
        if not self._is_stale and activity == self._activity:
            return
        self._is_stale, self._activity = False, activity
        live = self.live_turn()
        if live is None or self.content is None:
            return
        words = self._live_words.count(conversation.reply)
        items = live_items(self.content, live, conversation.reply, words, silent=silent)
        self.chat.update_from(live.number, items)

    def show_list(self) -> None:
        """Show the list as far as it is not narrowed down."""
        busy, news = self.studio.writing_contents, set(self._news.values())
        asking = set(self.studio.asking.values())
        listed = tuple(
            ListedContent(row, row.id in busy, row.id in news, row.id in asking)
            for row in self.listed_rows()
        )
        current = None if self.content is None else self.content.id
        self.list_pane.listing = Listing(listed, current)
        narrowed = f" · “{self.narrowing.strip()}”" if self.narrowing.strip() else ""
        self.contents_frame.border_title = Markupless(one_line(f"Contents{narrowed}", 30))

    def listed_rows(self) -> list[ContentRow]:
        """The rows that fit what was typed into the search field; the archive comes last."""
        words = self.narrowing.casefold().split()
        rows = [row for row in self.catalog.rows if all(word in searched(row) for word in words)]
        return sorted(rows, key=lambda row: row.status is Status.ARCHIVED)

    def show_header(self) -> None:
        """Show title, branch, version and facts around the panes."""
        content, branch_id = self.content, self.branch_id
        talk = self.talk_frame
        if content is None or branch_id is None:
            talk.border_title = talk.border_subtitle = None
            self.status_bar.facts = self.status_bar.urgent = ""
            return
        talk.border_title = Markupless(one_line(content.title, 60))
        talk.border_subtitle = Markupless(one_line(draft_facts(content, branch_id), 60))
        self.prompt_frame.border_title = prompt_title(
            content,
            branch_id,
            is_asking=self.is_asking,
            is_writing=self.is_writing_here,
            is_stopping=self._is_stopping_here,
        )
        percent = self.context_percent.get(branch_id)
        self.status_bar.facts = facts(content, branch_id, percent, self.running_cost)
        self.status_bar.urgent = urgent_facts(
            content, self.studio.budgets, self.limits.values(), datetime.now(UTC)
        )

    # -- small services ----------------------------------------------------------------------

    def mark_stale(self) -> None:
        """Say that a live answer has grown since it was last shown."""
        self._is_stale = True

    def heard(self, branch_id: BranchId) -> None:
        """Say that something came of the turn on a branch: its silence is over."""
        self._silence.heard(branch_id)

    def mark_news(self, content_id: ContentId, branch_id: BranchId) -> None:
        """Mark a branch that changed while another one was on the screen."""
        if branch_id != self.branch_id:
            self._news[branch_id] = content_id

"""The dialog in which Claude is asked about a passage, and the answer is taken or refused."""

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final, Protocol

from textual import on, work
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Region
from textual.timer import Timer
from textual.widgets import Input, Static

from tui.commands import Scope, bindings, keymap_of
from tui.domain.content import TurnKind, Version
from tui.domain.diff import DiffKind
from tui.domain.drafts import Part
from tui.domain.errors import InvalidInput, RedraftError
from tui.domain.frozen import frozen
from tui.domain.guarding import in_trimmed
from tui.domain.passage import Span, replaced
from tui.domain.reply import Reply
from tui.domain.words import count_words, counted, signed
from tui.screens.activity import activity_line
from tui.screens.draft_area import DraftArea
from tui.screens.frame import Dialog, FirstMoment, Hint, HintLine, Problem, command_hint
from tui.screens.passage_page import EditorPage, PassagePage, words_of
from tui.widgets.text import visible

_TICK: Final = 0.1
"""Seconds between two looks at the answer under way."""
_REWRITE: Final = "What should change in these words?"
_QUESTION: Final = "What do you want to know about these words?"
_NO_WORDS: Final = "Put the cursor into the words for Claude, or select them."


@frozen
class PassageAnswer:
    """The answer to one prompt about a passage."""

    before: str
    """The passage before the answer."""
    after: str | None = None
    """The new words of the passage; None where the text stayed as it was."""
    remarks: str = ""
    """Claude's remarks."""
    problem: str = ""
    """Why there is no whole answer, as a sentence."""
    note: str = ""
    """What Redraft changed back in the answer, as a sentence."""
    lead: str = ""
    """The text before the passage."""
    rest: str = ""
    """The text after it."""


class PassageWork(Protocol):
    """Has Claude work on passages of the draft in the editor."""

    @property
    def draft(self) -> Version | None:
        """The draft as it is saved now."""
        ...

    @property
    def reply(self) -> Reply:
        """The answer under way, as far as it has arrived."""
        ...

    @property
    def wish(self) -> str:
        """A wish that was typed into the dialog earlier and not sent."""
        ...

    def keep_wish(self, wish: str) -> None:
        """Remember a wish that is typed, also over a crash."""
        ...

    async def save(self, text: str, locks: tuple[Span, ...]) -> Version:
        """Save text and locks unless they are those of the draft; return the draft.

        Raises `RedraftError`.
        """
        ...

    async def ask(self, span: Span, prompt: str, kind: TurnKind) -> PassageAnswer:
        """Ask about a stretch of the draft, and return the answer; raises `RedraftError`.

        When the caller is cancelled the turn goes on.
        """
        ...

    def stop(self) -> None:
        """Ask Claude to stop; what has arrived is kept."""
        ...

    async def refuse(self) -> None:
        """Bring the text from before the last answer back; raises `RedraftError`."""
        ...


class _Step(Enum):
    ASKING = auto()
    WRITING = auto()
    ANSWERED = auto()


class PassageScreen(Dialog[bool | None]):
    """Asks for a wish about a passage, and has the answer taken or refused.

    The box stands below the page of the editor, in which the passage is selected, and later on the
    change is shown.

    Returns True when the writer wants to go on with the passage by hand. An answer is the draft as
    soon as it is there, so leaving the dialog takes it.
    """

    BINDINGS = bindings(Scope.PASSAGE)
    SCROLLS_BY_KEY = True

    def __init__(self, passages: PassageWork, span: Span, words: str, page: EditorPage) -> None:
        """Work on `words`, the stretch `span` of the draft that is shown on `page`."""
        super().__init__(f"Passage · {counted(count_words(words))}")
        self._passages = passages
        self._span = span
        self._words = words
        self._page = page
        self._kind = TurnKind.REVISE
        self._step = _Step.ASKING
        self._answer: PassageAnswer | None = None
        self._change: PassagePage | None = None
        """The page with what the answer changed."""
        self._free: Region | None = None
        """Where the pages were put."""
        self._is_refusing = False
        self._moment = FirstMoment()
        self._timer: Timer | None = None
        self._ticks = 0
        self._last_reply = Reply()

    def body(self) -> ComposeResult:
        """Compose what comes of the passage, and the line for the wish."""
        remarks = Static("", id="passage-remarks", markup=False)
        remarks.display = False
        yield remarks
        wish = Input(self._passages.wish, placeholder=_REWRITE, id="wish", select_on_focus=False)
        wish.action_select_all()
        yield wish
        yield Problem()

    def compose(self) -> ComposeResult:
        """Lay out the box, and the page with the passage."""
        yield from super().compose()
        draft = self._passages.draft
        text = "" if draft is None else draft.text
        words = ((self._words, DiffKind.SAME),)
        page = PassagePage(text[: self._span.start], words, text[self._span.end :])
        page.stand_in(self._page.region, self._page.scroll_offset.y)
        self.call_after_refresh(self._place_page)
        yield page

    def hints(self) -> Iterable[Hint]:
        """Return the keys of the commands that can be done now."""
        is_asking = self._kind is TurnKind.ASK
        match self._step:
            case _Step.ASKING:
                yield command_hint(self, "passage.accept", "Ask" if is_asking else "Rewrite")
                yield command_hint(self, "passage.kind", "Rewrite" if is_asking else "Only ask")
                yield command_hint(self, "passage.leave")
            case _Step.WRITING:
                yield command_hint(self, "passage.leave", "Stop")
            case _Step.ANSWERED:
                names = ["passage.accept"]
                if self._has_change:
                    names += ["passage.refuse", "passage.edit"]
                for name in (*names, "passage.again", "passage.leave"):
                    is_end = name == "passage.accept" and not self._has_change
                    yield command_hint(self, name, "Done" if is_end else "")

    @property
    def takes_answers(self) -> bool:
        """Whether a key pressed now can be meant for the answer that is shown."""
        is_answered = self._step is _Step.ANSWERED and not self._is_refusing
        return is_answered and self._moment.is_over

    @property
    def _has_change(self) -> bool:
        return self._answer is not None and self._answer.after is not None

    # -- asking ------------------------------------------------------------------------------

    def action_switch_kind(self) -> None:
        """Ask about the passage instead of having it rewritten, or the other way round."""
        if self._step is not _Step.ASKING:
            return
        is_asking = self._kind is TurnKind.ASK
        self._kind = TurnKind.REVISE if is_asking else TurnKind.ASK
        self.query_one(Input).placeholder = _REWRITE if is_asking else _QUESTION
        self._show_hints()

    @on(Input.Submitted)
    def _wish_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    @on(Input.Changed)
    def _wish_changed(self, event: Input.Changed) -> None:
        if self._step is _Step.ASKING:
            self._passages.keep_wish(event.value)

    def action_accept(self) -> None:
        """Send the wish; once there is an answer, take it."""
        if self._step is _Step.ANSWERED:
            if self.takes_answers:
                self.dismiss(False)
        elif self._step is _Step.ASKING:
            if self.query_one(Input).value.strip():
                self._ask()
            else:
                self.show_problem("Say in a few words what Claude should do.")

    @work(exclusive=True, group="passage")
    async def _ask(self) -> None:
        self._go(_Step.WRITING)
        self._ticks = 0
        self._timer = self.set_interval(_TICK, self._tick)
        try:
            wish = self.query_one(Input).value
            self._answer = await self._passages.ask(self._span, wish, self._kind)
        except RedraftError as problem:
            self._go(_Step.ASKING)
            self.show_problem(str(problem))
            return
        finally:
            self._timer.stop()
        self._passages.keep_wish("")
        self._go(_Step.ANSWERED)
        self._show_answer(self._answer)
        self.call_after_refresh(self._moment.begin)

    def _tick(self) -> None:
        """Show what has arrived of the answer, and what Claude does."""
        reply = self._passages.reply
        self._ticks = 0 if reply is not self._last_reply else self._ticks + 1
        self._last_reply = reply
        keys = {"stop": keymap_of(self.app).key("passage.leave")}
        line = activity_line(reply, int(self._ticks * _TICK), keys) or "Sending…"
        arrived = _text_in(reply, Part.TALK if self._kind is TurnKind.ASK else Part.DRAFT)
        shown = (Content(visible(arrived)), Content("\n")) if arrived else ()
        self._show_remarks(Content.assemble(*shown, (line, "$quiet")))

    def _show_remarks(self, remarks: Content) -> None:
        shown = self.query_one("#passage-remarks", Static)
        shown.update(remarks)
        shown.display = bool(remarks)
        self.call_after_refresh(self._place_page)

    # -- the answer --------------------------------------------------------------------------

    def _show_answer(self, answer: PassageAnswer) -> None:
        lines = (answer.problem, answer.remarks, answer.note)
        remarks = "\n\n".join(line for line in lines if line)
        if answer.after is not None:
            self._show_change(answer, answer.after)
        if answer.after is None and not remarks:
            remarks = "The words stay as they were."
        self._show_remarks(Content(visible(remarks)))

    def _show_change(self, answer: PassageAnswer, after: str) -> None:
        """Put the change on the page."""
        self.query_one(PassagePage).display = False
        self._change = PassagePage(answer.lead, words_of(answer.before, after), answer.rest)
        self._change.stand_in(self._page.region, self._page.scroll_offset.y)
        self.mount(self._change, before=0)
        self._free = None
        change = signed(count_words(after) - count_words(answer.before))
        title = f"Passage · {counted(count_words(after))} ({change})"
        self.query_one(".dialog").border_title = Content(title)
        self.call_after_refresh(self._place_page)
        self.call_after_refresh(self._change.focus)

    def _place_page(self) -> None:
        """Have the page where that of the editor is, as far as the box leaves it free."""
        region, box = self._page.region, self.query_one(".dialog").region
        height = max(1, min(region.bottom, box.y) - region.y)
        free = Region(region.x, region.y, region.width, height)
        if free != self._free:
            self._free = free
            for page in self.query(PassagePage):
                page.stand_in(free, self._page.scroll_offset.y)

    def on_resize(self) -> None:
        """Move the page to where the text area is now, and the field into view."""
        self.call_after_refresh(self._place_page)
        self.call_after_refresh(self._show_wish)

    def action_refuse(self) -> None:
        """Bring the passage back as it was, and leave."""
        if self.takes_answers and self._has_change:
            self.perform(self._refuse)

    async def _refuse(self) -> None:
        if await self._refused():
            self.dismiss(False)

    @work(group="passage")
    async def action_again(self) -> None:
        """Refuse the answer, and ask again, perhaps in other words."""
        if not self.takes_answers or (self._has_change and not await self._refused()):
            return
        self._answer = None
        if self._change is not None:
            await self._change.remove()
        self._change, self._free = None, None
        self.query_one(PassagePage).display = True
        self.query_one(".dialog").border_title = Content(self._heading)
        self._show_remarks(Content())
        self._go(_Step.ASKING)
        self.call_after_refresh(self._show_wish)

    def _show_wish(self) -> None:
        """Have the field in view, where a small terminal has no room for all of the box."""
        if self._step is _Step.ASKING:
            self.query_one(".dialog").scroll_end(animate=False)

    async def _refused(self) -> bool:
        self._is_refusing = True  # A second key would end what is being saved.
        try:
            await self._passages.refuse()
        except RedraftError as problem:
            self.show_problem(str(problem))
            return False
        finally:
            self._is_refusing = False
        return True

    def action_edit(self) -> None:
        """Take the new words, and leave to go on with them by hand."""
        if self.takes_answers and self._has_change:
            self.dismiss(True)

    def action_leave(self) -> None:
        """Stop Claude while it writes; else leave, with what there is."""
        if self._step is _Step.WRITING:
            self._passages.stop()
        elif not self._is_refusing:
            self.dismiss(None)

    # -- what is shown -----------------------------------------------------------------------

    def _go(self, step: _Step) -> None:
        self._step = step
        self.show_problem("")
        wish = self.query_one(Input)
        wish.display = step is _Step.ASKING
        if step is _Step.ASKING:
            wish.focus()
        else:
            self.query_one(".dialog").focus()
        self._show_hints()

    def _show_hints(self) -> None:
        self.query_one(HintLine).show(self.hints())


async def ask_about_passage(app: App[object], area: DraftArea, passages: PassageWork) -> Version:
    """Have Claude work on what is selected in an editor; return the draft as it is saved then.

    The text of the editor is saved first, so that Claude works on a version that exists. Raises
    `RedraftError`.
    """
    words = area.passage
    if words is None:
        raise InvalidInput(_NO_WORDS)
    draft = area.draft
    saved = await passages.save(draft, area.draft_locks)
    area.take_over(saved.text, saved.locks)
    for span in in_trimmed(draft, (words,)):
        return await _asked(app, area, passages, span)
    raise InvalidInput(_NO_WORDS)


async def _asked(app: App[object], area: DraftArea, passages: PassageWork, span: Span) -> Version:
    """Ask about a stretch of the draft that is saved; return the draft as it is saved then."""
    saved = passages.draft
    if saved is None:
        raise InvalidInput(_NO_WORDS)
    screen = PassageScreen(passages, span, span.of(saved.text), area)
    is_edited = await app.push_screen_wait(screen)
    latest = passages.draft or saved
    if latest.number != saved.number:
        area.take_over(latest.text, latest.locks)
    new = replaced(saved.text, span, latest.text)
    if is_edited and new is not None:
        area.select_draft(new)
    return latest


def _text_in(reply: Reply, part: Part) -> str:
    return "".join(one.text for one in reply.segments if one.part is part).strip("\n")

"""What Claude makes of passages, as scripted."""

import asyncio
from collections.abc import Sequence

from textual.geometry import Offset, Region

from tests.ui.screens_host import a_content
from tui.domain.content import TurnKind, Version
from tui.domain.errors import Refused
from tui.domain.frozen import frozen
from tui.domain.passage import Span
from tui.domain.reply import Reply
from tui.screens.passage import PassageAnswer, PassageScreen, _Step

TEXT = "One cat. Two dogs.\n\nThree birds."


class Passages:
    """Answers as scripted, and keeps what it was asked to do."""

    def __init__(self, *answers: PassageAnswer | Refused) -> None:
        self.versions: list[Version] = list(a_content(TEXT).versions)
        self.answers = list(answers)
        self.asked: list[tuple[str, str, TurnKind]] = []
        self.saved: list[str] = []
        self.refused = 0
        self.reply = Reply()
        self.wish = ""
        self.is_stopped = asyncio.Event()
        self.is_held = False

    @property
    def draft(self) -> Version:
        return self.versions[-1]

    def _put(self, text: str, locks: Sequence[Span]) -> None:
        made = a_content(*(version.text for version in self.versions), text).versions[-1]
        object.__setattr__(made, "locks", tuple(locks))
        self.versions.append(made)

    async def save(self, text: str, locks: tuple[Span, ...]) -> Version:
        self.saved.append(text)
        if text != self.draft.text or locks != self.draft.locks:
            self._put(text, locks)
        return self.draft

    async def ask(self, span: Span, prompt: str, kind: TurnKind) -> PassageAnswer:
        self.asked.append((span.of(self.draft.text), prompt, kind))
        if self.is_held:
            await self.is_stopped.wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Refused):
            raise answer
        if answer.after is not None:
            text = self.draft.text
            self._put(text[: span.start] + answer.after + text[span.end :], self.draft.locks)
        return answer

    def keep_wish(self, wish: str) -> None:
        self.wish = wish

    def stop(self) -> None:
        self.is_stopped.set()

    async def refuse(self) -> None:
        self.refused += 1
        self._put(self.versions[-2].text, self.versions[-2].locks)


@frozen
class Page:
    """The page of an editor that is not there."""

    region: Region = Region(0, 1, 40, 10)
    scroll_offset: Offset = Offset()


class AnsweredPassage(PassageScreen):
    """The box with an answer in it."""

    def __init__(self) -> None:
        super().__init__(Passages(), Span(0, 8), "One cat.", Page())

    def on_mount(self) -> None:
        self._answer = PassageAnswer("One cat.", "One old cat.", "Older.")
        self._go(_Step.ANSWERED)
        self._show_answer(self._answer)
        self.call_after_refresh(self._moment.begin)

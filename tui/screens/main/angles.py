"""Angles in the prompt: the palette offers them, and what is picked is put there, not sent."""

from functools import partial
from typing import TYPE_CHECKING

from tui.domain.angles import Angle, Variable
from tui.domain.errors import InvalidInput
from tui.domain.ids import BranchId
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.unsent import filled
from tui.screens.main.workspace import Pane
from tui.screens.palette import Place
from tui.widgets.text import one_line

if TYPE_CHECKING:
    from tui.screens.name import NameScreen

_WIDEST = 60
_HELP = 72
"""Cells of a prompt's beginning in the palette: one row of it, in 80 columns too."""


class AngleActions(ActionGroup):
    """Offers the angles for the piece on screen, and asks for what one of them leaves open."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._told: set[str] = set()

    async def offered(self) -> tuple[Place, ...]:
        """Return the angles that fit the piece on screen; what is wrong with one is told once."""
        now = self._state.now
        if now.content is None or now.branch is None:
            return ()
        kind, branch = now.content.kind, now.branch
        found = await self._studio.angles.all()
        for problem in found.problems:
            if problem not in self._told:
                self._told.add(problem)
                self._ui.show_notice(problem, is_problem=True)
        return tuple(
            Place(f"Angle: {angle.title}", _beginning(angle), partial(self._pick, angle, branch))
            for angle in found.angles
            if angle.fits(kind)
        )

    def _pick(self, angle: Angle, branch: BranchId) -> None:
        self._ui.start(self._use(angle, branch), holds_keys=True)

    async def _use(self, angle: Angle, branch: BranchId) -> None:
        """Put an angle's prompt behind what is in the prompt, once its variables are answered."""
        answers: dict[str, str] = {}
        for variable in angle.variables:
            answer = await self._ui.open(_question(angle, variable))
            if answer is None:
                return
            answers[variable.name] = answer
        now = self._state.now
        typed = now.place.unsent.get(branch, "").rstrip()
        prompt = angle.filled(answers)
        self._state.put(filled(now, branch, f"{typed}\n\n{prompt}" if typed else prompt))
        self._ui.focus(Pane.PROMPT)


def _beginning(angle: Angle) -> str:
    """Return how the prompt begins, with what stands in the place of its variables."""
    usual = {one.name: one.default or f"({one.label})" for one in angle.variables}
    return one_line(angle.filled(usual), _HELP)


def _question(angle: Angle, variable: Variable) -> "NameScreen":
    from tui.screens.name import NameScreen

    def check(answer: str) -> str:
        if not answer.strip():
            raise InvalidInput("This angle needs a few words here.")
        return answer

    return NameScreen(
        one_line(f"Angle: {angle.title}", _WIDEST),
        label=one_line(variable.label, _WIDEST),
        accept="Take",
        placeholder=variable.default,
        check=check,
    )

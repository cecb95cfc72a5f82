"""Keys of dialogs come from the table: a remap changes key and hint, and the old key is dead."""

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from tests.support.fakes import CountedIds, MemoryStore, ScriptedAgent, ticking_clock
from tests.ui.passages import AnsweredPassage
from tests.ui.screens_host import AT, Host, a_content, until
from tui.commands import MAIN_SCOPES, Keymap, Scope
from tui.domain.costs import NO_BUDGETS
from tui.domain.ids import BranchId, SessionId
from tui.domain.search import Hits
from tui.domain.session import FoundSession
from tui.domain.tools import Question
from tui.screens.approve import ApproveScreen
from tui.screens.best_form import BestForm, BestFormScreen
from tui.screens.best_of import BestOfScreen
from tui.screens.compare import CompareScreen
from tui.screens.content_settings import ContentSettings, ContentSettingsScreen
from tui.screens.costs import CostsScreen, Ledger
from tui.screens.diff import DiffScreen
from tui.screens.editor import EditorScreen
from tui.screens.frame import HintLine
from tui.screens.help import HelpScreen
from tui.screens.import_sessions import ImportScreen
from tui.screens.limits import LimitsScreen
from tui.screens.links import LinksScreen
from tui.screens.name import NameScreen
from tui.screens.new_content import NewContentScreen
from tui.screens.notices import NoticesScreen
from tui.screens.permission import PermissionScreen
from tui.screens.question import QuestionScreen
from tui.screens.search import SearchScreen
from tui.screens.versions import VersionsScreen
from tui.screens.welcome import WelcomeScreen
from tui.studio.best_of import BestOf, Plan, usual_attempts
from tui.studio.studio import Studio

CONTENT = a_content("# One\n\nText.", "# Two\n\nText.", approved=1)


async def save(_settings: ContentSettings) -> None:
    return


async def nothing_found(*_: object) -> Hits:
    return Hits()


LEDGER = Ledger(CONTENT, BranchId("b1"), NO_BUDGETS, AT)
SESSION = FoundSession(SessionId("s1"), "A session", "hi", "/home/me", AT, AT, 3)
SETTINGS = ContentSettings("T", "post")

PLAN = Plan(CONTENT.id, CONTENT.main, 1, "go", usual_attempts(3))


def best_of() -> BestOf:
    """Return a best of three of which nothing was wanted in the end."""
    best = BestOf(Studio(MemoryStore(), ScriptedAgent(), ticking_clock(), CountedIds()), PLAN)
    best.stop_all()
    return best


def best_form() -> BestFormScreen:
    """Return the form of a best of three."""
    return BestFormScreen(
        "after turn 1", BestForm("go"), check=lambda *_: PLAN, estimate=lambda _: "A dollar."
    )


SCREENS: dict[Scope, tuple[str, Callable[[], Screen[Any]]]] = {
    Scope.APPROVE: ("approve.leave", lambda: ApproveScreen(CONTENT, CONTENT.version(2))),
    Scope.DIFF: ("diff.leave", lambda: DiffScreen(CONTENT, 2)),
    Scope.COMPARE: (
        "compare.leave",
        lambda: CompareScreen(CONTENT, (CONTENT.main, CONTENT.main)),
    ),
    Scope.VERSIONS: ("versions.leave", lambda: VersionsScreen(CONTENT, CONTENT.main, AT)),
    Scope.HITS: ("hits.leave", lambda: SearchScreen(nothing_found, None, AT)),
    Scope.EDITOR: ("editor.leave", lambda: EditorScreen("T", "text", words_before=1)),
    Scope.PASSAGE: ("passage.leave", AnsweredPassage),
    Scope.NAME: ("name.leave", lambda: NameScreen("Name?")),
    Scope.NEW: ("new.close", NewContentScreen),
    Scope.LIMITS: ("limits.close", lambda: LimitsScreen("# One\n\nText.")),
    Scope.SETTINGS: (
        "settings.close",
        lambda: ContentSettingsScreen(SETTINGS, branch="main", save=save),
    ),
    Scope.COSTS: ("costs.close", lambda: CostsScreen(LEDGER)),
    Scope.HELP: ("help.close", lambda: HelpScreen(Keymap())),
    Scope.NOTICES: ("notices.close", lambda: NoticesScreen(())),
    Scope.LINKS: ("links.close", lambda: LinksScreen(("https://a.org",), can_open=True)),
    Scope.QUESTION: ("question.leave", lambda: QuestionScreen("?", [("k", "Keep")])),
    Scope.PERMISSION: (
        "permission.later",
        lambda: PermissionScreen(Question("q", "WebSearch", "tea"), about="T"),
    ),
    Scope.WELCOME: ("welcome.go_on", lambda: WelcomeScreen("No login.")),
    Scope.BEST_FORM: ("best_form.leave", best_form),
    Scope.BEST: ("best.leave", lambda: BestOfScreen(best_of(), "T")),
    Scope.IMPORT: ("import.leave", lambda: ImportScreen([SESSION])),
}
"""For every screen the command that leaves it, and how it is made."""


class KeyedHost(Host):
    """A host with keys from the settings."""

    def __init__(self, make: Callable[[], Screen[Any]], keys: dict[str, str]) -> None:
        super().__init__(make)
        self.keymap = Keymap(keys)

    def on_mount(self) -> None:
        self.set_keymap(self.keymap.textual)
        super().on_mount()

    def use(self, keys: dict[str, str]) -> None:
        """Take other keys from the settings, for the screens that come."""
        self.keymap = Keymap(keys)
        self.set_keymap(self.keymap.textual)


class QuietScreen(Screen[None]):
    """A screen of nothing, for what comes and goes over it."""


def test_every_screen_of_the_table_is_here() -> None:
    assert set(SCREENS) == set(Scope) - MAIN_SCOPES - {Scope.READER}


async def test_a_remap_changes_key_and_hint_and_the_old_key_goes() -> None:
    """One screen after the other; told are all where something is wrong."""
    wrong: list[Scope] = []
    app = KeyedHost(QuietScreen, {})
    async with app.run_test(size=(120, 36)) as pilot:
        for scope, (name, make) in SCREENS.items():
            app.use({name: "f20"})
            app.results.clear()
            await app.push_screen(make(), app.results.append)
            try:
                await _is_left_by_f20_only(app, pilot)
            except (AssertionError, TimeoutError):
                wrong.append(scope)
            while not isinstance(app.screen, QuietScreen):
                await app.pop_screen()
    assert wrong == []


async def _is_left_by_f20_only(app: KeyedHost, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.screen.query(HintLine) and app.focused is not None)
    await until(pilot, lambda: "F20 " in app.shown)
    await pilot.press("escape")
    assert app.results == []
    assert not isinstance(app.screen, QuietScreen)
    await pilot.press("f20")
    await until(pilot, lambda: bool(app.results))

"""Claude asks for permission: the dialog, when it opens, and what each answer does."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from textual.widgets import Button

from tests.support.driver import User, at_the_desk
from tests.support.fakes import Script
from tests.support.moments import is_read
from tests.ui.screens_host import HOSTILE, SIZES, Host, until
from tui.domain.content import Content, TurnKind
from tui.domain.events import PermissionAsked
from tui.domain.tools import Decision, Question
from tui.messages import TurnHappened
from tui.screens.frame import COUNTS_AFTER, FirstMoment, HintLine
from tui.screens.main.prompts import Outgoing
from tui.screens.permission import PermissionScreen, Unanswered

SEARCH = Question("q1", "WebSearch", "why teams leave kubernetes", rule="WebSearch")
PAGE = Question(
    "q2",
    "WebFetch",
    "https://example.org/a?b=c",
    detail="What did it cost?",
    place="example.org",
    rule="WebFetch(example.org)",
)
ONE = "Here it is.\n<draft>\n# One\n\nFirst text of mine.\n</draft>\n"
TWO = ONE.replace("First", "Second")


def asking(*questions: Question, text: str = ONE) -> Script:
    return Script(text, questions=questions)


async def counts(user: User, key: str = "ctrl+g") -> None:
    """Open the dialog for the question that waits, and wait until it takes keys for answers."""
    if not is_open(user):
        await user.sees("answers: Claude asks")
        await user.presses(key)
    await user.sees("Permission", "Allow once")
    await user.waits(
        lambda: isinstance(user.app.screen, PermissionScreen) and is_read(user.app.screen),
        "keys to count",
    )


def is_open(user: User) -> bool:
    return isinstance(user.app.screen, PermissionScreen)


# -- the dialog by itself -------------------------------------------------------------------------


def host(question: Question) -> Host:
    return Host(lambda: PermissionScreen(question, about="Title · main"))


def dialog(app: Host) -> PermissionScreen:
    assert isinstance(app.screen, PermissionScreen)
    return app.screen


async def test_each_answer_has_a_key_and_a_button() -> None:
    ways: list[tuple[str, Decision | Unanswered]] = [
        ("a", Decision.ALLOW),
        ("A", Decision.ALLOW_ON_BRANCH),
        ("r", Decision.REFUSE),
        ("R", Decision.REFUSE_AND_STOP),
        ("escape", Unanswered.LATER),
    ]
    app = host(PAGE)
    async with app.run_test(size=(80, 24)) as pilot:

        async def opens() -> None:
            await until(pilot, lambda: app.screen.query(HintLine))
            await until(pilot, lambda: is_read(dialog(app)))
            app.results.clear()

        for key, decision in ways:
            await opens()
            await pilot.press(key)
            await until(pilot, lambda: len(app.results) == 1)
            assert (key, app.results) == (key, [decision])
            app.push_screen(PermissionScreen(PAGE, about="Title · main"), app.results.append)
        for _, decision in ways[:-1]:
            await opens()
            await pilot.click(f"#{decision.value}")
            await until(pilot, lambda: len(app.results) == 1)
            assert app.results == [decision]
            app.push_screen(PermissionScreen(PAGE, about="Title · main"), app.results.append)


async def test_no_answer_is_selected_so_that_enter_does_nothing() -> None:
    app = host(PAGE)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        await until(pilot, lambda: is_read(dialog(app)))
        await pilot.press("enter", "space", "x", "enter")
        assert app.results == []
        assert not isinstance(app.focused, Button)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: app.results == [Decision.ALLOW])


async def test_keys_and_clicks_in_the_first_moment_do_nothing() -> None:
    app = host(PAGE)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        dialog(app)._moment._began = None
        await pilot.press("a", "A", "tab", "enter")
        await pilot.click("#allow")
        assert app.results == []
        dialog(app)._moment._began = 0.0
        await pilot.press("a")
        await until(pilot, lambda: app.results == [Decision.ALLOW])


async def test_it_says_who_asks_what_where_it_goes_and_what_is_allowed() -> None:
    app = host(PAGE)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Allow once" in app.shown)
        for text in (
            "Title · main",
            "Claude asks to fetch a page:",
            "https://example.org/a?b=c",
            "Goes to example.org",
            "Claude wants to know: What did it cost?",
            "Always allow on this branch: pages of example.org",
        ):
            assert text in app.shown, text


async def test_what_has_no_rule_cannot_be_allowed_for_the_branch() -> None:
    app = host(Question("q", "Other", "thing"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "use Other" in app.shown)
        await until(pilot, lambda: is_read(dialog(app)))
        await pilot.press("A")
        assert app.results == []
        assert "on this branch" not in app.shown


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("length", [1, 60])
async def test_every_answer_is_in_sight_at_every_size(size: tuple[int, int], length: int) -> None:
    hostile = Question(
        "q",
        "WebFetch",
        f"https://example.org/{HOSTILE}{'x y' * 30 * length}",
        detail=HOSTILE * length,
        place=f"sub.{HOSTILE}.example.org",
        rule="WebFetch(sub.example.org)",
    )
    app = Host(lambda: PermissionScreen(hostile, about=HOSTILE * 9))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        await pilot.pause()
        hints = app.screen.query_one(HintLine).region
        for button in app.screen.query(Button):
            assert button.region.y >= 1
            assert button.region.bottom <= hints.y
            assert button.region.right <= size[0]
        assert app.screen.query_one("#what").size.height >= 1
        assert "esc" in app.shown
        for character in "\x1b\x07\u202e":
            assert character not in app.shown


async def test_a_long_address_can_be_read_to_its_end() -> None:
    question = Question("q", "WebFetch", f"https://example.org/{'a' * 900}-THE-END")
    app = Host(lambda: PermissionScreen(question, about="T"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "https://example.org" in app.shown)
        await until(pilot, lambda: is_read(dialog(app)))
        assert "-THE-END" not in app.shown
        await pilot.press("end")
        await until(pilot, lambda: "-THE-END" in app.shown)


# -- on the main screen ---------------------------------------------------------------------------


async def asked(user: User, title: str, *questions: Question) -> Content:
    """Let Claude ask on a new piece, whose title says what is tested, and open the dialog."""
    studio = user.main._options.studio
    await user.waits(lambda: not studio.conversations.writing, "the end of the turn before")
    # No two questions of a program have the same id.
    own = (replace(question, id=f"{question.id} of {title}") for question in questions)
    user.agent.scripts = [asking(*own)]
    user.agent.decisions.clear()
    await user.begins(title, "why")
    await counts(user)
    return newest(user)


def decisions(user: User) -> list[tuple[str, Decision]]:
    """Return what was answered to the questions of the newest piece, by their first ids."""
    return [(question.partition(" of ")[0], answer) for question, answer in user.agent.decisions]


def newest(user: User) -> Content:
    """Return the piece that was begun last, as it is saved."""
    return list(user.store.contents.values())[-1]


async def test_an_answer_reaches_claude() -> None:
    async with at_the_desk() as user:
        for key, decision, then in (
            ("a", Decision.ALLOW, "first draft ★ · v1"),
            ("A", Decision.ALLOW_ON_BRANCH, "first draft ★ · v1"),
            ("r", Decision.REFUSE, "first draft ★ · v1"),
            ("R", Decision.REFUSE_AND_STOP, "Stopped:"),
        ):
            await asked(user, f"Answered with {key}", SEARCH)
            await user.presses(key)
            await user.sees(then)
            assert not is_open(user)
            if decision is not Decision.REFUSE_AND_STOP:
                assert decisions(user) == [("q1", decision)]
            content = newest(user)
            allowed = ("WebSearch",) if decision is Decision.ALLOW_ON_BRANCH else ()
            assert content.branch(content.main).allowed == allowed


async def test_questions_come_one_after_the_other() -> None:
    async with at_the_desk() as user:
        # Both are answered, each when its keys count.
        await asked(user, "Two in turn", SEARCH, PAGE)
        await user.sees("1 of 2", "why teams leave kubernetes")
        await user.commands("a")
        await user.sees("https://example.org/a?b=c")
        await counts(user)
        await user.commands("r")
        await user.sees("first draft ★ · v1")
        assert decisions(user) == [("q1", Decision.ALLOW), ("q2", Decision.REFUSE)]

        # The next one stands at once in the place of the last, and a second key is none for it.
        await asked(user, "One place", SEARCH, PAGE)
        await user.sees("1 of 2")
        await user.commands("a", "a")
        await user.sees("https://example.org/a?b=c")
        await user.waits(lambda: bool(user.agent.decisions), "the first answer")
        assert decisions(user) == [("q1", Decision.ALLOW)]
        await counts(user)
        await user.commands("R")
        await user.sees("Stopped:")
        assert not is_open(user)

        # What was just allowed on the branch is not put up again.
        again = replace(SEARCH, id="q3", subject="the same once more")
        await asked(user, "Allowed already", SEARCH, again, PAGE)
        await user.sees("1 of 3")
        await user.presses("A")
        assert is_open(user)
        await user.sees("https://example.org/a?b=c")


async def test_the_key_that_answers_is_the_one_of_the_settings() -> None:
    async with at_the_desk(asking(SEARCH), keys=(("answer", "f7"),)) as user:
        await user.begins("On waiting", "why")
        await user.sees("F7 answers: Claude asks")
        await counts(user, "f7")
        await user.commands("a")
        await user.sees("first draft ★ · v1")


async def test_a_question_is_put_off_kept_or_taken_away() -> None:
    async with at_the_desk() as user:
        # Without a question the key says so.
        await user.begins("No question")
        await user.presses("ctrl+g")
        await user.sees("Claude has no question now.")

        # A turn that is stopped elsewhere takes its dialog away.
        content = await asked(user, "Stopped elsewhere", SEARCH)
        user.app._studio.conversation(content.id, content.main).stop()
        await user.sees("Stopped:")
        await user.waits(lambda: not is_open(user), "the dialog to go")
        assert decisions(user) == []

        # Escape puts off, and a key brings it back.
        await asked(user, "Put off", SEARCH)
        await user.presses("escape")
        await user.sees("Claude is waiting for your answer.", "ctrl+g answers: Claude")
        assert not is_open(user)
        await user.presses("ctrl+g")
        await counts(user)
        await user.commands("a")
        await user.sees("first draft ★ · v1")

        # Escape behind the dialog still stops Claude.
        await asked(user, "Stopped behind it", SEARCH)
        await user.presses("escape")
        await user.waits(lambda: not is_open(user), "the dialog to go")
        await user.presses("escape")
        await user.sees("Stopped:")
        assert decisions(user) == []

        # An answer that cannot be saved keeps the question.
        await asked(user, "Not saved", SEARCH)
        user.store.is_full = True
        await user.presses("A")
        await user.sees("The disk is full")
        user.store.is_full = False
        await counts(user)
        await user.presses("A")
        await user.sees("first draft ★ · v1")
        assert decisions(user) == [("q1", Decision.ALLOW_ON_BRANCH)]


async def test_a_question_never_opens_by_itself_and_letters_answer_nothing() -> None:
    async with at_the_desk(Script(ONE), asking(SEARCH, text=TWO)) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        await user.tells_claude("shorter")
        await user.sees("ctrl+g answers: Claude asks to search")
        await user.types("a and A are letters, ")
        await user.commands()
        await user.presses("A")
        await user.sees("Search all pieces")
        assert not is_open(user)
        await user.presses("escape", "tab")
        await user.types("rare ones")
        assert not is_open(user)
        assert user.agent.decisions == []
        await user.sees("a and A are letters, rare ones")
        await counts(user)
        await user.presses("r")
        await user.sees("first draft ★ · v2", "a and A are letters, rare ones")
        assert user.agent.decisions == [("q1", Decision.REFUSE)]
        assert user.prompt.has_focus


async def test_it_waits_behind_another_dialog() -> None:
    async with at_the_desk(asking(SEARCH)) as user:
        await user.begins("On waiting")
        (content,) = user.store.contents.values()
        await user.commands("question_mark")
        await user.sees("Write with Claude")
        go = Outgoing(content.id, content.main, "go", TurnKind.GENERATE)
        user.main._do.prompts.start_turn(go)
        await user.waits(lambda: bool(user.workspace.asking), "the question")
        assert not is_open(user)
        await user.presses("escape")
        await counts(user)
        await user.presses("a")
        await user.sees("first draft ★ · v1")


async def test_a_question_elsewhere_is_marked_and_told_and_the_key_goes_there() -> None:
    async with at_the_desk(asking(SEARCH)) as user:
        await user.begins("On waiting", "why")
        await user.sees("answers: Claude asks")
        await user.begins("Another")
        await user.sees("no draft yet")
        assert badge_of(user, "On waiting") == "?"
        assert not is_open(user)
        await user.presses("ctrl+g")
        await user.sees("On waiting · first draft", "Allow once")
        await counts(user)
        await user.commands("a")
        await user.sees("first draft ★ · v1")
        await user.waits(lambda: badge_of(user, "On waiting") == "✎", "the badge to go")

        # It is told of.
        content = next(c for c in user.store.contents.values() if c.title == "Another")
        user.main.post_message(TurnHappened(content.id, content.main, PermissionAsked(PAGE)))
        await user.sees("Another · first draft: Claude asks to fetch https://example.org")


async def test_quitting_with_a_question_open_saves_the_turn_as_stopped() -> None:
    async with at_the_desk(asking(SEARCH)) as user:
        await user.begins("On waiting", "why")
        await counts(user)
        await user.presses("ctrl+q")
    (content,) = user.store.contents.values()
    (turn,) = content.branch(content.main).turns
    assert turn.state.value == "stopped"
    assert user.agent.decisions == []


# -- the badges of the tree -----------------------------------------------------------------------


async def test_the_tree_shows_what_goes_on_on_every_branch() -> None:
    scripts: Sequence[Script] = (
        Script(ONE),
        asking(SEARCH),
        Script("", failure="The API is overloaded."),
        Script(ONE.replace("First", "Third"), is_held=True),
    )
    async with at_the_desk(*scripts, size=(140, 32)) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        for name in ("asks", "fails", "news"):
            await user.commands("b", "g", "j", "f")
            await user.sees("Fork after turn 1")
            await user.types(name)
            await user.presses("enter")
            await user.sees(f"{name} · v1")
            await user.tells_claude("go on")
            if name == "asks":
                await user.sees("answers: Claude asks")
        await user.waits(lambda: "⠿" in tree_line(user, "news "), "writing")
        await user.commands("b", "g", "enter")
        await user.sees("first draft ★ · v1")
        user.agent.release.set()
        await user.waits(lambda: " new " in tree_line(user, "news "), "the news")
        # A notice may lie over the tree for a moment.
        await user.waits(lambda: "?" in tree_line(user, "asks "), "needs the writer")
        await user.sees("·· 1 failed branch")
        await user.commands("b", "G", "space")
        await user.waits(lambda: "!" in tree_line(user, "fails "), "failed")


def tree_line(user: User, text: str) -> str:
    """Return the line of the tree with a text, without the frame."""
    lines = [line.rsplit("│", 2)[-2].rstrip() for line in user.screen.splitlines() if "◇" in line]
    return next((line for line in lines if text in line), "")


def badge_of(user: User, title: str) -> str:
    """Return the mark at the end of a content's line in the list."""
    line = next(line for line in user.screen.splitlines() if f"│  {title}" in line)
    return line.split("││")[0].rstrip()[-1]


def test_the_first_moment_is_short_and_over_when_it_has_gone_by() -> None:
    assert 0.3 <= COUNTS_AFTER <= 0.6
    now = 100.0
    moment = FirstMoment(lambda: now)
    assert not moment.is_over  # Not seen yet.
    moment.begin()
    now += COUNTS_AFTER - 0.01
    assert not moment.is_over
    now += 0.02
    assert moment.is_over

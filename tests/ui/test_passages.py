"""Locks in the editor, and the box in which Claude works on a passage."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events, on
from textual.pilot import Pilot

from tests.support.hanging import HANGS
from tests.ui.passages import TEXT, Passages
from tests.ui.screens_host import Host, a_content, answers, until
from tui.domain.content import TurnKind
from tui.domain.diff import DiffKind
from tui.domain.errors import InvalidInput, Refused
from tui.domain.passage import Span, merged, shifted
from tui.screens import passage
from tui.screens.draft_area import DraftArea
from tui.screens.editor import EditorScreen
from tui.screens.frame import HintLine
from tui.screens.passage import PassageAnswer, PassageScreen
from tui.screens.passage_page import PassagePage, words_of


@given(st.text("ab ", max_size=30), st.data())
def test_locks_follow_an_edit_or_refuse_it(text: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    ends = [sorted((data.draw(places), data.draw(places))) for _ in range(3)]
    locks = merged(Span(*pair) for pair in ends if pair[0] < pair[1])
    replaced = Span(*sorted((data.draw(places), data.draw(places))))
    new = data.draw(st.text("xy", max_size=5))
    after = text[: replaced.start] + new + text[replaced.end :]
    moved = shifted(locks, replaced, len(new))
    if moved is None:
        assert any(lock.start < replaced.end and replaced.start < lock.end for lock in locks)
    else:
        assert [lock.of(after) for lock in moved] == [lock.of(text) for lock in locks]


class EditorHost(Host):
    """An editor, at hand also once it is left."""

    def __init__(self, passages: Passages, locks: tuple[Span, ...] = (), text: str = TEXT) -> None:
        passages.versions = list(a_content(text).versions)
        self.editor = EditorScreen("T", text, words_before=6, passages=passages, locks=locks)
        super().__init__(lambda: self.editor)

    @property
    def told(self) -> str:
        """What notices say."""
        return " ".join(notice.message for notice in self._notifications)


def area_of(app: EditorHost) -> DraftArea:
    return app.editor.query_one(DraftArea)


async def asks(pilot: Pilot[None], app: EditorHost, wish: str) -> None:
    """Open the box on the second sentence, and type a wish."""
    await until(pilot, lambda: isinstance(app.focused, DraftArea))
    area_of(app).select(9, 18)
    await pilot.press("ctrl+r")
    await until(pilot, lambda: isinstance(app.screen, PassageScreen))
    await until(pilot, lambda: "Two dogs." in app.shown and "Passage · 2 words" in app.shown)
    await pilot.press(*wish, "enter")


def back(app: EditorHost) -> Callable[[], bool]:
    return lambda: isinstance(app.screen, EditorScreen) and isinstance(app.focused, DraftArea)


async def test_a_passage_is_rewritten_and_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.frame.COUNTS_AFTER", HANGS)
    passages = Passages(
        PassageAnswer("Two dogs.", "Two old dogs.", remarks="Older now.", note="Kept.")
    )
    app = EditorHost(passages)
    async with app.run_test(size=(80, 24)) as pilot:
        await asks(pilot, app, "older")
        await until(pilot, lambda: "Passage · 3 words (+1)" in app.shown)
        assert passages.asked == [("Two dogs.", "older", TurnKind.REVISE)]
        for said in ("Two old dogs.", "Older now.", "Kept.", "Refuse", "Edit", "Again"):
            assert said in app.shown
        await pilot.press("r", "enter")  # Meant for something else: nothing is decided so soon.
        await answers(pilot, "enter")
        await until(pilot, back(app))
        area = area_of(app)
        assert area.draft == "One cat. Two old dogs.\n\nThree birds."
        await until(pilot, lambda: "7 words" in app.shown and "(+" not in app.shown)
        await pilot.press("ctrl+z")
        assert area.draft == TEXT
        await pilot.press("ctrl+y", "ctrl+s")
        await until(pilot, lambda: app.results == [None])
        assert passages.refused == 0


def rows_of(app: Host) -> list[str]:
    return app.shown.split("\n")


def row_with(app: Host, words: str) -> int:
    """Return the row of the screen that shows some words; -1 for none."""
    return next((at for at, row in enumerate(rows_of(app)) if words in row), -1)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_a_change_stands_in_the_page_of_the_editor_where_the_passage_was(
    size: tuple[int, int],
) -> None:
    lead = "\n".join(f"Line {number}.\n" for number in range(40)) + "\n- One cat. "
    rest = " And on it goes." + "\n\n" + "A long paragraph without any end. " * 60
    answer = PassageAnswer("Two dogs.", "Two old dogs.", remarks="So.", lead=lead, rest=rest)
    app = EditorHost(Passages(answer), text=lead + "Two dogs." + rest)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area_of(app).select(len(lead), len(lead) + 9)
        area_of(app).scroll_cursor_visible(center=True)
        middle = size[1] // 2
        await until(pilot, lambda: abs(row_with(app, "One cat. Two dogs.") - middle) < 3)
        before = rows_of(app)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, PassageScreen))
        await pilot.press(*"older", "enter")
        await until(pilot, lambda: "- One cat. Two old dogs. And on it goes." in app.shown)
        await until(pilot, lambda: app.focused is app.screen.query_one(PassagePage))
        after = rows_of(app)
        changed = row_with(app, "Two old dogs.")
        bar = " ▁▂▃▄▅▆▇█"
        shown, were = ([row.rstrip(bar) for row in rows[1:changed]] for rows in (after, before))
        assert shown == were
        assert after[changed].replace("old ", "").rstrip(bar) == before[changed].rstrip(bar)
        assert "Line 39." in app.shown
        assert after[-1].startswith(" enter Take   r Refuse   e Edit   a Again")
        await pilot.press("pageup", "pageup", "pageup", "pageup", "pageup")
        await until(pilot, lambda: "Line 0." in app.shown)
        await pilot.press("x", "tab")
        await answers(pilot, "enter")
        await until(pilot, back(app))
        assert area_of(app).draft == lead + "Two old dogs." + rest


async def test_while_claude_is_asked_the_passage_stands_once_and_where_it_was() -> None:
    lead = "\n".join(f"Line {number}.\n" for number in range(40))
    passages = Passages(PassageAnswer("Two dogs.", remarks="A pair."))
    app = EditorHost(passages, text=lead + "Two dogs.")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("ctrl+end", "ctrl+r")
        # At the end of the page the box would hide it.
        wish = "What should change in these words?"
        await until(pilot, lambda: 0 < row_with(app, "Two dogs.") < row_with(app, wish))
        assert app.shown.count("Two dogs.") == 1
        page = app.screen.query_one(PassagePage)
        assert page.selected_text == "Line 39.\nTwo dogs."
        row = row_with(app, "Two dogs.")
        await pilot.press("ctrl+t", *"why", "enter")
        await until(pilot, lambda: row < row_with(app, "A pair."))
        assert app.shown.count("Two dogs.") == 1
        assert row_with(app, "Two dogs.") == row


async def test_a_passage_in_the_first_row_of_the_page_stays_there() -> None:
    text = "\n".join(f"Line {number}." for number in range(60))
    start = text.index("Line 20.")
    answer = PassageAnswer("Line 20.", "Row 20.", lead=text[:start], rest=text[start + 8 :])
    app = EditorHost(Passages(answer), text=text)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area_of(app).select(start, start + 8)
        area_of(app).scroll_to(y=20, animate=False)
        await until(pilot, lambda: row_with(app, "Line 20.") == 2)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, PassageScreen))
        await pilot.press(*"row", "enter")
        await until(pilot, lambda: row_with(app, "Row 20.") == 2)


async def test_a_change_that_the_box_would_hide_is_brought_into_view_also_at_another_size() -> None:
    lead = "\n".join(f"Line {number}.\n" for number in range(40))
    answer = PassageAnswer("Two dogs.", "Some old dogs.", remarks="So.\n" * 9, lead=lead)
    app = EditorHost(Passages(answer), text=lead + "Two dogs.")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("ctrl+end", "ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, PassageScreen))
        await pilot.press(*"older", "enter")
        await until(pilot, lambda: 0 < row_with(app, "Some old dogs.") < row_with(app, "So."))
        page, area = app.screen.query_one(PassagePage), area_of(app)
        for size in ((200, 50), (60, 20)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: page.region.offset == area.region.offset)
            await until(pilot, lambda: page.region.width == area.region.width)
            await until(pilot, lambda: 0 < row_with(app, "Some old dogs.") < row_with(app, "So."))


class Unsized(PassagePage):
    """A page that is never told its size, as after a layout that comes before it is mounted."""

    @on(events.Resize)
    def _resize_lost(self, event: events.Resize) -> None:
        event.prevent_default()


async def test_a_page_that_is_not_told_its_size_is_wrapped_at_the_width_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passage, "PassagePage", Unsized)
    rest = " A long paragraph." * 12
    answer = PassageAnswer("Two dogs.", "Two old dogs.", rest=rest)
    app = EditorHost(Passages(answer), text="Two dogs." + rest)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, PassageScreen))
        await pilot.press(*"older", "enter")
        for size in ((80, 24), (50, 24), (70, 24)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: app.shown.count("paragraph.") == 12)


async def test_the_wish_is_in_view_below_a_long_passage_also_again_and_at_another_size() -> None:
    words = "Many words of a passage. " * 80
    app = EditorHost(Passages(PassageAnswer(words, "Few.")), text=words)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area_of(app).select_all()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, PassageScreen))
        await pilot.press(*"shorter")
        await until(pilot, lambda: "shorter" in app.shown)
        await pilot.resize_terminal(80, 16)
        await until(pilot, lambda: app.size.height == 16 and "shorter" in app.shown)
        await pilot.press("enter")
        await answers(pilot, "a")
        await until(pilot, lambda: "shorter" in app.shown)


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_the_words_of_a_change_are_those_of_both_texts(before: str, after: str) -> None:
    words = words_of(before, after)
    for text, gone in ((before, DiffKind.ADDED), (after, DiffKind.REMOVED)):
        assert "".join(part for part, kind in words if kind is not gone).split() == text.split()


async def test_what_came_can_be_refused_asked_again_and_edited() -> None:
    passages = Passages(
        PassageAnswer("Two dogs.", "No."),
        PassageAnswer("Two dogs.", "Two wolves."),
        PassageAnswer("Two wolves.", "Nothing good."),
    )
    app = EditorHost(passages)
    async with app.run_test(size=(80, 24)) as pilot:
        await asks(pilot, app, "wilder")
        await answers(pilot, "a")
        await until(pilot, lambda: "wilder" in app.shown and passages.refused == 1)
        await pilot.press(*" still", "enter")
        await until(pilot, lambda: len(passages.asked) == 2)
        assert passages.asked[1] == ("Two dogs.", "wilder still", TurnKind.REVISE)
        await answers(pilot, "e")
        await until(pilot, back(app))
        assert area_of(app).draft == "One cat. Two wolves.\n\nThree birds."
        assert area_of(app).selected_text == "Two wolves."
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Passage · 2 words" in app.shown)
        await pilot.press(*"worse", "enter")
        await answers(pilot, "r")
        await until(pilot, back(app))
        assert passages.refused == 2
        assert area_of(app).draft == "One cat. Two wolves.\n\nThree birds."


async def test_one_can_only_ask_and_stop_and_is_told_what_is_refused() -> None:
    passages = Passages(
        Refused("Claude is still writing here."),
        PassageAnswer("Two dogs.", problem="Stopped."),
        PassageAnswer("Two dogs.", remarks="A pair of dogs."),
    )
    app = EditorHost(passages)
    async with app.run_test(size=(80, 24)) as pilot:
        await asks(pilot, app, "why")
        await until(pilot, lambda: "Claude is still writing here." in app.shown)
        passages.is_held = True
        await pilot.press("enter")
        await until(pilot, lambda: "Stop" in str(app.screen.query_one(HintLine).render()))
        await pilot.press("escape")
        await until(pilot, lambda: "Stopped." in app.shown)
        passages.is_held = False
        await answers(pilot, "a")
        await until(pilot, lambda: "Only ask" in app.shown)
        await pilot.press("ctrl+t", "enter")
        await until(pilot, lambda: "A pair of dogs." in app.shown)
        assert passages.asked[-1] == ("Two dogs.", "why", TurnKind.ASK)
        assert "Refuse" not in app.shown
        await answers(pilot, "enter")
        await until(pilot, back(app))
        assert area_of(app).draft == TEXT
        assert passages.refused == 0


async def test_what_is_typed_is_saved_before_claude_is_asked() -> None:
    passages = Passages(PassageAnswer("Three birds.", "Birds."))
    app = EditorHost(passages)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("ctrl+end", *" Four.", "ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, PassageScreen))
        assert passages.saved == [TEXT + " Four."]
        await pilot.press("escape")
        await until(pilot, back(app))
        await pilot.press("escape")  # Nothing is unsaved: nothing is asked.
        await until(pilot, lambda: app.results == [None])


async def test_locked_words_stay_and_follow_the_text() -> None:
    passages = Passages()
    app = EditorHost(passages, locks=(Span(9, 18),))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = area_of(app)
        area.select(12, 12)
        await pilot.press("x")
        await until(pilot, lambda: "These words are locked" in app.told)
        area.select(9, 18)
        await pilot.press("delete", "x")
        assert area.draft == TEXT
        area.select(0, 0)
        await pilot.press(*"A ", "alt+down")  # Moved along with its paragraph.
        assert area.draft == "Three birds.\n\nA One cat. Two dogs."
        assert [lock.of(area.draft) for lock in area.draft_locks] == ["Two dogs."]
        await pilot.press("ctrl+z", "ctrl+z")
        assert [lock.of(area.draft) for lock in area.draft_locks] == ["Two dogs."]
        area.select(10, 10)
        await pilot.press("ctrl+l", "x")
        assert area.draft_locks == ()
        assert "x" in area.draft
        area.select(0, 7)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "Locked: Claude may not change" in app.told)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(app.results))
        assert [lock.of(app.results[0]) for lock in app.editor.locks] == ["One cat"]


async def test_a_lock_alone_is_a_change_that_is_asked_about() -> None:
    app = EditorHost(Passages())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "Select the words to lock first." in app.told)
        area_of(app).select(0, 8)
        await pilot.press("ctrl+l", "escape")
        await until(pilot, lambda: "Save the changes?" in app.shown)
        await answers(pilot, "s")
        await until(pilot, lambda: app.results == [None])
        assert app.editor.locks == (Span(0, 8),)


async def test_undo_takes_locks_and_edits_back_one_by_one_and_redo_brings_them_again() -> None:
    app = EditorHost(Passages())
    chance, numbers = random.Random(7), count(10)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = area_of(app)

        def state() -> tuple[str, tuple[Span, ...]]:
            return area.text, area.locked

        for _ in range(12):
            states = [state()]
            for _ in range(6):
                at = chance.randrange(len(area.text))
                area.select(at, min(at + chance.randrange(8), len(area.text)))
                if chance.random() < 0.5:
                    with suppress(InvalidInput):
                        area.toggle_lock()
                else:
                    area.history.checkpoint()
                    area.replace(f"{next(numbers)} ", *area.selection)
                if state() != states[-1]:
                    states.append(state())
            for before, after in reversed([*pairwise(states)]):
                area.undo()
                assert area.text == before[0]
                assert before[0] != after[0] or area.locked == before[1]
            for before, after in pairwise(states):
                area.redo()
                assert area.text == after[0]
                assert before[0] != after[0] or area.locked == after[1]
            area.undo()
        area.locked = ()
        area.lock_words((Span(0, 2),))
        area.undo()
        area.history.checkpoint()
        area.insert("New ", area.document.end)
        area.undo()
        area.redo()
        area.redo()
        assert area.locked == (), "what was undone before an edit is not done again"


async def test_a_kept_edit_of_words_that_are_locked_in_the_draft_is_taken_up_again() -> None:
    kept = "One cat. 2 dogs.\n\nThree birds."
    locks = (Span(0, 7), Span(9, 18))
    editor = EditorScreen("T", TEXT, words_before=6, unsaved=kept, locks=locks)
    app = Host(lambda: editor)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = editor.query_one(DraftArea)
        assert area.draft == kept
        assert [lock.of(kept) for lock in area.draft_locks] == ["One cat"]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.results == [kept])


async def test_replacing_every_match_says_when_locked_words_are_among_them() -> None:
    editor = EditorScreen("T", TEXT, words_before=6, locks=(Span(9, 18),))
    app = Host(lambda: editor)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("ctrl+f", *"o", "tab", *"0", "f5")
        await until(pilot, lambda: "None: a match is locked" in app.shown)
        assert "replaced" not in app.shown
        assert editor.query_one(DraftArea).draft == TEXT


class SlowPassages(Passages):
    """Takes its time to have a text as it was."""

    def __init__(self, *answers: PassageAnswer | Refused) -> None:
        super().__init__(*answers)
        self.may_refuse = asyncio.Event()

    async def refuse(self) -> None:
        await self.may_refuse.wait()
        await super().refuse()


async def test_a_second_key_does_not_end_what_the_first_is_doing() -> None:
    passages = SlowPassages(PassageAnswer("Two dogs.", "No."))
    app = EditorHost(passages)
    async with app.run_test(size=(80, 24)) as pilot:
        await asks(pilot, app, "wilder")
        await answers(pilot, "r")
        await pilot.press("r", "a", "escape", "enter")
        await pilot.pause()
        assert isinstance(app.screen, PassageScreen)
        passages.may_refuse.set()
        await until(pilot, back(app))
        assert passages.refused == 1
        assert area_of(app).draft == TEXT


async def test_what_is_no_word_once_it_is_saved_is_no_passage() -> None:
    editor = EditorScreen("T", TEXT + "\n\n\u2028", words_before=6, passages=Passages())
    app = Host(lambda: editor)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("ctrl+end", "ctrl+r")
        said = "Put the cursor into the words for Claude"
        await until(pilot, lambda: any(said in n.message for n in app._notifications))
        await until(pilot, lambda: isinstance(app.focused, DraftArea))


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_the_keys_are_there_where_claude_said_nothing(size: tuple[int, int]) -> None:
    app = EditorHost(Passages(PassageAnswer("Two dogs.", "Two old dogs.")))
    async with app.run_test(size=size) as pilot:
        await asks(pilot, app, "older")
        await until(pilot, lambda: "Passage · 3 words (+1)" in app.shown)
        for label in ("Take", "Refuse", "Edit", "Again", "Back"):
            assert label in app.shown

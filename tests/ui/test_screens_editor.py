"""The editor as a writer uses it, and that it never alters a text by itself."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color
from textual import events
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input, OptionList

from tests.support.dictionaries import Dictionaries, Words
from tests.support.frames import text_of
from tests.support.settling import settled
from tests.ui.screens_host import HOSTILE, Host, answers, until
from tui.domain.place import EditorModes, Side
from tui.domain.spelling import AS_USUAL, Spelling
from tui.screens.draft_area import DraftArea
from tui.screens.edited_piece import EditedPiece
from tui.screens.editor import EditorScreen
from tui.screens.editor_heading import EditorHeading
from tui.screens.editor_notice import LARGE
from tui.screens.editor_side import EditorSide
from tui.screens.frame import HintLine
from tui.screens.piece_spelling import PieceSpelling
from tui.screens.spot_line import SpotLine
from tui.screens.stand_ins import StandIns

AWKWARD = "a\tb\r\nc\rd\n\u2028e\x0b\x0c\x1c\x85\x00\ud800 \ufeff\U000e0041\U00100001 end \n\n"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_stand_ins_give_back_the_exact_text(text: str) -> None:
    stand_ins = StandIns.fit_for(text)
    held = stand_ins.hide(text)
    assert stand_ins.show(held) == text
    assert held.splitlines() == held.removesuffix("\n").split("\n") or not held.strip("\n")


@pytest.mark.parametrize("text", ["", "\n", "one\r\ntwo\r\n", AWKWARD, HOSTILE, "x" * 3000])
async def test_an_untouched_text_is_not_saved(text: str) -> None:
    app = Host(lambda: EditorScreen("T", text, words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(DraftArea))
        assert app.screen.query_one(DraftArea).draft == text
        await pilot.press("ctrl+s")
        assert app.results == [None]


@pytest.mark.parametrize("text", ["one\r\ntwo\r\n", AWKWARD, HOSTILE])
async def test_an_edit_changes_nothing_else(text: str) -> None:
    app = Host(lambda: EditorScreen("T", text, words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("Z", "ctrl+s")
        assert app.results == ["Z" + text]


async def test_characters_that_cannot_be_shown_are_told_of() -> None:
    app = Host(lambda: EditorScreen("T", "a\x00b\x1bc", words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "2 characters cannot be shown" in app.shown)
        assert "a␀b␛c" in app.shown


USUAL_KEYS = "ctrl+s Save   esc Back   ctrl+r Ask Claude   ctrl+f Find   ctrl+p Commands"


async def test_the_bottom_line_leads_to_all_commands_and_fills_its_one_row() -> None:
    app = Host(lambda: EditorScreen("T", "One two.", words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: USUAL_KEYS in app.shown)
        line = app.screen.query_one(HintLine)
        assert app.shown.rstrip().split("\n")[-1].strip() == USUAL_KEYS
        await pilot.resize_terminal(160, 24)
        more = f"{USUAL_KEYS}   ctrl+z Undo   ctrl+o Headings   F8 Select more   F9 Focus"
        await until(pilot, lambda: more in app.shown)
        assert line.size.height == 1
        await pilot.press(*"TODO ")
        await until(pilot, lambda: "ctrl+r Ask Claude   F7 Next to look at" in app.shown)
        assert "ctrl+f Find   ctrl+p Commands   ctrl+z Undo" in app.shown
        await pilot.press("ctrl+z")
        await pilot.resize_terminal(50, 24)
        await until(pilot, lambda: "ctrl+p Commands" in app.shown and "Undo" not in app.shown)
        assert line.size.height == 2
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: USUAL_KEYS in app.shown)
        await pilot.click(HintLine, offset=(USUAL_KEYS.index("ctrl+p") + 1, 0))
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))


async def test_the_words_are_counted_while_typing() -> None:
    app = Host(lambda: EditorScreen("T", "one two three", words_before=5))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "3 words (−2)" in app.shown)
        await pilot.press("ctrl+end", "end", *" four five")
        await until(pilot, lambda: "5 words" in app.shown and "(" not in app.shown)


async def test_a_selection_is_counted_too() -> None:
    app = Host(lambda: EditorScreen("T", "One two. Three\nfour.", words_before=4))
    async with app.run_test(size=(120, 24)) as pilot:
        whole = "4 words · 1 min · 2 sentences · 19 characters"
        await until(pilot, lambda: whole in app.shown)
        await pilot.press(*("shift+right",) * 12)
        part = "3 of 4 words selected · 12 characters · 2 sentences"
        await until(pilot, lambda: part in app.shown)
        await pilot.press("left")
        await until(pilot, lambda: whole in app.shown)
        await pilot.resize_terminal(44, 24)
        await until(pilot, lambda: "sentences ·" not in app.shown)
        assert "1 min · 2 sentences" in app.shown


async def test_the_limit_of_the_kind_and_the_goal_of_the_day_are_in_sight() -> None:
    kept: list[int] = []
    piece = EditedPiece(kind="talk", words_before_today=2, goal=3, keep_goal=kept.append)
    app = Host(lambda: EditorScreen("T", "One two three.", words_before=3, piece=piece))
    async with app.run_test(size=(120, 24)) as pilot:
        first = "3 words · 1 of 3 today · ━─────── 37 under 40 · 1 min spoken"
        await until(pilot, lambda: first in app.shown)
        await pilot.press("end", *" four five", "ctrl+g")
        await until(pilot, lambda: "Words to write on a day" in app.shown)
        await pilot.press("x", "enter")
        await until(pilot, lambda: "A goal is a number of words" in app.shown)
        await pilot.press("backspace", "3", "0", "enter")
        await until(pilot, lambda: "5 words (+2) · 3 of 30 today" in app.shown)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "Words to write on a day" in app.shown)
        await pilot.press("backspace", "backspace", "enter")
        await until(pilot, lambda: "5 words (+2) · ━───────" in app.shown)
        assert kept == [30, 0]


def marked_rows(area: DraftArea) -> list[int]:
    """Return the rows of the screen that have a mark beside them."""
    rows = range(area.region.y, area.region.bottom)
    shown = text_of(area.screen).split("\n")
    return [
        row - area.content_region.y for row in rows if shown[row][area.region.x :].startswith("•")
    ]


async def test_what_looks_unfinished_is_marked_and_stepped_through() -> None:
    text = "In the the start.\n\n" + "Words and words. " * 8 + "TODO more.\n\nA [link]()."
    piece = EditedPiece(approved="It cost 40 euros.")
    app = Host(lambda: EditorScreen("T", text, words_before=None, piece=piece))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "4 to look at" in app.shown)
        area = app.screen.query_one(DraftArea)
        assert marked_rows(area) == [0, 4, 6]
        await until(pilot, lambda: "F7 Next to look at" in app.shown)

        async def tells(said: str, *keys: str) -> None:
            await pilot.press(*keys)
            await until(pilot, lambda: said in app.shown)

        await tells("1 of 4 · “In the the start.” says “the the”.", "f7")
        assert area.cursor_location == (0, 3)
        await tells("2 of 4", "f7")
        await tells("3 of 4 · “A [link]().” has a link that leads nowhere.", "f7")
        await tells("4 of 4 · The number “40” is gone since the approval.", "f7")
        await tells("1 of 4", "f7")
        await tells("4 of 4", "shift+f7")
        await tells("3 of 4", "f19")
        await pilot.press("escape")
        await until(pilot, lambda: "3 of 4" not in app.shown)
        assert isinstance(app.screen, EditorScreen)
        await tells("3 of 4", "f7")
        await pilot.press("left")
        await until(pilot, lambda: "3 of 4" not in app.shown)
        await tells("2 of 4", "shift+f7")
        await tells("1 of 4", "shift+f7")
        # What is mended has no mark any more, and the others move with their lines.
        await pilot.press("home", "enter", "up", *"One 40.", "down", "home")
        await pilot.press(*("ctrl+right",) * 2)
        await pilot.press(*("delete",) * 4)
        assert marked_rows(area) == [5, 7]
        await until(pilot, lambda: "2 to look at" in app.shown)
        assert area.draft == "One 40.\nIn the start.\n\n" + text.split("\n\n", 1)[1]
        await tells("1 of 2", "f7")
        # What is told of a spot is true again once the text is checked anew.
        area.show_spots(area.spots[1:])
        await tells("1 of 1 · “A [link]()", "f7")
        app.screen.query_one(SpotLine)._debouncer.restart()
        await tells("2 of 2 · “A [link]()")


async def test_unknown_words_are_marked_taken_as_right_and_looked_up_in_another_language() -> None:
    kept: list[Spelling] = []
    dictionaries = Dictionaries({"": Words({"the", "cat"}), "de": Words({"Haus"}, language="de")})

    def editor() -> EditorScreen:
        spelling = PieceSpelling(dictionaries, AS_USUAL, kept.append)
        piece = EditedPiece(spelling=spelling)
        return EditorScreen("T", "the Redraft\n\nthe teh Redraft", words_before=None, piece=piece)

    app = Host(editor)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "3 to look at" in app.shown)
        area = app.screen.query_one(DraftArea)
        assert marked_rows(area) == [0, 2]
        await pilot.press("f12")
        await until(pilot, lambda: "The cursor is on no word that is unknown" in app.shown)
        await pilot.press("f7")
        await until(
            pilot, lambda: "1 of 3 · “Redraft” is not in the dictionary en_US." in app.shown
        )
        await pilot.press("f12")
        await until(pilot, lambda: "“Redraft” is right in this piece from now on." in app.shown)
        assert kept == [Spelling("", frozenset({"Redraft"}))]
        assert marked_rows(area) == [2]
        await pilot.press("end", "x", "backspace")
        await until(pilot, lambda: "1 to look at" in app.shown)
        # Another language, one that is not there, and none.
        await chooses_language(pilot, *"fr")
        await until(pilot, lambda: "there is no dictionary fr" in app.shown)
        await pilot.press("backspace", "backspace", *"de", "enter")
        await until(pilot, lambda: "3 to look at" in app.shown)
        await chooses_language(pilot, "backspace", "backspace", *"OFF")
        await until(pilot, lambda: app.focused is area and "to look at" not in app.shown)
        await pilot.press("f7")
        await until(pilot, lambda: app.shown.count("Nothing looks unfinished.") == 1)
        assert kept[-1] == Spelling("off", frozenset({"Redraft"}))
        dictionaries.by_language.clear()
        await chooses_language(pilot, "backspace", "backspace", "backspace")
        await until(pilot, lambda: app.focused is area)
        # Asked before the text is looked through again, and told anew once it is.
        await pilot.press("f7")
        await until(pilot, lambda: "unfinished. Spelling: there is no dictionary" in app.shown)
        dictionaries.by_language[""] = Words({"the"})
        await pilot.press("x", "f7")
        await until(pilot, lambda: "2 to look at" in app.shown)
        assert "unfinished" not in app.shown


async def test_a_word_with_soft_hyphens_is_taken_as_right_from_its_end() -> None:
    kept: list[Spelling] = []
    spelling = PieceSpelling(Dictionaries({"": Words({"the"})}), AS_USUAL, kept.append)
    piece, text = EditedPiece(spelling=spelling), "the Auto\u00admo\u00adbil"
    app = Host(lambda: EditorScreen("T", text, words_before=None, piece=piece))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 to look at" in app.shown)
        await pilot.press("end", "f12")
        await until(pilot, lambda: "“Automobil” is right in this piece" in app.shown)
        assert kept == [Spelling("", frozenset({"Automobil"}))]


async def chooses_language(pilot: Pilot[None], *keys: str) -> None:
    """Press keys in the dialog for the language once it is there, and Enter."""
    await pilot.press("f24")
    await until(pilot, lambda: isinstance(pilot.app.focused, Input))
    await pilot.press(*keys, "enter")


async def test_a_text_without_anything_unfinished_says_so() -> None:
    app = Host(lambda: EditorScreen("T", "Good.", words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 sentence" in app.shown)
        await pilot.press("f7")
        await until(pilot, lambda: "Nothing looks unfinished." in app.shown)


async def test_leaving_a_changed_text_asks_and_goes_on() -> None:
    app = Host(lambda: EditorScreen("T", "text", words_before=1))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press(*"My ", "escape")
        await until(pilot, lambda: "Save the changes?" in app.shown)
        await answers(pilot, "escape")
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press(*"own ", "escape")
        await until(pilot, lambda: "Save the changes?" in app.shown)
        await answers(pilot, "s")
        await until(pilot, lambda: app.results == ["My own text"])


async def test_changes_can_be_discarded() -> None:
    app = Host(lambda: EditorScreen("T", "text", words_before=1))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("x", "escape")
        await until(pilot, lambda: "Save the changes?" in app.shown)
        await answers(pilot, "d")
        await until(pilot, lambda: app.results == [None])


async def test_leaving_twice_at_once_asks_once() -> None:
    app = Host(lambda: EditorScreen("T", "text", words_before=1))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("x")
        editor = app.screen
        assert isinstance(editor, EditorScreen)
        editor.action_command("editor.leave")
        editor.action_command("editor.leave")
        await until(pilot, lambda: "Save the changes?" in app.shown)
        await answers(pilot, "d")
        await until(pilot, lambda: app.results == [None])
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_an_edit_that_was_undone_is_no_change() -> None:
    app = Host(lambda: EditorScreen("T", "text", words_before=1))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("ctrl+end", "x", "ctrl+home", "y")
        assert app.screen.query_one(DraftArea).draft == "ytextx"
        await pilot.press("ctrl+z", "ctrl+z", "escape")
        await until(pilot, lambda: app.results == [None])


async def test_unsaved_text_is_handed_over_when_the_focus_leaves_and_while_typing() -> None:
    kept: list[str] = []

    def keep(text: str, _: object) -> None:
        kept.append(text)

    app = Host(lambda: EditorScreen("T", "text\x00", words_before=1, keep=keep))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("a", "escape")
        await until(pilot, lambda: kept == ["atext\x00"])
        await answers(pilot, "escape")
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await pilot.press("b")
        await until(pilot, lambda: kept == ["atext\x00", "abtext\x00"])


async def test_a_paste_keeps_its_lines_and_its_characters() -> None:
    app = Host(lambda: EditorScreen("T", "", words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        app.copy_to_clipboard("one\r\ntwo\u2028three [bold")
        await pilot.press("ctrl+v", "ctrl+s")
        assert app.results == ["one\ntwo\u2028three [bold"]


async def test_a_very_long_text_points_to_another_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LARGE >= 1_000_000  # What is shorter is edited here without delay.
    monkeypatch.setattr("tui.screens.editor_notice.LARGE", 100_000)
    app = Host(lambda: EditorScreen("T", "words and more\n" * 7_000, words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "press E" in app.shown)
        assert app.screen.query_one(DraftArea).draft.endswith("more\n")


@pytest.mark.parametrize(("columns", "text"), [(72, 72), (30, 30), (5, 20), (500, 114)])
async def test_the_page_is_as_wide_as_the_settings_say(columns: int, text: int) -> None:
    app = Host(lambda: EditorScreen("T", "words " * 900, words_before=None))
    app.editor_columns = columns  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        await until(pilot, lambda: app.screen.query_one(DraftArea).wrap_width == text)


async def test_lists_go_on_paragraphs_move_and_words_are_marked() -> None:
    app = Host(lambda: EditorScreen("T", "One.\n\n- first", words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)

        async def makes(text: str, *keys: str) -> None:
            await pilot.press(*keys)
            await until(pilot, lambda: area.draft == text)

        await pilot.press("down", "down", "end")
        await makes("One.\n\n- first\n- 2", "enter", "2")
        await makes("One.\n\n- first\n  - 2", "tab")
        await makes("One.\n\n- first\n  - 2\n- ", "enter", "shift+tab")
        await makes("One.\n\n- first\n  - 2\n\n", "enter")
        await makes("One.\n\n- first\n  - 2\n\nEnd", *"End")
        await makes("One.\n\nEnd\n\n- first\n  - 2", "alt+up")
        await makes("One.\n\n**End**\n\n- first\n  - 2", "ctrl+b")
        await makes("One.\n\n***End***\n\n- first\n  - 2", "ctrl+t")
        await makes("One.\n\n***[End](h)***\n\n- first\n  - 2", "ctrl+n", "h")
        for _ in range(4):
            await pilot.press("ctrl+z")
        await makes("One.\n\n- first\n  - 2\n\nEnd", "ctrl+z")
        await makes("x", "f8", "f8", "f8", "f8", "x")


async def test_all_is_replaced_undone_and_redone_without_a_jump() -> None:
    text = "\n".join(f"Line {number} of the lamp" for number in range(200))
    app = Host(lambda: EditorScreen("T", text, words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        app.screen.go_to(text.index("Line 100"))  # type: ignore[attr-defined]
        await pilot.press("ctrl+f", *"lamp", "tab", *"lantern")
        await until(pilot, lambda: "101 of 200" in app.shown)
        seen = area.scroll_y
        assert seen > 80
        await pilot.press("f5")
        await until(pilot, lambda: "200 replaced" in app.shown)
        assert area.draft == text.replace("lamp", "lantern")
        assert (area.scroll_y, area.cursor_location) == (seen, (100, 16))
        await pilot.press("escape", "ctrl+z")
        assert area.draft == text
        await until(pilot, lambda: area.scroll_y == seen)
        await pilot.press("ctrl+y")
        assert area.draft == text.replace("lamp", "lantern")
        assert (area.scroll_y, area.cursor_location) == (seen, (100, 16))


async def test_a_new_item_numbers_those_below_unless_their_numbers_are_locked() -> None:
    text = "1. one\n2. two\n3. three"
    app = Host(lambda: EditorScreen("T", text, words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        await pilot.press("end", "enter")
        assert area.draft == "1. one\n2. \n3. two\n4. three"
        assert area.cursor_location == (1, 3)
        await pilot.press("ctrl+z")
        assert area.draft == text
        area.select(text.index("three"), len(text))
        await pilot.press("ctrl+l", "ctrl+home", "end", "enter")
        assert area.draft == "1. one\n2. \n3. two\n4. three"
        await pilot.press("ctrl+z")
        area.select(text.index("two"), len(text))
        await pilot.press("ctrl+l", "ctrl+home", "end", "enter")
        assert area.draft == "1. one\n2. \n2. two\n3. three"


async def test_the_cursor_stays_in_its_row_of_the_view_in_another_size() -> None:
    text = "\n\n".join(f"Paragraph {number} " + "of words " * 40 for number in range(60))
    app = Host(lambda: EditorScreen("T", text, words_before=None))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)

        def row() -> float:
            return area.wrapped_document.location_to_offset(area.cursor_location).y - area.scroll_y

        async def resizes(width: int, height: int) -> None:
            before = area.size
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda: area.size != before)

        app.screen.go_to(text.index("Paragraph 40"))  # type: ignore[attr-defined]
        at = row()
        assert 10 < at < 20
        for size in ((40, 36), (200, 50), (60, 30), (120, 36)):
            await resizes(*size)
            assert row() == at
        await resizes(60, 12)
        assert row() == area.size.height - 1
        # Where the cursor is out of view, the first words stay in view.
        area.scroll_to(y=0, animate=False, immediate=True)
        await resizes(120, 36)
        await resizes(40, 36)
        assert area.scroll_y == 0
        await pilot.press("f10")
        await resizes(120, 20)
        await until(pilot, lambda: abs(row() - area.size.height // 2) < 2)


async def test_one_types_on_after_a_word_is_marked() -> None:
    app = Host(lambda: EditorScreen("T", "Locked.", words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        await pilot.press(
            "f8", "ctrl+l", "ctrl+end", *" one", "ctrl+b", *" two", "ctrl+b", *" three"
        )
        assert area.draft == "Locked. **one two** three"
        await pilot.press("space", "ctrl+t", *"fo ur", "ctrl+t", *".")
        assert area.draft == "Locked. **one two** three *fo ur*."


async def test_pasted_lines_are_joined_and_undo_brings_them_back() -> None:
    app = Host(lambda: EditorScreen("T", "", words_before=None))
    mail = "This line is as long as the writer of the mail had set it, and\nthis goes on."
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        app.post_message(events.Paste(mail))
        await until(pilot, lambda: area.draft == mail.replace("\n", " "))
        await pilot.press("ctrl+z")
        assert area.draft == mail
        await pilot.press("ctrl+z")
        assert area.draft == ""


PASTED = [
    "<p>",
    "</p>",
    "<b>bold</b>",
    "<ul><li>one</li></ul>",
    "&amp;",
    "\r\n",
    "\n",
    "\n\n",
    "\t",
]
PASTED += [
    "words that go on and on until the line of the mail is full of them and more",
    "- item\n",
]
PASTED += ["> said\n", "```\n", "漢字", "e\u0301", "👩‍💻", "\u2028", "\x00", "\x1b[31m", "\r", "  "]


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_pasted_once_undone_is_as_it_came_and_twice_as_it_was(seed: int) -> None:
    chance, text = (
        random.Random(seed),
        "# A title\n\nWords, 漢字.\n\n- one\n- two\n\n```\ncode\n```\n",
    )
    app = Host(lambda: EditorScreen("T", text, words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        for _ in range(60):
            pasted = "".join(chance.choices(PASTED, k=chance.randrange(1, 9)))
            came = pasted.replace("\r\n", "\n").replace("\r", "\n")
            start, end = (chance.randrange(len(area.text) + 1) for _ in range(2))
            area.select(start, end)
            before, first, last = area.draft, min(start, end), max(start, end)
            as_it_came = before[:first] + came + before[last:]
            if as_it_came == before:
                continue
            app.post_message(events.Paste(pasted))
            await settled(app)
            await app.workers.wait_for_complete()
            made = area.draft
            if made != as_it_came:
                area.undo()
                assert area.draft == as_it_came
            area.undo()
            assert area.draft == before
            if chance.random() < 0.5:
                while area.draft != made:
                    area.redo()


async def test_markdown_is_drawn_and_a_fence_changes_what_is_below() -> None:
    app = Host(lambda: EditorScreen("T", "\n**b** c\n# h", words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)

        def bold(line: int) -> str:
            y = line + area.styles.padding.top
            segments = area.render_lines(area.size.region.grow((0, 1, 0, 0)))[y]
            return "".join(s.text for s in segments if s.style and s.style.bold)

        await until(pilot, lambda: bold(1) == "**b**")
        assert bold(2) == "# h"
        await pilot.press("`", "`", "`")
        await until(pilot, lambda: bold(1) == "")
        assert bold(2) == ""


async def test_words_are_found_and_replaced_one_by_one_and_all_at_once() -> None:
    text = "A lamp, the lamp.\nTwo Lamps and a lamppost."
    app = Host(lambda: EditorScreen("T", text, words_before=None))
    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)

        async def shows(said: str, *keys: str) -> None:
            await pilot.press(*keys)
            await until(pilot, lambda: said in app.shown)

        assert "F3" not in app.shown
        await shows("F3 Next match", "ctrl+f")
        assert "F5 Replace all" in app.shown
        await shows("No match", *"lump")
        await shows("1 of 4", "backspace", "backspace", "backspace", *"amp")
        assert area.selected_text == "lamp"
        await app.screen.query_one(EditorHeading)._count().wait()
        await shows("9 words · 1 min")
        assert area.selection.start == (0, 2)
        await shows("2 of 4", "enter")
        await shows("3 of 4", "f3")
        await shows("2 of 4", "f4")
        await shows("1 of 4", "f4")
        await shows("4 of 4", "f4")
        await shows("1 of 4", "f3")
        await shows("1 of 3", "tab", *"light", "enter")
        assert area.draft == text.replace("lamp", "light", 1)
        await shows("3 replaced", "f5")
        await pilot.pause(0.3)
        assert "3 replaced" in app.shown
        assert area.draft == "A light, the light.\nTwo lights and a lightpost."
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        assert "F3" not in app.shown
        await pilot.press("f5", "ctrl+z")
        assert area.draft == text.replace("lamp", "light", 1)
        # Where the matches were before an undo is nothing replaced any more.
        await shows("1 of 1", "ctrl+f", *"light,")
        await pilot.press("ctrl+home")
        area.replace("Lo! ", (0, 0), (0, 0))
        await pilot.press("f3")
        assert area.selected_text == "light,"
        area.undo()
        await shows("cannot be read", "ctrl+f", *"/(/")
        await shows("1 of 1", "backspace", "backspace", *r"two \w+/")
        assert area.selected_text == "Two Lamps"
        await shows("1 replaced", "tab", "ctrl+a", "ctrl+k", *r"\x1b!", "f5")
        assert area.draft.endswith("\x1b! and a lamppost.")
        await until(pilot, lambda: "␛! and a lamppost" in app.shown)


async def test_a_heading_is_one_word_away() -> None:
    parts = [f"## Part {number}\n\n{'Words. ' * 60}" for number in range(9)]
    app = Host(lambda: EditorScreen("T", "\n\n".join(parts), words_before=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "Part 3" in app.shown)
        await pilot.press(*"rt 7")
        await until(pilot, lambda: "Part 3" not in app.shown and "Part 7" in app.shown)
        await pilot.press("enter")
        await until(pilot, lambda: area.cursor_location == (28, 0))


async def test_the_paragraph_with_the_cursor_is_lit_and_stays_in_the_middle() -> None:
    kept: list[EditorModes] = []
    text = "\n\n".join(f"Paragraph {number}\nwith a second line." for number in range(20))

    def editor() -> EditorScreen:
        modes = EditorModes(is_focused=True)
        return EditorScreen("T", text, words_before=None, modes=modes, keep_modes=kept.append)

    app = Host(editor)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)

        def light(strip: Strip) -> Color | None:
            return next(s.style.color for s in strip if s.style and s.text.strip())

        def lit() -> set[str]:
            """Return the paragraphs that are drawn as bright as the one with the cursor."""
            strips = area.render_lines(area.size.region)
            cursor = area.cursor_location[0] - area.scroll_offset.y + area.styles.padding.top
            colours = {
                segment.text.strip(): segment.style.color
                for strip in strips
                for segment in strip
                if "Paragraph" in segment.text and segment.style
            }
            return {name for name, colour in colours.items() if colour == light(strips[cursor])}

        await until(pilot, lambda: lit() == {"Paragraph 0"})
        await pilot.press(*("down",) * 4)
        await until(pilot, lambda: lit() == {"Paragraph 1"})
        await pilot.press("f10", *("down",) * 30)
        await until(pilot, lambda: area.cursor_location[0] == 34)
        line = area.cursor_location[0] - area.scroll_offset.y
        assert abs(line - area.size.height // 2) <= 1
        await pilot.press("f9")
        await until(pilot, lambda: len(lit()) > 3)
        assert kept == [EditorModes(is_focused=True, is_typewriter=True), EditorModes(False, True)]


async def test_the_preview_the_outline_and_the_changes_stand_beside_the_text() -> None:
    kept: list[EditorModes] = []
    parts = [f"## Part {number}\n\n{'Words. ' * 60}" for number in range(9)]
    text = "\n\n".join(["A **bold** start [bold].", *parts])
    app = Host(lambda: EditorScreen("T", text, words_before=None, keep_modes=kept.append))
    async with app.run_test(size=(159, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area, side = app.screen.query_one(DraftArea), app.screen.query_one(EditorSide)
        await pilot.press("f6")
        assert not kept
        assert not side.display
        await pilot.resize_terminal(180, 40)

        async def shows(*said: str) -> None:
            await until(pilot, lambda: all(one in app.shown for one in said))

        await pilot.press("f6")
        await shows("Preview", "A bold start [bold].")
        await pilot.press(*"New ")
        await shows("New A bold start")
        await pilot.press("f6")
        await shows("Outline", "  Part 8")
        outline = side.query_one(OptionList)
        assert outline.highlighted is None
        assert await pilot.click(outline, offset=(4, 4))
        await until(pilot, lambda: area.cursor_location == (14, 0))
        await until(pilot, lambda: outline.highlighted == 3)
        assert isinstance(app.focused, DraftArea)
        await pilot.press("up")
        await until(pilot, lambda: outline.highlighted == 2)
        await pilot.press("f6")
        await shows("Changes · +1 words", "± New A **bold** start", "··· 17 paragraphs")
        row = app.shown.split("\n").index(next(r for r in app.shown.split("\n") if "··· 17" in r))
        assert await pilot.click(offset=(side.region.x + 6, row))
        await until(pilot, lambda: "···" not in app.shown)
        assert [modes.side for modes in kept] == ["preview", "outline", "diff"]
        await pilot.resize_terminal(159, 40)
        await until(pilot, lambda: not side.display)
        await pilot.resize_terminal(160, 40)
        await shows("Changes · +1 words")
        await pilot.press("f6")
        await until(pilot, lambda: not side.display)
        assert area.draft == "New " + text


async def test_nothing_stands_beside_a_very_long_text() -> None:
    modes = EditorModes(side=Side.PREVIEW)
    text = "Words and more.\n" * 7_000
    app = Host(lambda: EditorScreen("T", text, words_before=None, modes=modes))
    async with app.run_test(size=(160, 24)) as pilot:
        await until(pilot, lambda: "Nothing is shown beside a text of more than" in app.shown)


async def test_two_clicks_select_a_word_and_three_its_paragraph() -> None:
    app = Host(
        lambda: EditorScreen("T", "# One\n\nTwo cats sat\nhere. Yes.\n\nThree.", words_before=6)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        row = next(n for n, line in enumerate(app.shown.split("\n")) if "cats" in line)
        place = app.shown.split("\n")[row].index("cats") + 1, row
        await pilot.click(offset=place, times=2)
        assert area.selected_text == "cats"
        await pilot.click(offset=place, times=3)
        assert area.selected_text == "Two cats sat\nhere. Yes."
        await pilot.click(offset=place)
        assert area.selected_text == ""


async def test_the_editor_begins_where_it_was_left_and_saves_with_a_note() -> None:
    editor = EditorScreen("T", "One.\n\nTwo.", words_before=2, cursor=8)
    app = Host(lambda: editor)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea) and editor.cursor == 8)
        await pilot.press("x", "f2")
        await until(pilot, lambda: "What did you change?" in app.shown)
        await pilot.press(*"n" * 61, "enter")
        await until(pilot, lambda: "is 61 characters long" in app.shown)
        await pilot.press("ctrl+u", *"an x", "enter")
        await until(pilot, lambda: bool(app.results))
        assert app.results == ["One.\n\nTwxo."]
        assert (editor.note, editor.cursor) == ("an x", 9)


async def test_a_page_that_is_pasted_becomes_markdown_and_once_undone_is_as_it_came() -> None:
    app = Host(lambda: EditorScreen("T", "```\n\n```\n\n", words_before=0))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        area.select(10, 10)
        page = "<p>Some <b>bold</b> words.</p>"
        area.post_message(events.Paste(page))
        await until(pilot, lambda: area.draft.endswith("Some **bold** words."))
        assert area.selected_span == (len(area.text), len(area.text))
        await pilot.press("ctrl+z")
        assert area.draft == f"```\n\n```\n\n{page}"
        area.post_message(events.Paste(page))  # What is typed behind it stays behind it.
        area.post_message(events.Key("x", "x"))
        await until(pilot, lambda: area.draft.endswith(f"{page}Some **bold** words.x"))
        await pilot.press("y")
        assert area.draft.endswith("words.xy")
        before = area.draft
        area.post_message(events.Paste(page))
        area.call_later(area.undo)  # Sooner than it is tidied: nothing is put anywhere.
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert area.draft == before
        area.select(4, 4)  # Code is what it is.
        area.post_message(events.Paste(page))
        await until(pilot, lambda: area.draft.startswith(f"```\n{page}\n```"))

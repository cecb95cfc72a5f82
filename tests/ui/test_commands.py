"""The command table against the program: by key, by palette, by mouse, and after a remap."""

import re

import pytest
from textual.binding import Binding

from tests.support.driver import at_the_desk
from tui.commands import (
    BOTTOM_LINE,
    COMMANDS,
    MAIN_SCOPES,
    Keymap,
    Scope,
    bindings,
    shown_key,
)
from tui.screens.editor import EditorScreen

RUN_BY_SCREEN = [one for one in COMMANDS if one.scope in MAIN_SCOPES and not one.action]


def test_ids_are_unique_and_every_command_says_what_it_does() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(set(ids)) == len(ids)
    for command in COMMANDS:
        assert command.label[:1].isupper() or command.label[:1] == "$", command.id
        assert command.help[:1].isupper(), command.id
        assert not command.help.endswith("."), command.id
        assert command.keys, command.id


async def test_the_main_screen_runs_exactly_the_commands_that_are_its_own() -> None:
    async with at_the_desk() as user:
        assert set(user.main._do.handlers) == {command.id for command in RUN_BY_SCREEN}


def test_the_editor_runs_exactly_the_commands_of_its_scope() -> None:
    editor = EditorScreen("T", "text", words_before=1)
    assert set(editor._handlers) == {one.id for one in COMMANDS if one.scope is Scope.EDITOR}


async def test_every_pane_can_do_the_commands_of_its_scope() -> None:
    async with at_the_desk() as user:
        for command in COMMANDS:
            if command.scope in MAIN_SCOPES and command.action and "." not in command.action:
                widget = user.main.palette_target(command.scope)
                name = command.action.split("(")[0]
                assert hasattr(widget, f"action_{name}"), command.id


def test_every_command_is_bound_under_its_id_somewhere() -> None:
    for scope in Scope:
        bound = {one.id for one in bindings(scope) if isinstance(one, Binding)}
        own = {one.id for one in COMMANDS if one.scope is scope and one.action[:4] != "app."}
        assert bound == own


def test_the_usual_keys_clash_nowhere_and_a_clash_of_the_settings_is_told() -> None:
    assert Keymap().problems() == ()
    (problem,) = Keymap({"fork": "e"}).problems()
    assert "The key e is given to edit and fork" in problem
    (problem,) = Keymap({"chat.fold": "f"}).problems()
    assert "fork" in problem
    assert "chat.fold" in problem
    (problem,) = Keymap({"nonsense": "f"}).problems()
    assert "nonsense" in problem


def test_a_clash_names_those_that_meet_and_no_other_screen() -> None:
    (problem,) = Keymap({"fork": "n"}).problems()
    assert problem == "The key n is given to fork and new; only one can have it."
    (problem,) = Keymap({"fork": "%"}).problems()
    assert problem.startswith("The key % is given to ")


@pytest.mark.parametrize(
    "key", ["", "nokey", "Ctrl+f", "ctrl+F", "shift+f", "f5,", "f5,nokey", "strg+f", "\n"]
)
def test_what_is_no_key_is_told_and_the_usual_one_stays(key: str) -> None:
    keymap = Keymap({"fork": key})
    (problem,) = keymap.problems()
    assert f"give “fork” the key “{key.removeprefix('f5,').strip()}”, which is none" in problem
    assert (keymap.key("fork"), dict(keymap.textual)) == ("f", {})


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("O", "O"),
        ("F5", "F5"),
        ("shift+pgdn, ctrl+\\", "shift+pgdn ctrl+\\"),
        ("f5, ctrl+y", "F5 ctrl+y"),
        ("§", "§"),
        ("ö", "ö"),
        ("~", "~"),
        ("shift+f5", "shift+F5"),
        ("alt+F", "alt+F"),
        ("ctrl+shift+pagedown", "ctrl+shift+pgdn"),
        ("ctrl+backslash, +", "ctrl+\\ +"),
    ],
)
def test_keys_of_the_settings_are_taken_by_name_or_character(key: str, shown: str) -> None:
    keymap = Keymap({"fork": key})
    assert keymap.problems() == ()
    assert keymap.all_keys("fork") == shown


def test_no_usual_key_is_alt_and_a_letter_which_escape_and_that_letter_look_like() -> None:
    keys = [key for command in COMMANDS for key in command.keys.split(",")]
    assert [key for key in keys if re.fullmatch(r"alt\+.", key)] == []


@pytest.mark.parametrize(("key", "shown"), [("f2", "F2"), ("ctrl+left_square_bracket", "ctrl+[")])
def test_keys_are_named_as_people_read_them(key: str, shown: str) -> None:
    assert shown_key(key) == shown


def test_sentences_name_the_keys_of_the_settings_and_leave_other_braces_alone() -> None:
    keymap = Keymap({"fork": "f5,F"})
    assert keymap.fill("Press {fork}.") == "Press F5."
    assert keymap.fill("{ 1 } {Fork}") == "{ 1 } {Fork}"
    with pytest.raises(KeyError):
        keymap.fill("{no_such_command}")


@pytest.mark.parametrize("scope", BOTTOM_LINE)
def test_every_bottom_line_leads_to_all_commands(scope: Scope) -> None:
    names = BOTTOM_LINE[scope]
    assert names[-1] == "palette"
    usable = {scope, Scope.EVERYWHERE, Scope.PANES}
    usable -= {Scope.PANES} if scope in (Scope.PROMPT, Scope.SEARCH) else set()
    assert all(Keymap()[name].scope in usable for name in names)


async def test_the_bottom_line_follows_focus_and_keymap_dims_and_takes_clicks() -> None:
    async with at_the_desk(keys=(("new", "f9"),)) as user:
        await user.begins("On waiting")
        await user.sees("enter Send")
        await user.commands()
        await user.sees("F9 New", "d Diff")
        hints = {hint.command: hint.is_enabled for hint in user.main.view.bottom.hints}
        assert not hints["diff"]
        assert hints["revise"]
        line = user.screen.splitlines()[-1]
        await user.pilot.click("#bottom", offset=(line.index("F9 New") + 1, 0))
        await user.sees("New piece")


async def test_the_palette_finds_by_synonyms() -> None:
    wanted = {
        "trash": "Delete",
        "compare": "Diff",
        "yank": "Copy",
        "unapprove": "Back to draft",
        "go back": "Use this text",
        "light": "Theme",
        "dark": "Theme",
        "old version": "Use this text",
    }
    async with at_the_desk() as user:
        await user.begins("On waiting")
        for typed, label in wanted.items():
            await user.presses("ctrl+p")
            await user.types(typed)
            await user.sees(typed, f"{label}  ")
            await user.presses("escape")
            await user.waits(lambda: user.app.screen is user.main, f"the end of {typed}")


async def test_the_palette_finds_pieces_and_branches_and_opens_them() -> None:
    async with at_the_desk() as user:
        await user.begins("On cranes")
        await user.begins("On herons")
        await user.presses("ctrl+p")
        await user.types("cranes")
        await user.sees("Piece ·")
        await user.presses("enter")
        await user.sees("─ On cranes ─")


async def test_a_slash_in_the_empty_prompt_opens_the_palette_and_escape_leaves_a_slash() -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        await user.presses("slash")
        await user.sees("Search for commands")
        await user.presses("escape")
        await user.waits(lambda: user.prompt.text == "/", "the plain slash")
        await user.types("half")
        await user.presses("slash")
        assert user.prompt.text == "/half/"


async def test_a_remapped_key_quits_and_the_old_one_is_dead() -> None:
    async with at_the_desk(keys=(("quit", "f13"),)) as user:
        await user.begins("On waiting")
        await user.presses("ctrl+q")
        assert user.app.is_running
        assert not user.app._exit
        await user.presses("f13")
        await user.waits(lambda: user.app._exit, "the end")


def test_no_text_of_the_screen_spells_a_key_by_hand() -> None:
    """Sentences take keys from the keymap; a literal one would be wrong after a remap."""
    from tests.test_house import CODE

    spelled = re.compile(
        r"""["'“ ][Pp]ress (?:esc(?:ape)?|enter|tab|ctrl\+\w|F\d|[a-zA-Z?*$!/])[ .,;:"']"""
    )
    found = [
        f"{file.relative_to(CODE)}:{number}"
        for folder in ("screens", "widgets", "domain", "studio")
        for file in (CODE / folder).rglob("*.py")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if spelled.search(line) and '"""' not in line and not line.lstrip().startswith("#")
    ]
    assert found == []


def test_the_readme_names_the_keys_that_the_table_has() -> None:
    from tests.test_house import ROOT

    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme[readme.index("| key | does |") :].split("\n\n")[0].splitlines()[2:]
    cells = [cell for row in table for cell in row.strip("|").split("|")[::2]]
    named = {key for cell in cells for key in re.findall(r"`([^`]+)`", cell)}
    keymap = Keymap()
    known = {
        shown_key(key)
        for command in COMMANDS
        if command.scope in MAIN_SCOPES or command.id == "approve.approve"
        for key in command.keys.split(",")
    }
    assert named <= known
    told = {keymap.key(one.id) for one in RUN_BY_SCREEN if one.scope is Scope.PANES}
    assert told - named <= {
        keymap.key(name) for name in ("rename_branch", "rename_piece", "reopen", "import")
    }


async def test_a_click_opens_the_palette_and_another_runs_a_command() -> None:
    async with at_the_desk() as user:
        await user.begins("On waiting")
        line = user.screen.splitlines()[-1]
        await user.pilot.click("#bottom", offset=(line.index("ctrl+p") + 1, 0))
        await user.sees("Search for commands")
        await user.types("costs")
        await user.sees("See what this piece cost")
        rows = user.screen.splitlines()
        row = next(n for n, text in enumerate(rows) if "See what this piece cost" in text)
        await user.pilot.click(offset=(6, row))
        await user.sees("costs and limits")


async def test_a_key_of_another_pane_tells_once_where_it_works() -> None:
    async with at_the_desk(keys=(("tree.hoist", "Y"), ("next_pane", "f9"))) as user:
        await user.begins("On waiting")
        told = [
            "F is “Filter” in the list and in the tree. F9 goes from pane to pane.",
            "Y is “Only this” in the tree. F9 goes from pane to pane.",
            "J is “Next sibling” in the tree and “Later” in the queue. F9 goes from pane to pane.",
        ]
        await user.commands("F", "Y", "J", "F", "Y", "j", "k", "q", "left")
        assert [notice.text for notice in reversed(user.app.board.notices)] == told
        await user.sees("J is “Next sibling”")
        await user.presses("shift+tab", "F", "j")
        assert user.workspace.status is not None
        assert all(" is “" not in notice.text for notice in user.app.board.notices[:-3])

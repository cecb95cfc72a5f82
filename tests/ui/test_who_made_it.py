"""Who made a version and who approved one: named where it is told, unless it is who works here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.screen import Screen

from tests.domain.content_examples import MAIN, Library, blank_content, minute
from tests.support.driver import at_the_desk
from tests.support.fakes import FakeWho, MemoryStore
from tests.ui.screens_host import AT, HOSTILE, KEYS, Host, a_content, until
from tui.domain import changes
from tui.domain.choosing import combined
from tui.domain.content import Content, TurnKind
from tui.domain.person import NOBODY, Person
from tui.domain.signing import signed
from tui.domain.tree_rows import tree_rows
from tui.screens.approve import ApproveScreen
from tui.screens.diff import DiffScreen
from tui.screens.transcript import Transcript
from tui.screens.versions import VersionsScreen
from tui.widgets.badges import GoingOn
from tui.widgets.tree_row import RowSetting, row_parts

MAREN = Person("Maren Ost", "maren", "desk")
HERE = FakeWho("ben@sofa")


def piece(by: Person) -> Content:
    """Claude's draft, then by a person: an edit, the first text again and a combination."""
    library = Library(blank_content())
    library.write(MAIN, "One two three.", TurnKind.GENERATE)
    library.edit(MAIN, "By hand.")
    content = changes.brought_back(library.content, MAIN, 1, minute(90))
    content = combined(content, MAIN, "Both of them.", (1, 2), minute(91))
    return signed(replace(content, versions=()), content, by)


def headings(content: Content, here: str) -> list[str]:
    """Return what the cards say, without number and time."""
    items = Transcript(KEYS, lambda: minute(95), here).items(content, MAIN)
    told = [item.heading.split(" · ") for item in items if item.heading.startswith("v")]
    return [" · ".join(parts[1:-1]) for parts in told]


def test_the_cards_in_the_chat_name_another_person_and_only_another() -> None:
    assert headings(piece(MAREN), HERE.id) == [
        "3 words · by Claude",
        "2 words (−1) · by Maren Ost",
        "v1 again · 3 words (+1) · by Maren Ost",
        "combined from v1 and v2 · 3 words (±0) · by Maren Ost",
    ]
    renamed = replace(MAREN, name="M. O.")  # The account tells a person, not how they sign.
    for by, here in ((renamed, MAREN.id), (NOBODY, HERE.id), (NOBODY, "")):
        assert headings(piece(by), here) == [
            "3 words · by Claude",
            "2 words (−1) · by you",
            "v1 again · 3 words (+1)",
            "combined from v1 and v2 · 3 words (±0)",
        ]


def test_an_edit_that_claude_was_told_is_another_persons() -> None:
    library = Library(piece(MAREN), 100)
    library.write(MAIN, "More.", told=2)
    for here, whose in ((HERE.id, "the edit by Maren Ost"), (MAREN.id, "your edit")):
        items = Transcript(KEYS, lambda: minute(195), here).items(library.content, MAIN)
        assert f"Claude was told v2, {whose}." in [item.body for item in items]


@pytest.mark.parametrize("width", [16, 30, 44, 80])
@pytest.mark.parametrize("name", ["Maren Ost", HOSTILE])
def test_a_row_of_the_tree_names_another_person(name: str, width: int) -> None:
    content = piece(replace(MAREN, name=name))
    row = next(row for row in tree_rows(content, MAIN) if row.about == content.version(2))
    setting = RowSetting(content, GoingOn(), person=HERE.id)
    text = "".join(text for text, _ in row_parts(row, width, setting))
    assert text.startswith(f"▎✎ by {name[:4]}")
    assert not {*text} & {"\x1b", "\u202e", "\x9b", "\x07"}


SCREENS: dict[str, tuple[Callable[[Content], Screen[Any]], tuple[str, ...]]] = {
    "diff": (lambda content: DiffScreen(content, 2, here=HERE.id), ("by Maren Ost",)),
    "versions": (
        lambda content: VersionsScreen(content, MAIN, AT, here=HERE.id),
        ("by Maren Ost · ", "v1 again, by Maren Ost", "combined by Maren Ost"),
    ),
}


@pytest.mark.parametrize("screen", SCREENS)
async def test_the_screens_of_versions_name_another_person(screen: str) -> None:
    make, said = SCREENS[screen]
    app = Host(lambda: make(piece(MAREN)))
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: all(one in app.shown for one in said))
        assert "by you" not in app.shown


@pytest.mark.parametrize(
    ("by", "number", "told"),
    [
        (MAREN, 1, "Approved by Maren Ost on 4 Mar 2026, {time}, at desk, from “main” turn 1."),
        (MAREN, 2, "+1 −1 words since v1, approved by Maren Ost on 4 Mar 2026, {time}, at desk,"),
        (HERE.person, 1, "Approved by you on 4 Mar 2026, {time}, at sofa, from “main” turn 1."),
        (NOBODY, 3, "Same text as v1, approved on 4 Mar 2026, {time}, from “main” turn 1."),
    ],
)
async def test_the_approve_screen_says_who_approved_when_and_where(
    by: Person, number: int, told: str
) -> None:
    content = a_content("One two.", "One three.", "One two.", approved=1)
    content = replace(content, approvals=(replace(content.approvals[0], by=by),))
    app = Host(lambda: ApproveScreen(content, content.version(number), here=HERE.id))
    wanted = told.format(time=f"{AT.astimezone():%H:%M}")
    async with app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: wanted in " ".join(app.shown.split()))


async def test_the_studio_knows_who_is_there_and_names_the_others() -> None:
    content = piece(MAREN)
    content = signed(content, changes.approved(content, 2, minute(92)), MAREN)
    own = signed(content, changes.edited(content, MAIN, "My own.", minute(93)), HERE.person)
    async with at_the_desk(store=MemoryStore([own]), size=(160, 48), who=HERE) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await user.sees("v2 · 2 words (−1) · by Maren Ost", "✎ by Maren Ost")
        await user.sees("v5 · 2 words (−1) · by you", "✎ by hand")
        await user.presses("escape")
        await user.commands("d")
        await user.sees("by you", "v4 → v5")
        await user.presses("escape")
        await user.commands("v")
        await user.sees("v1 again, by Maren Ost", "by you")
        await user.presses("escape")
        await user.commands("a")
        await user.sees("approved by Maren Ost on", "at desk")

"""v at the screen: what is wanted of a version is done, and undone."""

from tests.store.samples import sample, with_turn
from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore
from tui.domain.changes import edited, forked
from tui.domain.content import Content
from tui.domain.ids import BranchId, SessionId
from tui.screens.compare import CompareScreen
from tui.screens.diff import DiffScreen
from tui.screens.versions import VersionsScreen

ONE, TWO = "# T\n\nThe first text of it, all in all.", "# T\n\nThe second text of it, all in all."


def piece() -> Content:
    content = with_turn("turn")(sample("first222", "First piece"))
    for text in (ONE, TWO):
        content = edited(content, content.main, text, content.updated_at)
    return content


async def test_a_version_is_labelled_brought_back_and_undone() -> None:
    content = piece()
    first = next(version.number for version in content.versions if version.text == ONE)
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("v")
        await user.waits(lambda: isinstance(user.app.screen, VersionsScreen), "the versions")
        await user.presses("j", "L")
        await user.sees(f"Label v{first}")
        await user.types("calm one")
        await user.presses("enter")
        await user.sees("“calm one”")
        await user.waits(lambda: isinstance(user.app.screen, VersionsScreen), "the versions again")
        await user.presses("t")
        await user.sees(f"v{first} is the draft again, as v{first + 2}. Press u to undo.")
        kept = user.store.contents[content.id]
        assert kept.versions[-1].text == ONE
        assert kept.version(first).label == "calm one"
        await user.commands("u", "u")
        await user.sees(f"v{first} has no label again.")
        assert user.store.contents[content.id].version(first).label == ""


async def test_a_fork_may_have_the_text_of_any_version() -> None:
    content = piece()
    first = next(version.number for version in content.versions if version.text == ONE)
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("v")
        await user.waits(lambda: isinstance(user.app.screen, VersionsScreen), "the versions")
        await user.presses("j", "f")
        await user.sees(f"with the text of v{first}")
        await user.types("calmer")
        await user.presses("enter")
        await user.sees("calmer")
        await user.waits(lambda: len(user.store.contents[content.id].branches) == 2, "the branch")
        kept = user.store.contents[content.id]
        branch = kept.branches[-1]
        draft = kept.draft(branch.id)
        assert (branch.name, draft and draft.text) == ("calmer", ONE)
        await user.waits(lambda: user.workspace.branch == branch.id, "the new branch")
        await user.types("go on")
        await user.presses("enter")
        await user.waits(lambda: bool(user.agent.prompts), "the prompt")
        await user.waits(lambda: user.workspace.live is None, "the end")
        assert f"<current-draft>\n{ONE}\n</current-draft>" in user.agent.prompts[-1][1]


async def test_some_changes_of_the_draft_are_refused_and_claude_hears_of_it() -> None:
    content = piece()
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("d")
        await user.waits(lambda: isinstance(user.app.screen, DiffScreen), "the diff")
        await user.sees("1 change")
        await user.presses("space")
        await user.sees("1 refused")
        await user.presses("ctrl+s")
        number = len(content.versions)
        await user.sees(f"Saved v{number + 1}, the change of v{number} refused.")
        kept = user.store.contents[content.id]
        assert kept.versions[-1].text == ONE
        await user.commands("u")
        await user.sees(f"v{number} is the draft again")


async def test_a_choice_that_cannot_be_saved_is_kept_in_the_editor_and_said_so() -> None:
    content = piece()
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("d")
        await user.waits(lambda: isinstance(user.app.screen, DiffScreen), "the diff")
        await user.sees("1 change")
        await user.presses("space")
        await user.sees("1 refused")
        user.store.is_full = True
        await user.presses("ctrl+s")
        board = user.app.board
        await user.waits(
            lambda: any("kept aside. e opens it." in one.text for one in board.notices), "a notice"
        )
        user.store.is_full = False
        await user.commands("e")
        await user.sees("The first text of it")


async def test_a_fork_with_an_older_text_before_any_turn_names_no_turn() -> None:
    content = sample("first222", "First piece")
    for text in (ONE, TWO):
        content = edited(content, content.main, text, content.updated_at)
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("v")
        await user.waits(lambda: isinstance(user.app.screen, VersionsScreen), "the versions")
        await user.presses("j", "f")
        await user.sees("─ Fork with the text of v1")


def with_fork(content: Content, branch: str, name: str, after: int = 1) -> Content:
    """Return a piece with a branch that leaves its main one."""
    return forked(
        content,
        content.main,
        after,
        branch=BranchId(branch),
        session=SessionId(f"session of {branch}"),
        name=name,
        at=content.updated_at,
    )


async def test_branches_are_marked_compared_and_put_together_to_one_text() -> None:
    content = piece()
    content = forked(
        content,
        content.main,
        1,
        branch=BranchId("b2"),
        session=SessionId("s2"),
        name="spicier",
        at=content.updated_at,
    )
    content = edited(content, BranchId("b2"), f"{ONE}\n\nOnly here.", content.updated_at)
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("m")
        await user.sees("Marked: “")
        await user.commands("m")
        await user.sees("No branch is marked.")
        # With the cursor on the branch that was marked the new text is for the one on screen.
        await user.commands("b")
        await user.presses("G", "m")
        await user.sees("Marked: “spicier”")
        await user.presses("equals_sign")
        await user.waits(lambda: isinstance(user.app.screen, CompareScreen), "the drafts")
        await user.presses("A", "l", "G", "space", "enter")
        await user.sees("The new text, to be saved on “first draft”")
        await user.presses("l", "A", "ctrl+s")
        await user.sees("on “first draft”, combined from 3 paragraphs. The next prompt tells")
        kept = user.store.contents[content.id]
        made = kept.versions[-1]
        assert (made.text, made.branch) == (f"{TWO}\n\nOnly here.", content.main)
        assert made.sources == (len(content.versions) - 1,) * 2 + (len(content.versions),)
        await user.commands("equals_sign")
        await user.waits(lambda: isinstance(user.app.screen, CompareScreen), "the drafts again")
        await user.presses("l", "asterisk")
        await user.sees("“spicier” is the main branch now.")
        assert user.store.contents[content.id].main == "b2"


async def test_one_draft_alone_is_not_compared() -> None:
    async with at_the_desk(store=MemoryStore([piece()])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("equals_sign")
        await user.sees("There is only one draft here.")


async def test_a_branch_that_was_not_written_on_yet_is_not_compared_with_where_it_left() -> None:
    content = with_fork(piece(), "b2", "spicier")
    content = with_fork(content, "b3", "shorter")
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await user.presses("G", "space")
        await user.sees("shorter · after 1")
        await user.presses("G", "equals_sign")
        await user.sees("“shorter” still has the draft of “first draft”.")


async def test_main_is_compared_with_the_newest_branch_that_has_another_draft() -> None:
    content = with_fork(piece(), "b2", "spicier")
    content = edited(content, BranchId("b2"), f"{ONE}\n\nOnly here.", content.updated_at)
    content = with_fork(content, "b3", "shorter")
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("equals_sign")
        await user.sees("▸ first draft ★", "spicier · v")


async def test_a_branch_without_a_draft_is_named_when_it_is_to_be_compared() -> None:
    content = with_fork(piece(), "b2", "spicier", after=0)
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("b")
        await user.presses("G", "space")
        await user.sees("spicier · after 0")
        await user.presses("G", "equals_sign")
        await user.sees("“spicier” has no draft to compare yet.")


async def test_drafts_with_one_text_are_said_to_have_one() -> None:
    content = with_fork(piece(), "b2", "spicier")
    content = edited(content, BranchId("b2"), "Something else.", content.updated_at)
    own = content.draft(content.main)
    assert own is not None
    content = edited(content, BranchId("b2"), own.text, content.updated_at)
    async with at_the_desk(store=MemoryStore([content])) as user:
        await user.waits(lambda: user.workspace.content is not None, "the piece")
        await user.commands("equals_sign")
        await user.sees("2 branches · the same text")

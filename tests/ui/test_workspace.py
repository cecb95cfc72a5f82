"""The workspace as a value: what is shown, typed, sent and queued, without any screen."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.store.samples import MAIN, START, sample, with_fork, with_turn
from tui.commands import COMMANDS, Keymap, Precondition
from tui.domain.catalog import Catalog, row_of
from tui.domain.changes import approved, edited, with_status
from tui.domain.content import Content
from tui.domain.ids import BranchId, ContentId
from tui.domain.list_query import Sort
from tui.domain.place import Place
from tui.domain.queue import QueuedPrompt
from tui.domain.status import Status
from tui.domain.tree_shape import Spot
from tui.screens.main.conditions import why_dead, why_not
from tui.screens.main.texts import LONGEST_NAME, quoted
from tui.screens.main.unsent import (
    asks,
    filled,
    is_busy,
    queue_on,
    refused,
    saved_place,
    sending,
    sent,
    swept,
    typed,
    with_queue,
)
from tui.screens.main.views import draft_facts
from tui.screens.main.workspace import (
    Pane,
    Workspace,
    at,
    closed,
    narrowed,
    opened,
    rows,
    sorted_by,
    target,
    with_catalog,
    with_content,
)

FORK = BranchId("fork-branch")
TEXT = st.text("ab \n?", max_size=12)


def a_piece() -> Content:
    """Return a piece with two turns on main, and a fork."""
    content = with_turn("two")(with_turn("one")(sample()))
    return with_fork(FORK)(content)


def catalog(*titles: str) -> Catalog:
    """Return rows of pieces, each changed an hour before the one in front of it."""
    return Catalog(
        tuple(
            row_of(
                replace(
                    sample(f"piece{number:03}", title),
                    updated_at=START - timedelta(hours=number),
                )
            )
            for number, title in enumerate(titles)
        )
    )


SHOWN = opened(Workspace(), a_piece())


@given(st.lists(st.tuples(st.sampled_from(["type", "send", "sent", "refused"]), TEXT), max_size=12))
def test_whatever_is_typed_and_sent_is_in_the_prompt_the_outbox_or_a_turn(
    steps: list[tuple[str, str]],
) -> None:
    now, turns, expected = SHOWN, "", ""
    for what, text in steps:
        match what:
            case "type":
                before = now.prompt_text
                now = typed(now, now.prompt_text + text)
                expected += now.prompt_text[len(before) :]
            case "send" if now.prompt_text.strip():
                now = sending(now, MAIN, now.prompt_text)
            case "sent":
                turns += now.outbox.get(MAIN, "")
                now = sent(now, MAIN)
            case "refused":
                now = refused(now, MAIN)
        kept = turns + saved_place(now).unsent.get(MAIN, "")
        assert "".join(kept.split()) == "".join(expected.split())


def test_a_refused_prompt_comes_back_before_what_was_typed_since() -> None:
    now = sending(typed(SHOWN, "first"), MAIN, "first")
    assert (now.prompt_text, is_busy(now, MAIN)) == ("", True)
    back = refused(typed(now, "second"), MAIN)
    assert back.prompt_text == "first\n\nsecond"
    assert back.prompt_revision > now.prompt_revision
    assert not is_busy(back, MAIN)


def test_unsent_text_and_its_kind_belong_to_a_branch() -> None:
    now = asks(typed(SHOWN, "is it good?"), MAIN, is_asking=True)
    other = opened(now, a_piece(), FORK)
    assert (other.prompt_text, other.is_asking_mode) == ("", False)
    assert other.prompt_revision > now.prompt_revision
    again = opened(typed(other, "for the fork"), a_piece(), MAIN)
    assert (again.prompt_text, again.is_asking_mode) == ("is it good?", True)
    assert saved_place(again).unsent[FORK] == "for the fork"
    assert typed(closed(again), "nowhere").place == again.place


def test_a_command_is_about_the_row_under_the_cursor_else_about_the_screen() -> None:
    piece = a_piece()
    in_prompt = target(at(SHOWN, Pane.PROMPT))
    assert in_prompt is not None
    assert (in_prompt.branch, in_prompt.has_turn_cursor) == (MAIN, False)
    assert in_prompt.turn is not None
    assert in_prompt.turn.number == 2
    chat = target(at(SHOWN, Pane.CHAT, chat_turn=1))
    assert chat is not None
    assert chat.turn is not None
    assert (chat.turn.number, chat.has_turn_cursor) == (1, True)
    tree = target(at(SHOWN, Pane.TREE, tree_row=Spot(FORK)))
    assert tree is not None
    assert (tree.branch, tree.turn, tree.is_branch_row) == (FORK, None, True)
    elsewhere = target(at(SHOWN, Pane.TREE, tree_row=Spot(BranchId("of another piece"), 3)))
    assert elsewhere is not None
    assert elsewhere.branch == MAIN
    assert target(Workspace()) is None
    unlisted = at(replace(SHOWN, order=()), Pane.LIST)
    assert target(unlisted) is None
    assert target(replace(unlisted, order=(piece.id,))) is not None


def test_the_list_keeps_its_order_until_it_may_be_sorted() -> None:
    before = with_catalog(Workspace(), catalog("A", "B", "C"), may_sort=True)
    assert [row.title for row in rows(before)] == ["A", "B", "C"]
    a, b, c = before.catalog.rows
    moved = Catalog((replace(c, updated_at=START + timedelta(1)), a, b))
    busy = with_catalog(before, moved, may_sort=False)
    assert [row.title for row in rows(busy)] == ["A", "B", "C"]
    assert [row.title for row in rows(with_catalog(busy, moved, may_sort=True))] == ["C", "A", "B"]
    gone = with_catalog(busy, Catalog((c, a)), may_sort=False)
    assert [row.title for row in rows(gone)] == ["A", "C"]


def test_the_list_is_narrowed_by_words_and_status_and_whole_again() -> None:
    now = with_catalog(Workspace(), catalog("Tea", "Coffee", "Tea time"), may_sort=True)
    found = narrowed(now, "tea")
    assert [row.title for row in rows(found)] == ["Tea", "Tea time"]
    assert rows(narrowed(found, "status:approved")) == ()
    assert narrowed(found, None).order == now.order
    assert narrowed(found, "status:draft").query.status is Status.DRAFT
    by_title = sorted_by(now, Sort.TITLE)
    assert [row.title for row in rows(by_title)] == ["Coffee", "Tea", "Tea time"]
    assert by_title.place.list_sort == "title"


def test_a_queue_is_kept_in_the_place_and_held_after_a_restart() -> None:
    queue = queue_on(SHOWN, MAIN).add(QueuedPrompt("one")).add(QueuedPrompt("two"))
    now = with_queue(SHOWN, MAIN, queue)
    assert queue_on(now, MAIN) == queue
    assert not queue.is_held
    restarted = Workspace(place=saved_place(now))
    assert queue_on(restarted, MAIN).is_held
    removed = with_queue(now, MAIN, queue.toggle(0))
    assert [prompt.text for prompt in queue_on(swept(removed), MAIN).prompts] == ["two"]
    assert swept(now) is now


def test_values_that_do_not_change_stay_the_same_objects() -> None:
    assert typed(SHOWN, "") is SHOWN
    assert asks(SHOWN, MAIN, is_asking=False) is SHOWN
    assert at(SHOWN, SHOWN.focus) is SHOWN
    other = replace(sample("another2"), title="Other")
    assert with_content(SHOWN, other) is SHOWN


def test_dead_commands_say_why_and_the_keys_in_it_are_those_of_the_settings() -> None:
    keymap = Keymap({"new": "f9"})
    assert why_dead(keymap, "d", Workspace()) == "No piece is open. Press F9 to start one."
    assert why_dead(keymap, "d", SHOWN) == ""
    assert why_dead(keymap, "z", SHOWN) == ""
    empty = opened(Workspace(), sample())
    assert "no draft" in why_dead(keymap, "d", empty)
    writing = replace(SHOWN, writing={MAIN: ContentId("sample22")})
    assert "Claude is writing" in why_dead(keymap, "e", writing)


def test_every_need_has_its_sentence() -> None:
    for command in COMMANDS:
        is_free = command.precondition is Precondition.NOTHING
        assert bool(why_not(command, Workspace(place=Place()))) is not is_free, command.id


def test_filling_the_prompt_of_another_branch_leaves_the_one_on_screen_alone() -> None:
    now = filled(typed(SHOWN, "here"), FORK, "there")
    assert now.prompt_text == "here"
    assert now.prompt_revision == SHOWN.prompt_revision
    assert now.place.unsent[FORK] == "there"


def test_an_older_draft_of_main_is_not_called_newer_than_what_is_approved() -> None:
    content = edited(with_fork(FORK)(with_turn("one")(sample())), FORK, "The other way.", START)
    content = approved(content, 2, START)
    told = draft_facts(content, MAIN, has_edit=False)
    assert told[1:3] == ("v1", "v2 approved on another branch")
    told = draft_facts(edited(content, MAIN, "Main again.", START), MAIN, has_edit=False)
    assert told[1:3] == ("v3", "v2 approved, v3 is newer")


def test_a_piece_that_was_taken_back_to_draft_is_not_called_approved() -> None:
    content = approved(with_turn("one")(sample()), 1, START)
    assert draft_facts(content, MAIN, has_edit=False)[-1:] == ("approved",)
    archived = with_status(content, Status.ARCHIVED, START)
    assert draft_facts(archived, MAIN, has_edit=False)[-2:] == (
        "approved",
        "archived",
    )
    draft = with_status(content, Status.DRAFT, START)
    assert draft_facts(draft, MAIN, has_edit=False)[-1:] == ("approved before",)
    review = with_status(draft, Status.REVIEW, START)
    assert draft_facts(review, MAIN, has_edit=False)[-2:] == (
        "approved before",
        "in review",
    )


def test_a_long_title_in_a_sentence_is_cut_in_its_middle_and_nothing_else_is() -> None:
    title, tags = "Why we left Kubernetes, and what " * 3 + "came after", "#a-tag " * 20
    said = quoted("“<title>” has <tags> now.", title=title, tags=tags)
    assert said.startswith("“Why we left Kubernetes")
    assert f"came after” has {tags} now." in said
    assert cell_len(said.split("”")[0]) <= 1 + LONGEST_NAME

"""What the next turn of a branch tells Claude of the changes that the writer refused."""

from tests.domain.content_examples import MAIN, Library, blank_content
from tui.domain.choosing import chosen
from tui.domain.content import Choice, Refusal
from tui.studio.plan import plan_turn


def choose(library: Library, text: str, kept: str, refused: str) -> Refusal:
    """Take the draft without one of its changes."""
    draft = library.content.draft(MAIN)
    assert draft is not None
    refusal = Refusal(kept, refused)
    choice = Choice(draft.number, 1, 2, (refusal,))
    library.content = chosen(library.content, MAIN, text, choice, library.tick())
    return refusal


def test_what_was_refused_since_claude_last_looked_is_told_once_and_in_order() -> None:
    library = Library(blank_content())
    library.write(MAIN, "A grey sea, one boat.")
    library.write(MAIN, "A green sea, two boats.")
    first = choose(library, "A green sea, one boat.", "one boat", "two boats")
    library.edit(MAIN, "A green sea, one boat. Rain.")
    second = choose(library, "A grey sea, one boat. Rain.", "grey", "green")
    plan = plan_turn(library.content, MAIN)
    assert plan.refused == (first, second)
    assert plan.told is not None
    assert plan.told.text == "A grey sea, one boat. Rain."
    library.write(MAIN, "A grey sea, one boat. Hail.", told=plan.told.number)
    third = choose(library, "A grey sea, one boat. Snow.", "Snow", "Hail")
    assert plan_turn(library.content, MAIN).refused == (third,)

"""Two texts made of one, put together again."""

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.blocks import blocks
from tui.domain.drafts import trimmed
from tui.domain.merging import Merged, merged

PARAGRAPHS = st.sampled_from(
    ["one", "two two", "# Three", "- four", "- five", "```\nsix\n```", "x y"]
)
TEXTS = st.lists(PARAGRAPHS, max_size=6).map("\n\n".join)
ANY_TEXTS = TEXTS | st.text("ab \n#-`", max_size=30).map(trimmed)

BASE = "# Top\n\nOne.\n\nTwo.\n\nThree."


@given(ANY_TEXTS, ANY_TEXTS)
def test_a_side_that_changed_nothing_changes_nothing(base: str, other: str) -> None:
    assert trimmed(merged(base, other, base).text) == trimmed(other)
    assert trimmed(merged(base, base, other).text) == trimmed(other)
    assert trimmed(merged(base, other, other).text) == trimmed(other)
    assert merged(base, other, base).conflicts == merged(base, other, other).conflicts == 0


@given(ANY_TEXTS, ANY_TEXTS, ANY_TEXTS)
def test_every_paragraph_comes_of_one_of_the_texts(base: str, mine: str, theirs: str) -> None:
    made = merged(base, mine, theirs)
    known = {block.text for text in (base, mine, theirs) for block in blocks(text)}
    if "`" not in base + mine + theirs and "\n" not in "".join(known):
        assert {block.text for block in blocks(made.text)} <= known
    new = {block.text for block in blocks(mine)} - {block.text for block in blocks(base)}
    assert all(text in made.text for text in new)


def test_changes_at_different_places_are_both_there() -> None:
    mine = BASE.replace("One.", "One!") + "\n\nFour."
    theirs = "Zero.\n\n" + BASE.replace("Two.", "2.")
    both = "Zero.\n\n# Top\n\nOne!\n\n2.\n\nThree.\n\nFour."
    assert merged(BASE, BASE + "\n\nFour.", theirs) == Merged(both.replace("One!", "One."))
    assert merged(BASE, mine, theirs.replace("2.", "Two.")) == Merged(both.replace("2.", "Two."))


def test_what_one_side_took_out_is_out() -> None:
    made = merged(BASE, BASE.replace("\n\nTwo.", ""), BASE.replace("# Top", "# Title"))
    assert made == Merged("# Title\n\nOne.\n\nThree.")
    made = merged(BASE, BASE.replace("# Top", "# Title"), BASE.replace("\n\nTwo.", ""))
    assert made == Merged("# Title\n\nOne.\n\nThree.")


def test_what_both_changed_is_counted_and_has_my_words() -> None:
    made = merged(BASE, BASE.replace("Two.", "Mine."), BASE.replace("Two.", "Theirs."))
    assert made == Merged(BASE.replace("Two.", "Mine."), 1)


def test_a_first_paragraph_that_is_gone_leaves_no_blank_lines() -> None:
    made = merged(BASE, BASE.removeprefix("# Top\n\n"), BASE + "\n\nFour.")
    assert made == Merged("One.\n\nTwo.\n\nThree.\n\nFour.")

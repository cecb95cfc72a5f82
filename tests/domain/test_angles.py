"""Prompts that are used again and again: their files, their variables, and which one is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.angles import Angle, Variable, find_angle, merged, parsed, written
from tui.domain.errors import InvalidInput, NotFound

WORDS = st.text(min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool)
KINDS = st.text(alphabet="abcé9 -", min_size=1, max_size=12)
ANGLES = st.builds(
    Angle,
    name=st.text(alphabet="abcÄ.- 9", min_size=1, max_size=20),
    title=WORDS,
    prompt=st.text(min_size=1, max_size=80).map(lambda text: text.replace("\r", "").strip()),
    kinds=st.lists(KINDS.map(lambda k: " ".join(k.split())).filter(bool), unique=True).map(tuple),
).filter(lambda angle: bool(angle.prompt))
PLAIN = st.text(alphabet="ab {}=\n", max_size=12).filter(lambda text: "{{" not in text)
VALUES = st.text(min_size=1, max_size=12).filter(str.strip)


@given(ANGLES)
def test_a_file_gives_back_what_was_written(angle: Angle) -> None:
    assert parsed(angle.name, written(angle)) == angle
    for_windows = "\ufeff" + written(angle).replace("\n", "\r\n")
    assert parsed(angle.name, for_windows) == angle


@given(st.one_of(st.text(), st.text(alphabet="-\ntile: kndsa[],'\"")))
def test_any_file_is_an_angle_or_is_refused_by_its_name(text: str) -> None:
    said = ""
    try:
        angle = parsed("mine", text)
    except InvalidInput as refused:
        said = str(refused)
    else:
        assert angle.prompt.strip() == angle.prompt != ""
        assert angle.title
        assert "\n" not in angle.title
    assert not said or (said.startswith("The angle “mine.md” ") and said.endswith("."))
    assert "\n" not in said


def test_a_file_that_is_only_a_prompt_is_called_after_itself() -> None:
    assert parsed("for-my_boss", "Shorter.\n") == Angle("for-my_boss", "For my boss", "Shorter.")
    head = "---\n# a note\ntitle: 'Two: words'\n\nkinds: [Post, \"Talk\"]\n---\nGo.\n---\nOn."
    assert parsed("a", head) == Angle("a", "Two: words", "Go.\n---\nOn.", ("post", "talk"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no prompt: write what Claude should do below its title."),
        ("---\ntitle: T\n---\n \n", "has no prompt: write what Claude should do below its title."),
        ("---\ntitle: T\nGo.", "begins with --- but has no second one: put it below its title."),
        (
            "---\ntitle: T\nkind: post\n---\nGo.",
            "has a line 3 that is neither “title: …” nor “kinds: …”: mend it, or leave it out.",
        ),
        (f"---\ntitle: {'x' * 61}\n---\nGo.", "has a title of 61 characters; 60 is the most."),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parsed("mine", text)
    assert str(refused.value) == f"The angle “mine.md” {said}"


@pytest.mark.parametrize("name", ["", " ", "   "])
def test_a_file_without_name_and_title_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="has neither a name nor a title"):
        parsed(name, "Shorten it.")
    assert parsed(name, "---\ntitle: Shorter\n---\nShorten it.").title == "Shorter"


def test_a_name_that_drives_a_terminal_is_refused_without_doing_so() -> None:
    with pytest.raises(InvalidInput) as refused:
        parsed("a\x1b[2J", "Go.")
    assert "\x1b" not in str(refused.value)


@given(PLAIN, VALUES, PLAIN, st.one_of(st.just(""), VALUES), PLAIN)
def test_values_are_put_in_as_they_are_and_nothing_else_changes(
    before: str, first: str, between: str, second: str, after: str
) -> None:
    asked = "{{ tone-of = dry }}.{{who=all}}.{{who=us}}"
    prompt = f"{before}.{{{{who}}}}.{between}.{asked}.{after}"
    angle = Angle("a", "A", prompt)
    assert angle.variables == (Variable("who", "all"), Variable("tone-of", "dry"))
    who, tone = first.strip(), second.strip() or "dry"
    filled = angle.filled({"who": first, "tone-of": second, "other": "x"})
    assert filled == f"{before}.{who}.{between}.{tone}.{who}.{who}.{after}"
    assert [one.label for one in angle.variables] == ["Who", "Tone of"]


@given(PLAIN)
def test_a_prompt_without_variables_stays(prompt: str) -> None:
    assert Angle("a", "A", prompt).variables == ()
    assert Angle("a", "A", prompt).filled({"a": "b"}) == prompt


def test_a_variable_without_a_value_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match=r"“a” needs to know: who, tone\. Say what to put in"):
        Angle("a", "A", "{{who}} {{tone}} {{x=1}}").filled({"who": " "})


def test_an_angle_is_for_its_kinds() -> None:
    assert Angle("a", "A", "Go.").fits("talk")
    assert Angle("a", "A", "Go.", ("talk",)).fits("Talk")
    assert not Angle("a", "A", "Go.", ("talk",)).fits("post")


@given(st.lists(ANGLES), st.lists(ANGLES))
def test_an_own_angle_takes_the_place_of_a_shipped_one(
    shipped: list[Angle], own: list[Angle]
) -> None:
    shipped = list({angle.name: angle for angle in shipped}.values())
    own = list({angle.name: angle for angle in own}.values())
    both = merged(shipped, own)
    names = [angle.name for angle in both]
    assert names[: len(shipped)] == [angle.name for angle in shipped]
    assert sorted(names) == sorted({*names})
    assert all(angle in both for angle in own)
    for angle in both:
        assert find_angle(both, angle.name) == angle


def test_an_angle_is_found_by_its_name_or_its_title() -> None:
    angles = (Angle("warm", "Tighten", "1"), Angle("tighten", "Cut", "2"))
    assert [find_angle(angles, name).name for name in ("tighten", "TIGHTEN", "warm.md", "cut")] == [
        "tighten",
        "warm",
        "warm",
        "tighten",
    ]
    with pytest.raises(NotFound, match=r"no angle “cold”; there are: warm, tighten\."):
        find_angle(angles, "cold")

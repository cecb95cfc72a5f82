"""Facts that changed between two texts: found where they are, and told once."""

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.facts import changed_facts

TEXT = """# Why We Left Kubernetes

In March 2024 we paid $41,000 a month. Anna Schmidt said “it was never worth it”. We moved 12
services to Hetzner. See https://example.org/a.

1. When Bob came on 3 May, 40 % were gone.
2. The rest of it took 2.5 hours.

```
left 99 alone, https://example.org/code
```
"""


def changed(before: str, after: str) -> list[str]:
    text = TEXT.replace(before, after)
    assert text != TEXT
    return [
        f"{'+' if fact.is_new else '-'} {fact.kind.value} {fact.text}"
        for fact in changed_facts(TEXT, text)
    ]


def test_each_kind_of_fact_is_found_when_it_changes() -> None:
    assert changed("41,000", "39,000") == ["- number $41,000", "+ number $39,000"]
    assert changed("12\n", "eleven\n") == ["- number 12"]
    assert changed("40 %", "60 %") == ["- number 40 %", "+ number 60 %"]
    assert changed("2.5 hours", "three hours") == ["- number 2.5"]
    assert changed("March 2024", "April 2024") == ["- date March 2024", "+ date April 2024"]
    assert changed("3 May", "4 May") == ["- date 3 May", "+ date 4 May"]
    assert changed("Hetzner", "OVH") == ["- name Hetzner", "+ name OVH"]
    assert changed("When Bob", "When Rob") == ["- name Bob", "+ name Rob"]
    assert changed("worth it", "worthwhile") == [
        "- quotation “it was never worth it”",
        "+ quotation “it was never worthwhile”",
    ]
    assert changed("org/a", "org/b") == [
        "- link https://example.org/a",
        "+ link https://example.org/b",
    ]


def test_what_is_no_fact_is_not_told() -> None:
    assert changed("1. When", "3. When") == []
    assert changed("99", "98") == []
    assert changed("Why We Left", "How We Quit") == []
    assert changed("The rest", "This remainder") == []
    assert changed_facts("We know that I’m here.", "We know that I'm gone, and I’ve said so.") == ()


def test_a_name_that_both_texts_say_somewhere_is_neither_gone_nor_new() -> None:
    inside, at_the_start = "We went on, in the ferry of Anna\nSchmidt.", "Anna Schmidt had a ferry."
    assert changed_facts(inside, at_the_start) == ()
    assert changed_facts(at_the_start, inside) == ()
    assert changed("Hetzner", "Hetznerin") == ["- name Hetzner", "+ name Hetznerin"]


def test_a_language_that_writes_nouns_with_capitals_has_no_names_found_in_it() -> None:
    before = "Wir haben das Haus und den Garten mit dem Zaun an die Stadt verkauft."
    assert changed_facts(before, before.replace("Garten", "Hof")) == ()


@given(st.text(max_size=200))
def test_a_text_has_the_facts_it_has(text: str) -> None:
    assert changed_facts(text, text) == ()
    assert all(fact.is_new for fact in changed_facts("", text))
    assert {fact.text for fact in changed_facts("", text)} == {
        fact.text for fact in changed_facts(text, "")
    }

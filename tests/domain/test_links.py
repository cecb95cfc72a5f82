"""The links that a reply has."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tui.domain.links import links_in


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", ()),
        ("See [this](https://a.example/x) and [that](http://b.example).", 2),
        ("[a](https://a.example) [again](https://a.example)", ("https://a.example",)),
        ("<https://a.example/auto> and <mailto:me@a.example>", 2),
        ("As [told][1].\n\n[1]: https://a.example/ref", ("https://a.example/ref",)),
        ("![picture](https://a.example/p.png)", ("https://a.example/p.png",)),
        ("| a |\n|---|\n| [x](https://a.example) |", ("https://a.example",)),
        ("> - [x](https://a.example)", ("https://a.example",)),
        ("Bare https://a.example/x_y_z?q=1&r=2, then.", ("https://a.example/x_y_z?q=1&r=2",)),
        ("(see https://a.example/x_(y))", ("https://a.example/x_(y)",)),
        ("**https://a.example.**", ("https://a.example",)),
        ("[https://a.example](https://b.example)", ("https://b.example",)),
        ("`https://a.example`\n\n```\n[x](https://b.example)\n```\n\n    https://c.example", ()),
        ("[x](vscode://evil)", ("vscode://evil",)),
        ("[x](#part) [y](notes.md) [z](javascript:alert(1))", ()),
        ("<draft>\n# Head\n\n[x](https://a.example)\n</draft>\n", ("https://a.example",)),
        ("12:30, nothing: here", ()),
    ],
)
def test_links_are_found_in_order(text: str, links: tuple[str, ...] | int) -> None:
    found = links_in(text)
    assert (len(found) if isinstance(links, int) else found) == links


def test_they_come_in_the_order_of_the_text() -> None:
    text = "https://c.example [a](https://a.example)\n\n- <https://b.example>\n"
    assert links_in(text) == ("https://c.example", "https://a.example", "https://b.example")


@given(some.text(alphabet="[]()<>!`*:/. \nhttpsxa#", max_size=200))
def test_any_text_has_links_or_none(text: str) -> None:
    found = links_in(text)
    assert len(set(found)) == len(found)
    assert all(found)

"""What is pasted into a draft comes out as Markdown, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.screens.pasted import LONGEST, tidied

PAGE = """<html><head><style>p {}</style><script>x()</script></head><body>
<h2>Tea <em>at</em> sea</h2><p>Sailors <b>drink</b> tea.</p>
<ul><li>One</li><li>Two, <a href="https://a.org/b">here</a></li></ul>
<blockquote><p>Said.</p></blockquote></body></html>"""


def test_a_page_becomes_markdown() -> None:
    assert tidied(PAGE) == (
        "## Tea *at* sea\n\nSailors **drink** tea.\n\n"
        "- One\n- Two, [here](https://a.org/b)\n\n> Said."
    )


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "The tag <p> begins a paragraph.",
        "<https://example.org> is a link.",
        "<draft>\nwords\n</draft>",
        pytest.param("<p>long</p>" * (LONGEST // 11 + 1), id="long"),
        "",
    ],
)
def test_what_is_no_page_stays(text: str) -> None:
    assert tidied(text) == text


@given(st.text(alphabet="<>/pab &;\n=\"'!-", max_size=60))
def test_any_text_is_tidied_without_a_fault(text: str) -> None:
    for html in (text, f"<p>{text}</p>"):
        assert isinstance(tidied(html), str)

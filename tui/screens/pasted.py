"""Tidying pasted text: HTML becomes Markdown, lines that were only kept narrow paragraphs."""

import re
from typing import Final

from tui.domain.prose import unwrapped

LONGEST: Final = 100_000
"""Maximum length in characters of a text that is tidied."""
_TAGS: Final = (
    "p|div|h[1-6]|ul|ol|li|a|b|strong|em|i|blockquote|table|span|article|section|body|html"
)
_HTML: Final = re.compile(
    rf"\s*(?:<!DOCTYPE html|<meta\b|<(?:{_TAGS})[\s>]).*</(?:{_TAGS})>", re.IGNORECASE | re.DOTALL
)
_BLANK_LINES: Final = re.compile(r"\n{3,}")


def is_page(text: str) -> bool:
    """Whether a text is HTML; to tidy that takes up to 4 ms a kilobyte: do it in a thread."""
    return len(text) <= LONGEST and _HTML.match(text) is not None


def tidied(text: str) -> str:
    """Return HTML as Markdown, and text without the line ends that only kept it narrow."""
    if is_page(text):
        return _as_markdown(text)
    return unwrapped(text) if len(text) <= LONGEST else text


def _as_markdown(html: str) -> str:
    from markdownify import markdownify  # noqa: PLC0415 (slow to load, and few need it)

    found = markdownify(html, heading_style="ATX", bullets="-", strip=["img", "span"])
    lines = "\n".join(line.rstrip() for line in found.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()

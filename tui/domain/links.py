"""The links in a text."""

import re

_LINK = re.compile(r"https?://[^\s)>\]]+")


def links_in(text: str) -> tuple[str, ...]:
    """Return the web addresses in a text, in order, each once."""
    return tuple(dict.fromkeys(_LINK.findall(text)))

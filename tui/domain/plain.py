"""Characters that must never reach a terminal, and their visible replacements."""

import re
from typing import Final

UNSHOWABLE: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufdd0"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff"
)
"""Control, bidi and tag characters and lone surrogates, as the inside of a regular expression's
character class; tab and line feed are not among them."""

_UNSHOWABLE: Final = re.compile(f"[{UNSHOWABLE}]")


def plain(text: str) -> str:
    """Return a text with every such character replaced by a visible symbol.

    Line feeds and tabs stay.
    """
    return _UNSHOWABLE.sub(_symbol, text)


def _symbol(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code in {0x2028, 0x2029}:
        return "\u2424"
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else "\u2370"

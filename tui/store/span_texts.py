"""Stretches of a text as one line: `3-10 15-20`, which a journal keeps as it keeps other texts."""

import re
from collections.abc import Iterable
from typing import Final

from tui.domain.passage import Span

_SPAN: Final = re.compile(r"(\d{1,12})-(\d{1,12})")


def text_of_spans(spans: Iterable[Span]) -> str:
    """Return stretches as a line."""
    return " ".join(f"{span.start}-{span.end}" for span in spans)


def spans_of_text(line: str) -> tuple[Span, ...]:
    """Return the stretches of a line; what is none of them is left out."""
    return tuple(Span(int(start), int(end)) for start, end in _SPAN.findall(line))

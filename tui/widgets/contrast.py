"""The contrast of two colours, and a colour moved until its contrast is enough to be read."""

from typing import Final

from textual.color import BLACK, WHITE, Color

LEAST_CONTRAST: Final = 4.5
"""Of text against what is behind it, in any theme."""
LEAST_OF_MARKS: Final = 3.0
"""Of lines, bars and frames."""


def readable(color: Color, behind: Color, least: float = LEAST_CONTRAST) -> Color:
    """Move a colour away from what is behind it until their contrast is at least `least`."""
    if color.ansi is not None or behind.ansi is not None:
        return color
    target = max(WHITE, BLACK, key=lambda end: contrast(end, behind))
    for _ in range(12):
        if contrast(color, behind) >= least:
            return color
        color = color.blend(target, 0.12)
    return target


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours as WCAG defines it, from 1 to 21."""
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

"""Redraft's own colour themes; Textual's are there as well."""

from collections.abc import Mapping
from typing import Final

from textual.theme import Theme

VARIABLES: Final[Mapping[str, str]] = {"quiet": "#8a8a8a", "guide": "#777777"}
"""Colours of our own, for themes that do not set them: greys that show on dark and on light."""

DARK = Theme(
    name="redraft-dark",
    primary="#d9a066",
    secondary="#8fb4a8",
    accent="#e8c07d",
    warning="#e0af68",
    error="#e57373",
    success="#8bbf7f",
    foreground="#d8d4cc",
    background="#16171a",
    surface="#1c1e22",
    panel="#2a2d33",
    dark=True,
    variables={"quiet": "#918d85", "guide": "#4b4e55"},
)
LIGHT = Theme(
    name="redraft-light",
    primary="#9a5b1f",
    secondary="#3f6f63",
    accent="#a2661c",
    warning="#a36a00",
    error="#b3372f",
    success="#3f7a35",
    foreground="#2b2a27",
    background="#faf7f1",
    surface="#f3efe6",
    panel="#e2dccf",
    dark=False,
    variables={"quiet": "#6f6a60", "guide": "#c3bcac"},
)

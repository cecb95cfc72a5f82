"""What holds for every test of the screen."""

from tests.support.frames import draw_when_looked_at
from tests.support.styles import parse_styles_once

draw_when_looked_at()
parse_styles_once()

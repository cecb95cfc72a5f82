"""What holds for every test of the screen."""

from tests.support.frames import draw_when_looked_at
from tests.support.settling import settle_by_the_queues
from tests.support.styles import parse_styles_once

settle_by_the_queues()
draw_when_looked_at()
parse_styles_once()

"""What holds for every test of the screen."""

from tests.support.frames import draw_when_looked_at
from tests.support.settling import settle_by_the_queues
from tests.support.styles import apply_styles_once, parse_styles_once

settle_by_the_queues()
draw_when_looked_at()
parse_styles_once()
apply_styles_once()

"""What holds for every test of the screen."""

from tests.support.styles import parse_styles_once

parse_styles_once()

"""What the doctor says of something that it has mended."""

import pytest

from tui.domain.findings import FIX, Finding, mended


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (f"2 files are left over: {FIX} removes them.", "Mended: 2 files are left over."),
        ("The index was old: it is made anew.", "Mended: The index was old: it is made anew."),
    ],
)
def test_what_was_mended_is_told_without_the_advice_to_mend_it(sentence: str, told: str) -> None:
    assert mended(Finding("index", False, sentence)) == Finding("index", True, told)

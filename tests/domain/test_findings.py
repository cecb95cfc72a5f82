"""What the doctor says of something that it has mended."""

from tui.domain.findings import FIX, Finding, mended


def test_what_was_mended_is_told_without_the_advice_to_mend_it() -> None:
    found = Finding("leftovers", False, "2 files are left over.", f"{FIX} deletes them.")
    assert found.sentence == f"2 files are left over. {FIX} deletes them."
    assert mended(found) == Finding("leftovers", True, "Mended: 2 files are left over.")
    assert Finding("index", False, "It was old.").sentence == "It was old."

"""The folder of notes that one of the demo's samples is written from."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

NOTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bees.md": (
            "# What father says about his bees\n\n"
            "- In the winter of 1987 he lost eleven of fourteen colonies in one meadow to one "
            "flood.\n"
            "- Since then he has kept two apiaries, six kilometres apart, and the second one on "
            "a hill.\n"
            "- “A hive you have not opened since August is a hive you hope for.”\n"
        ),
        "backups.txt": (
            "Three copies, two kinds of medium, one of them elsewhere.\n"
            "A backup that nobody has restored from is a hope, not a backup.\n"
        ),
    }
)


def write_notes(folder: Path) -> None:
    """Put the notes into a folder; what is there already stays as it is. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in NOTES.items():
        path = folder / name
        if not path.exists():
            path.write_text(text, "utf-8")

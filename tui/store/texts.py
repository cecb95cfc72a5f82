"""Approved and published texts as Markdown files, for people and tools that know no Redraft.

`texts/<content>/approved-v6.md` holds exactly the bytes whose SHA-256 the approval names.
"""

from contextlib import suppress
from pathlib import Path

from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.domain.ids import ContentId
from tui.store.files import make_folder, write_whole, writing


class Texts:
    """Writes each approved or published text once; what cannot be written now is tried again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._present: dict[ContentId, set[str]] = {}
        self._waiting: dict[ContentId, Content] = {}
        self._problem = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, as a sentence, while a text could not be written."""
        return (self._problem,) if self._waiting else ()

    def take(self, content: Content, before: Content | None = None) -> None:
        """Write the texts of a content that was saved, and all that could not be before.

        What `before` had approved or published and the content has no more is taken away. Never
        raises: the texts are safe in the content itself.
        """
        if before is not None:
            for name in text_names(before).keys() - text_names(content).keys():
                self._present.get(content.id, set()).discard(name)
                with suppress(OSError):  # the doctor tells of one that had to stay
                    (self._folder / content.id / name).unlink(missing_ok=True)
        if content.approvals or content.publications:
            self._waiting[content.id] = content
        self.write_waiting()

    def forget(self, content_id: ContentId) -> None:
        """Know nothing more of a content that was moved away: its texts went with it."""
        self._present.pop(content_id, None)
        self._waiting.pop(content_id, None)

    def write_waiting(self) -> None:
        """Write the texts that are not there yet; a file that is there stays as it is."""
        for content in list(self._waiting.values()):
            try:
                self._write_missing(content)
            except LibraryProblem as problem:
                self._problem = str(problem)
                return
            del self._waiting[content.id]

    def _write_missing(self, content: Content) -> None:
        present = self._present.setdefault(content.id, set())
        for name, number in text_names(content).items():
            if name not in present:
                self._write(self._folder / content.id / name, content.version(number).text)
                present.add(name)

    def _write(self, path: Path, text: str) -> None:
        with writing(path):
            if path.exists():
                return
            for folder in (self._folder, path.parent):
                make_folder(folder, with_parents=False)
            # Temporary files lie one folder up: there the sweep at the start finds them.
            write_whole(path, text_bytes(text), temporary_in=self._folder)


def text_names(content: Content) -> dict[str, int]:
    """Return the names of a content's text files, each with the number of its version."""
    stamps = (("approved", content.approvals), ("published", content.publications))
    return {f"{word}-v{stamp.version}.md": stamp.version for word, all_ in stamps for stamp in all_}


def text_bytes(text: str) -> bytes:
    """Return a text as its file holds it."""
    return text.encode("utf-8", "surrogatepass")

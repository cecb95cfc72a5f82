"""Approved and published texts as Markdown files, for people and tools that know no Redraft.

`texts/<content>/approved-v6.md` holds exactly the bytes whose SHA-256 the approval names.
"""

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

    def take(self, content: Content) -> None:
        """Write the texts of a content that was saved, and all that could not be before.

        Never raises: the texts are safe in the content itself.
        """
        if content.approvals or content.publications:
            self._waiting[content.id] = content
        self.write_waiting()

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
        for word, stamps in (("approved", content.approvals), ("published", content.publications)):
            for stamp in stamps:
                name = f"{word}-v{stamp.version}.md"
                if name not in present:
                    self._write(
                        self._folder / content.id / name, content.version(stamp.version).text
                    )
                    present.add(name)

    def _write(self, path: Path, text: str) -> None:
        with writing(path):
            if path.exists():
                return
            make_folder(path.parent)
            # Temporary files lie one folder up: there the sweep at the start finds them.
            data = text.encode("utf-8", "surrogatepass")
            write_whole(path, data, temporary_in=self._folder)

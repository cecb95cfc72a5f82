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
    """Writes each approved or published text once; a failed write is tried again later."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._present: dict[ContentId, set[str]] = {}
        self._waiting: dict[ContentId, Content] = {}
        self._problem = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """The problem, as a sentence, while a text waits to be written."""
        return (self._problem,) if self._waiting else ()

    def take(self, content: Content, before: Content | None = None) -> None:
        """Write the texts of a saved content, and all texts that still wait.

        Texts that `before` had approved or published and the content has not are deleted. Never
        raises: the content itself holds the texts.
        """
        if before is not None:
            for name in text_names(before).keys() - text_names(content).keys():
                self._present.get(content.id, set()).discard(name)
                with suppress(OSError):  # The doctor reports a file that could not be deleted.
                    (self._folder / content.id / name).unlink(missing_ok=True)
        if content.approvals or content.publications:
            self._waiting[content.id] = content
        self.write_waiting()

    def forget(self, content_id: ContentId) -> None:
        """Forget a content that was moved away together with its texts."""
        self._present.pop(content_id, None)
        self._waiting.pop(content_id, None)

    def write_waiting(self) -> None:
        """Write the texts whose files are missing; an existing file is not changed."""
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
            # In the folder above, where the sweep at the start finds an abandoned temporary file.
            write_whole(path, text_bytes(text), temporary_in=self._folder)


def text_names(content: Content) -> dict[str, int]:
    """Return the names of a content's text files, with the version number of each."""
    stamps = (("approved", content.approvals), ("published", content.publications))
    return {f"{word}-v{stamp.version}.md": stamp.version for word, all_ in stamps for stamp in all_}


def text_bytes(text: str) -> bytes:
    """Return the bytes of a text's file."""
    return text.encode("utf-8", "surrogatepass")

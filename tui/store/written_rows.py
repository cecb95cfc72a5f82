"""The rows of a content as they were last written, so that a save makes and checks only new ones.

Turns and versions are frozen and most of a content; a save adds one or two of them.
"""

from tui.domain.content import Branch, Content, Turn, Version
from tui.store.documents import (
    Rows,
    content_to_rows,
    turn_to_row,
    unchecked_content_from_rows,
    version_to_row,
)
from tui.store.fitting import check_content
from tui.store.migrations import Row

_Kept = dict[tuple[int, str], tuple[Turn | Version, Row]]


class WrittenRows:
    """Remembers the rows of one content's turns and versions; belongs to one thread."""

    def __init__(self) -> None:
        self._kept: _Kept = {}
        """By the identity of a value, which is kept beside its row so that it lives on, and by the
        branch it stands on."""

    def rows_of(self, content: Content) -> Rows:
        """Return all rows of a content, which are never changed afterwards.

        Raises `Unreadable` when it could not be read again from them: rows that were not there at
        the last call are read back, and the whole content is checked. Values that are not what
        their types promise raise `AttributeError` or `TypeError`.
        """
        kept: _Kept = {}
        new = Rows(turns=[], versions=[])

        def of_turn(turn: Turn, branch: Branch) -> Row:
            key = (id(turn), branch.id)
            known = self._kept.get(key)
            if known is None:
                known = (turn, turn_to_row(turn, branch))
                new["turns"].append(known[1])
            kept[key] = known
            return known[1]

        def of_version(version: Version) -> Row:
            key = (id(version), "")
            known = self._kept.get(key)
            if known is None:
                known = (version, version_to_row(version))
                new["versions"].append(known[1])
            kept[key] = known
            return known[1]

        rows = content_to_rows(content, of_turn, of_version)
        unchecked_content_from_rows({**rows, **new})
        check_content(content)
        self._kept = kept
        return rows

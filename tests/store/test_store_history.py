"""Any history of changes, with a restart after any of them, leads to what memory says."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.samples import START, sample, with_approval, with_fork, with_text, with_turn
from tests.store.strategies import texts
from tui.clock import utc_now
from tui.domain.catalog import row_of
from tui.domain.changes import published, with_status
from tui.domain.content import Content
from tui.domain.errors import RedraftError
from tui.domain.ids import ContentId
from tui.domain.status import Status
from tui.store.migrations import CURRENT
from tui.store.repository import Repository

Change = Callable[[Content], Content]
ID = ContentId("sample22")


def _with_publication(content: Content) -> Content:
    return published(content, "the blog", START + timedelta(hours=2))


def _moved(status: Status) -> Change:
    return lambda content: with_status(content, status, START)


changes: st.SearchStrategy[Change] = st.one_of(
    texts(12).map(with_text),
    st.uuids().map(lambda value: with_turn(str(value))),
    st.uuids().map(lambda value: with_fork(str(value))),
    st.sampled_from(Status).map(_moved),
    st.sampled_from([with_approval, _with_publication]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(changes, st.booleans()), max_size=12))
def test_every_prefix_of_a_history_is_on_disk(history: list[tuple[Change, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository = _opened(folder)
        expected = sample()
        repository.create(expected)
        for change, restarts in history:
            is_refused, after = _applied(change, expected)
            if is_refused:
                with pytest.raises(RedraftError):
                    repository.update(ID, change)
            else:
                assert repository.update(ID, change) == after
            expected = after
            if restarts:
                repository.close()
                repository = _opened(folder)
            assert repository.load(ID) == expected
            assert _opened(folder).load(ID) == expected
            assert repository.catalog.page().rows == (row_of(expected),)
        assert repository.catalog.page().problems == ()
        repository.close()


def _opened(folder: str) -> Repository:
    repository = Repository(Path(folder) / "library", now=utc_now, schema=CURRENT)
    repository.prepare()
    return repository


def _applied(change: Change, content: Content) -> tuple[bool, Content]:
    try:
        return False, change(content)
    except RedraftError:
        return True, content

"""Whatever is done to a content's file, the store answers with a content or a sentence."""

import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.samples import sample, with_approval, with_fork, with_text, with_turn
from tui.clock import utc_now
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NewerSchema
from tui.domain.ids import ContentId
from tui.store.migrations import CURRENT
from tui.store.repository import Repository

ID = ContentId("sample22")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@dataclass(frozen=True)
class Template:
    """A library of one content, to be copied for each example."""

    folder: Path
    data: bytes
    generations: tuple[Content, Content]

    def copied_to(self, name: str) -> tuple[Path, Path]:
        """Return a copy of the library, and the content's file in it."""
        folder = Path(shutil.copytree(self.folder, Path(name) / "library"))
        return folder, folder / "contents" / f"{ID}.json"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("fuzz") / "library"
    repository = Repository(folder, now=utc_now, schema=CURRENT)
    repository.prepare()
    repository.create(sample())
    repository.update(ID, with_turn("turn-1"))
    repository.update(ID, with_fork("fork-1"))
    before = repository.update(ID, with_text("by hand"))
    after = repository.update(ID, with_approval)
    repository.close()
    return Template(folder, (folder / "contents" / f"{ID}.json").read_bytes(), (before, after))


def _check(folder: Path, path: Path, data: bytes) -> Content | None:
    """Damage the file; return what the store makes of it, when that is a content."""
    path.write_bytes(data)
    os.utime(path, (0, 0))
    repository = Repository(folder, now=utc_now, schema=CURRENT)
    repository.prepare()
    rows = repository.catalog.page().rows
    try:
        content = repository.load(ID)
        with suppress(NewerSchema):  # A byte made a file of a newer Redraft of it: only to be read.
            repository.update(ID, with_text("goes on"))
    except LibraryProblem:
        content = None
    assert [row.id for row in rows] == ([ID] if content else [])
    found = [kept.read_bytes() for kept in path.parent.glob(f"{ID}.json*")]
    assert data in found, "the damaged bytes were thrown away"
    repository.catalog.page()
    repository.close()
    return content


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_file_cut_anywhere_is_one_of_two_generations(
    template: Template, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, path = template.copied_to(name)
        whole = template.data
        at = data.draw(st.integers(0, len(whole) - 1))
        rest = data.draw(st.sampled_from([b"", b"\0" * 50, whole[:40]]))
        assert _check(folder, path, whole[:at] + rest) in template.generations


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_file_with_any_bytes_changed_is_answered(template: Template, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, path = template.copied_to(name)
        whole = template.data
        at = data.draw(st.integers(0, len(whole) - 1))
        new = data.draw(st.binary(min_size=1, max_size=3))
        _check(folder, path, whole[:at] + new + whole[at + len(new) :])


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_file_with_any_value_changed_is_answered(template: Template, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, path = template.copied_to(name)
        tables = json.loads(template.data)
        spot: Any = tables
        for _ in range(data.draw(st.integers(0, 2))):
            inner = [value for value in spot.values() if isinstance(value, dict) and value]
            spot = data.draw(st.sampled_from(inner)) if inner else spot
        key = data.draw(st.sampled_from(sorted(spot)) | st.text(max_size=3))
        spot[key] = data.draw(json_values)
        _check(folder, path, json.dumps(tables).encode())

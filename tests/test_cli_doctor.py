"""`redraft doctor`: it finds what is wrong, mends with --fix, and only looks without."""

import asyncio
import errno
import fcntl
import io
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.store.samples import sample, with_approval, with_text
from tui import cli
from tui.composition import examining
from tui.composition.opening import open_studio
from tui.domain.findings import Finding
from tui.domain.ids import ContentId
from tui.domain.session import Account
from tui.headless.output import Out
from tui.headless.trashing import restore_content
from tui.settings import Settings
from tui.store import surroundings
from tui.store.library import TinyStore
from tui.store.migrations import Schema
from tui.whole_files import this_host

ID = ContentId("sample22")
OTHER = ContentId("other222")


@pytest.fixture(autouse=True)
def claude(monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone is logged in; the CLI says its version, and fits."""

    async def account(settings: Settings, *, demo: bool) -> Account:
        del settings, demo
        return Account(is_ready=True, name="API key")

    async def version(cli: Path) -> str:
        return f"1.0 of {cli.name}"

    monkeypatch.setattr(examining, "_account", account)
    monkeypatch.setattr(examining, "_version_of", version)
    fits = [Finding("contract", True, "It fits.")]
    monkeypatch.setattr(examining, "_contract", lambda _: fits)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of two contents; one has an approved version."""
    folder = tmp_path / "library"

    async def fill() -> None:
        store = await TinyStore.open(folder)
        await store.create(sample())
        await store.create(sample(OTHER, "Another"))
        await store.update(ID, with_text("One."))
        await store.update(ID, with_text("Two."))
        await store.update(ID, with_approval)
        await store.close()

    asyncio.run(fill())
    return folder


def examined(library: Path, *, fix: bool = False, empty: bool = False) -> list[Finding]:
    """What the doctor says."""
    settings = Settings(library=library)
    return asyncio.run(
        examining.examine(settings, demo=False, is_fixing=fix, is_emptying_trash=empty)
    )


def wrong(findings: list[Finding]) -> dict[str, str]:
    """What is wrong, by name."""
    return {finding.name: finding.sentence for finding in findings if not finding.is_fine}


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a folder with its bytes and mode."""
    return {
        str(path): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }


def truncated(folder: Path) -> None:
    path = folder / "contents" / f"{ID}.json"
    path.write_bytes(path.read_bytes()[:-40])


def by_hand(folder: Path) -> None:
    path = folder / "contents" / f"{ID}.json"
    path.write_text(path.read_text().replace("A piece", "A good piece"))


def broken_index(folder: Path) -> None:
    (folder / "library.json").write_text("{")


def readable_by_all(folder: Path) -> None:
    (folder / "contents" / f"{ID}.json").chmod(0o644)
    (folder / "texts").chmod(0o755)


def text_gone(folder: Path) -> None:
    (folder / "texts" / ID / "approved-v2.md").unlink()


def text_too_many(folder: Path) -> None:
    path = folder / "texts" / ID / "approved-v1.md"
    path.write_text("One.")
    path.chmod(0o600)


def false_index(folder: Path) -> None:
    path = folder / "library.json"
    data = path.read_text().replace("A piece", "A lie")
    path.write_text(data)


Damage = Callable[[Path], None]

PLACE = "{library}/contents/sample22.json"
MENDABLE: list[tuple[Damage, str, str, str]] = [
    (
        truncated,
        "contents",
        (
            f"The JSON in {PLACE} is cut off or broken. There is a good copy from before "
            "(“A piece”, changed 2026-01-01 12:01 UTC)"
        ),
        "puts it back and keeps the damaged file",
    ),
    (
        by_hand,
        "contents",
        f"{PLACE} was changed by another program or by hand, but can be read",
        "takes it as it is",
    ),
    (
        broken_index,
        "index",
        "The JSON in {library}/library.json is cut off or broken",
        "or the next start writes it anew",
    ),
    (
        false_index,
        "index",
        "{library}/library.json was changed by hand, so it does not count",
        "writes it anew",
    ),
    (
        readable_by_all,
        "permissions",
        f"{PLACE} and 1 more are not yours alone (files 0600, folders 0700)",
        "makes them so",
    ),
    (
        text_gone,
        "texts",
        "{library}/texts/sample22/approved-v2.md is not there or cannot be read",
        "writes it again",
    ),
    (
        text_too_many,
        "texts",
        "{library}/texts/sample22/approved-v1.md is of an approval or publication that was undone",
        "deletes it",
    ),
]
"""What is done to a library, and what is wrong then, with what `--fix` does about it."""


def without_position(sentence: str) -> str:
    """Return a sentence without what the JSON parser says."""
    return re.sub(r" \([^()]*: line [^()]*\(char \d+\)\)", "", sentence)


def test_a_library_in_order_is_said_to_be(library: Path) -> None:
    before = state(library)
    findings = examined(library)
    assert wrong(findings) == {}
    assert state(library) == before
    names = "settings library contents index texts trash locks leftovers space permissions"
    assert {finding.name for finding in findings} == {*names.split(), "cli", "contract", "login"}
    told = {finding.name: finding.sentence for finding in findings}
    assert re.fullmatch(r"[\d,]+ MB are free on the disk of .*/library\.", told["space"])
    assert {name: told[name] for name in names.split()[1:-2]} == {
        "library": f"{library} is readable and writable, pieces: 2.",
        "contents": "Every file is whole: 2 in all.",
        "index": "It agrees with the files: 2 in it.",
        "texts": "Every approved and published text has its file.",
        "trash": "It is empty.",
        "locks": "No program holds one; what lies there (2 lock files) is harmless.",
        "leftovers": "There are none.",
    }
    assert told["permissions"] == "Everything is yours alone."


def test_a_library_that_is_not_there_yet_is_fine_and_is_not_made(tmp_path: Path) -> None:
    findings = examined(tmp_path / "nowhere", empty=True, fix=True)
    assert wrong(findings) == {}
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(("damage", "name", "said", "mends"), MENDABLE)
def test_what_is_wrong_is_said_without_touching_it_and_mended_when_asked(
    library: Path, damage: Damage, name: str, said: str, mends: str
) -> None:
    said = said.format(library=library)
    damage(library)
    before = state(library)
    found = wrong(examined(library))
    assert list(found) == [name]
    assert without_position(found[name]) == f"{said}. `redraft doctor --fix` {mends}."
    assert state(library) == before
    mended = examined(library, fix=True)
    assert wrong(mended) == {}
    done = [each for each in mended if each.sentence.startswith("Mended: ")]
    assert [(each.name, without_position(each.sentence)) for each in done] == [
        (name, f"Mended: {said}.")
    ]
    assert wrong(examined(library)) == {}


def test_a_recovered_file_is_kept_and_said_so(library: Path) -> None:
    truncated(library)
    findings = examined(library, fix=True)
    assert any("was recovered as it was" in finding.sentence for finding in findings)
    assert any("set aside because of damage" in finding.sentence for finding in findings)
    assert len(list(library.rglob("*.damaged-*"))) == 1


def test_what_cannot_be_mended_stays_and_is_said(library: Path) -> None:
    path = library / "contents" / f"{ID}.json"
    path.write_text(path.read_text().replace('"One."', '"Uno."'))
    (library / "contents" / f"{ID} (copy).json").write_text("{}")
    (library / "contents" / "lost2222.json.prev").write_bytes(path.read_bytes())
    for each in (library / "contents").iterdir():
        each.chmod(0o600)
    for is_fixing in (False, True):
        before = state(library / "contents")
        said = [each.sentence for each in examined(library, fix=is_fixing) if not each.is_fine]
        assert len(said) == 3
        assert any("The text of v1" in each for each in said)
        assert any("not a file of Redraft's" in each for each in said)
        assert any("lost2222 has lost its file" in each for each in said)
        assert {name: data for name, (data, _) in state(library / "contents").items()} == {
            name: data for name, (data, _) in before.items()
        }


def test_a_file_of_a_newer_redraft_is_named_with_what_it_needs(library: Path) -> None:
    async def write() -> None:
        newer = TinyStore(library, schema=Schema(2, "0.9", {1: lambda tables: tables}))
        await newer.update(ID, with_text("from the future"))
        await newer.close()

    asyncio.run(write())
    data = (library / "contents" / f"{ID}.json").read_bytes()
    found = wrong(examined(library, fix=True))
    assert "Redraft 0.9 or newer" in found["contents"]
    assert (library / "contents" / f"{ID}.json").read_bytes() == data


def test_leftovers_and_locks_are_harmless_and_a_running_program_keeps_its_own(
    library: Path,
) -> None:
    dead = library / "contents" / f".x.json.{this_host()}-999999999-1.tmp"
    alive = library / "contents" / f".x.json.{this_host()}-{os.getpid()}-1.tmp"
    for path in (dead, alive):
        path.write_text("half")
        path.chmod(0o600)
        an_hour_ago = time.time() - 3600
        os.utime(path, (an_hour_ago, an_hour_ago))
    lock = library / "locks" / "branch-x.lock"
    with lock.open("w") as held:
        lock.chmod(0o600)
        fcntl.flock(held, fcntl.LOCK_EX)
        findings = examined(library)
        assert wrong(findings) == {}
        said = {finding.name: finding.sentence for finding in findings}
        assert str(dead) in said["leftovers"]
        assert said["locks"].endswith("a program that runs now holds 1.")
        examined(library, fix=True)
        assert lock.exists()
    assert (dead.exists(), alive.exists()) == (False, True)
    said = {finding.name: finding.sentence for finding in examined(library)}
    assert "harmless" in said["locks"]


def test_transcripts_room_and_a_linked_lock_are_looked_at(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = library / "transcripts" / "project"
    place.mkdir(parents=True)
    (place / "good.jsonl").write_text('{"a": 1}\n{"b": 2}\n{"half')
    assert "transcripts" not in wrong(examined(library))
    (place / "bad.jsonl").write_text('{"a": 1}\nrubbish\n')
    (library / "locks" / "x.lock").symlink_to("elsewhere")
    monkeypatch.setattr(surroundings, "LEAST_ROOM", 10**18)
    found = wrong(examined(library))
    assert found["transcripts"] == (
        f"{place / 'bad.jsonl'} cannot be read as a transcript: the branch still goes on from "
        "Claude Code's own copy, or else from its stored turns; move the file elsewhere."
    )
    link = library / "locks" / "x.lock"
    assert found["locks"] == f"{link} is a link, which Redraft does not follow: delete it."
    assert found["space"].endswith("; make room: a save may need 1,000,000,000,000 MB.")


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (os.R_OK | os.X_OK, "cannot be read: give yourself the right to, or name another."),
        (os.W_OK | os.X_OK, "may only be read: give yourself the right to write there."),
    ],
)
def test_a_library_that_may_not_be_read_or_written_is_said(
    library: Path, monkeypatch: pytest.MonkeyPatch, refused: int, said: str
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != refused)
    assert wrong(examined(library)) == {"library": f"The library {library} {said}"}


def test_a_disk_that_does_not_answer_is_said(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_place: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    said = f"The disk of {library} cannot be asked: {os.strerror(errno.EIO)}."
    assert wrong(examined(library)) == {"space": said}


def test_a_folder_in_place_of_a_text_harms_nothing(library: Path) -> None:
    odd = library / "texts" / ID / "approved-v1.md"
    odd.mkdir(0o700)
    assert wrong(examined(library, fix=True)) == {}
    assert odd.is_dir()


def test_a_library_that_is_no_folder_is_wrong_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    findings = examined(place)
    assert "is a file and not a folder" in wrong(findings)["library"]
    assert findings[-1].name == "login"


def test_the_trash_is_counted_and_emptied_and_restore_brings_back(library: Path) -> None:
    async def delete(*ids: ContentId) -> None:
        store = await TinyStore.open(library)
        for content_id in ids:
            await store.discard(content_id, lambda content: content)
        await store.close()

    asyncio.run(delete(ID, OTHER))
    findings = examined(library)
    assert wrong(findings) == {}
    said = {finding.name: finding.sentence for finding in findings}
    assert (
        "It holds 2 pieces, which `redraft doctor --empty-trash` deletes for good." in said["trash"]
    )

    shown, beside = io.BytesIO(), io.BytesIO()

    async def restore() -> int:
        settings = Settings(library=library)
        async with open_studio(settings, demo=False) as studio:
            return await restore_content(studio, Out(shown, beside), reference="A piece")

    assert asyncio.run(restore()) == 0
    assert shown.getvalue().decode() == "“A piece” is back: it is approved.\n"
    sentences = [finding.sentence for finding in examined(library, empty=True)]
    assert "1 piece was deleted for good." in sentences
    assert "It is empty." in sentences
    assert "Nothing was in it." in [f.sentence for f in examined(library, empty=True)]
    assert wrong(examined(library)) == {}


def test_a_missing_login_is_a_finding_with_what_to_do(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def account(_: Settings, *, demo: bool) -> Account:
        del demo
        return Account(False, problem="Nobody is logged in.", advice="Log in.")

    monkeypatch.setattr(examining, "_account", account)
    assert wrong(examined(library)) == {"login": "Nobody is logged in. Log in."}


def test_a_theme_and_a_key_that_are_none_are_findings(tmp_path: Path) -> None:
    settings = Settings(tmp_path, theme="nope", keys=MappingProxyType({"fork": "nokey"}))
    findings = asyncio.run(examining.examine(settings, demo=False))
    theme, key = (one.sentence for one in findings if one.name == "settings")
    assert theme.startswith("There is no theme “nope”; there are: ansi-dark, ")
    assert "redraft-light" in theme
    assert "“nokey”, which is none" in key


def test_a_settings_file_that_cannot_be_read_is_a_finding(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("= nonsense")
    monkeypatch.setattr(cli, "settings_file", lambda: file)
    monkeypatch.setattr(cli, "log_to", lambda _path: None)
    shown = io.BytesIO()
    monkeypatch.setattr(Out, "standard", lambda: Out(shown, io.BytesIO()))
    assert cli.main(["doctor", "--json", "--library", str(library)]) == 1
    told = json.loads(shown.getvalue())
    (bad,) = [finding for finding in told["findings"] if not finding["is_fine"]]
    assert bad["name"] == "settings"
    assert str(file) in bad["sentence"]
    assert told["is_fine"] is False
    file.write_text('[keys]\nnonsense = "x"\n')
    assert cli.main(["doctor", "--library", str(library), "--fix", "--empty-trash"]) == 1
    assert "nonsense" in shown.getvalue().decode()
    file.write_text("")
    assert cli.main(["doctor", "--library", str(library)]) == 0

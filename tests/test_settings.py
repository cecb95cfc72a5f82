"""Settings: what the file may say, and what wins when several places say something."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tui.cli import chosen_settings
from tui.composition.opening import demo_folder
from tui.domain.errors import InvalidInput
from tui.headless.arguments import parse
from tui.settings import Settings, default_library, log_file, read_settings, settings_file


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none.toml") == Settings(library=default_library())
    assert {path.is_relative_to(tmp_path) for path in (settings_file(), log_file())} == {True}


def test_every_setting_can_be_written(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'library = "~/words"\nmodel = "m"\nauthor = "Anna"\ntheme = "t"\nretries = 1\n'
        "silence_limit = 9\nlive_sessions = 2\nturn_budget = 0.5\ncontent_budget = 20\n"
        'editor_columns = 60\nmotion = "calm"\n'
        '[keys]\nfork = "F"\n',
    )
    settings = read_settings(file)
    assert settings.library == tmp_path / "home" / "words"
    assert settings.author == "Anna"
    assert (settings.model, settings.theme, dict(settings.keys)) == ("m", "t", {"fork": "F"})
    assert (settings.retries, settings.silence_limit, settings.live_sessions) == (1, 9, 2)
    assert (settings.turn_budget, settings.content_budget) == (0.5, 20.0)
    assert (settings.editor_columns, settings.motion) == (60, "calm")


def test_a_budget_of_0_is_none_and_the_default(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, "turn_budget = 0"))
    assert (settings.turn_budget, settings.content_budget) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('colour = "red"', "colour"),
        ("retries = true", "retries"),
        ("retries = 0", "retries"),
        ('retries = "3"', "retries"),
        ("turn_budget = -0.1", "turn_budget"),
        ("turn_budget = true", "turn_budget"),
        ("turn_budget = nan", "turn_budget"),
        ("content_budget = inf", "content_budget"),
        ('content_budget = "2"', "content_budget"),
        ("model = 3", "model"),
        ('motion = "slow"', "motion"),
        ("library = 3", "library"),
        ('library = "~nobody-of-that-name/x"', "library"),
        ('library = ""', "library"),
        ('library = "writing"', "library"),
        ('keys = "F"', "keys"),
        ("[keys]\nfork = 1", "keys"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(tmp_path: Path, line: str, named: str) -> None:
    file = written(tmp_path, line)
    with pytest.raises(InvalidInput, match=f"settings.toml sets “{named}”"):
        read_settings(file)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("retries = true", "to true; it needs a whole number above 0."),
        ('retries = "drei"', 'to "drei"; it needs a whole number above 0.'),
        ('motion = "slow"', 'to "slow"; it needs “full” or “calm”.'),
        ("[keys]\nfork = 1", 'to {"fork": 1}; it needs a table of texts.'),
        ("model = 1", "to 1; it needs text in quotes."),
        ('library = "new"', 'to "new"; it needs the whole path of a folder, such as "~/writing".'),
    ],
)
def test_a_wrong_value_is_named_as_it_was_written(tmp_path: Path, line: str, said: str) -> None:
    file = written(tmp_path, line)
    with pytest.raises(InvalidInput) as refused:
        read_settings(file)
    assert str(refused.value).endswith(said)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"model =", "Invalid value (at end of document)"),
        (b"\xff\xfe", "it is not UTF-8 text"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(data)
    with pytest.raises(InvalidInput) as refused:
        read_settings(file)
    assert str(refused.value) == f"The settings file {file} cannot be read: {why}."


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_settings(tmp_path)
    reason = os.strerror(errno.EISDIR)
    assert str(refused.value) == f"The settings file {tmp_path} cannot be read: {reason}."


def chosen(*words: str, **environment: Any) -> Settings:
    return chosen_settings(parse(words), environment)


def test_what_is_typed_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('library = "/in/file"\nmodel = "file"', encoding="utf-8")
    assert chosen("list").library == Path("/in/file")
    assert chosen("list", REDRAFT_LIBRARY="").library == Path("/in/file")
    assert chosen("list", REDRAFT_LIBRARY="/in/env").library == Path("/in/env")
    typed = chosen("--library", "typed", "list", "--model", "m", REDRAFT_LIBRARY="/in/env")
    assert (typed.library, typed.model) == (Path.cwd() / "typed", "m")
    assert chosen("list", "--library", "~/x").library == tmp_path / "home" / "x"
    assert chosen("--theme", "nord").theme == "nord"


def test_the_demo_has_a_library_of_its_own_unless_one_is_typed() -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('library = "/in/file"', encoding="utf-8")
    assert chosen("--demo").library == demo_folder() / "library"
    assert chosen("--demo", REDRAFT_LIBRARY="/in/env").library == demo_folder() / "library"
    assert chosen("list", "--demo", "--library", "/typed").library == Path("/typed")


def test_an_empty_library_name_is_refused() -> None:
    with pytest.raises(InvalidInput, match="library"):
        chosen("--library", "")

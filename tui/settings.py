"""Settings: one frozen typed value, read from a TOML file and the command line."""

import json
import math
from dataclasses import field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeGuard, get_type_hints

import platformdirs

from tui.domain.errors import InvalidInput
from tui.domain.frozen import frozen

APP_NAME: Final = "redraft"
MOTIONS: Final = ("full", "calm")


@frozen
class Settings:
    """Everything a person can set; each field is a line of `settings.toml` of the same name."""

    library: Path
    """Folder of the library, by its whole path or with `~`; made when it is not there."""
    model: str = ""
    """Model to write with; empty for the one Claude Code would take."""
    author: str = ""
    """What you sign with: it stands beside your versions and approvals in a shared library.

    Empty for git's `user.name`, or else your name on this machine.
    """
    theme: str = "redraft-dark"
    """Name of a colour theme; one chosen at the screen holds until this is changed."""
    retries: int = 3
    """How often Claude Code tries again when the API fails, per request."""
    silence_limit: int = 60
    """Seconds without a byte after which an answer counts as broken."""
    live_sessions: int = 3
    """How many Claude sessions are kept connected at once; idle ones are closed first."""
    turn_budget: float = 0.0
    """Dollars that one turn may cost; 0 for no limit.

    A turn of a model whose price is not known is counted when it has ended, and not stopped.
    """
    content_budget: float = 0.0
    """Dollars that all turns of one content may cost; 0 for no limit.

    What running turns may still cost is set aside: up to `turn_budget` each, or all that is left.
    """
    editor_columns: int = 72
    """How many columns of text the page of the editor has; 20 at least, and as many as fit."""
    spelling: str = ""
    """Language in which spelling is checked, such as `en_GB`; `off` for none.

    Empty for the language of the locale. A piece may have another one.
    """
    motion: str = "full"
    """`full`, or `calm`: answers come by paragraphs, and nothing blinks or slides."""
    keys: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Keys by command id, from the table `[keys]`, such as `fork = "f5"`."""


def default_library() -> Path:
    """Return the platform's folder for a person's Redraft library."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "library"


def settings_file() -> Path:
    """Return where the settings file is looked for."""
    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "settings.toml"


def log_file() -> Path:
    """Return where details that do not belong on the screen are written."""
    return Path(platformdirs.user_log_dir(APP_NAME, appauthor=False)) / "redraft.log"


def read_settings(path: Path) -> Settings:
    """Return the settings in a file, or the defaults when there is no file.

    Raises `InvalidInput` that names the file and the line's key for anything it cannot take.
    """
    defaults = Settings(library=default_library())
    try:
        text = path.read_text("utf-8")
        import tomllib  # noqa: PLC0415 (most people have no file of settings)

        table = tomllib.loads(text)
    except FileNotFoundError:
        return defaults
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The settings file {path} cannot be read: {_why(error)}.") from error
    changes = {key: _checked(path, key, value) for key, value in table.items()}
    return replace(defaults, **changes)  # type: ignore[arg-type]


def _why(error: OSError | ValueError) -> str:
    """Return in words why the file cannot be read, or is no TOML."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    return getattr(error, "strerror", None) or str(error)


def _checked(path: Path, key: str, value: object) -> object:
    known = [known_field.name for known_field in fields(Settings)]
    if key not in known:
        names = ", ".join(known)
        raise InvalidInput(f"{path} sets “{key}”, which Redraft does not know; it knows: {names}.")
    wanted = get_type_hints(Settings)[key]
    shown = json.dumps(value, ensure_ascii=False, default=str)
    if key == "motion" and value not in MOTIONS:
        raise InvalidInput(f"{path} sets “motion” to {shown}; it needs “full” or “calm”.")
    # A relative one would be another library in every folder that Redraft is started from.
    is_whole = isinstance(value, str) and (value.startswith("~") or Path(value).is_absolute())
    if wanted is Path and isinstance(value, str) and is_whole:
        try:
            return Path(value).expanduser()
        except RuntimeError:
            home = value.partition("/")[0]
            raise InvalidInput(f"{path} sets “{key}” to {shown}: {home} is nobody's.") from None
    if wanted is int and isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if wanted is float and _is_amount(value):
        return float(value)
    if wanted is str and isinstance(value, str):
        return value
    is_table = isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values())
    if key == "keys" and isinstance(value, dict) and is_table:
        return MappingProxyType(dict(value))
    kind = {
        Path: 'the whole path of a folder, such as "~/writing"',
        int: "a whole number above 0",
        float: "dollars, such as 0.50, or 0 for no limit",
        str: "text in quotes",
    }
    raise InvalidInput(
        f"{path} sets “{key}” to {shown}; it needs {kind.get(wanted, 'a table of texts')}."
    )


def _is_amount(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0

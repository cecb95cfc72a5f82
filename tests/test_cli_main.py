"""The command line as a whole, in this process: arguments, errors, and what is never imported."""

import asyncio
import errno
import io
import itertools
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from inspect import signature
from pathlib import Path

import pytest

from tests.support.fakes import ScriptedAgent
from tui import cli
from tui.composition.lazy_agent import LazyAgent
from tui.composition.logfile import log_to
from tui.composition.opening import RandomIds, open_studio
from tui.composition.running import run_app, run_command
from tui.domain.errors import AgentProblem, InvalidInput, LibraryProblem
from tui.domain.ids import SessionId
from tui.domain.session import SessionSpec
from tui.headless.arguments import parse
from tui.headless.output import Out
from tui.settings import Settings, log_file
from tui.studio.studio import Studio

ROOT = Path(__file__).parents[1]
HEAVY = ("claude_agent_sdk", "mcp", "starlette", "uvicorn", "textual", "rich", "markdown_it")


@pytest.fixture(autouse=True)
def _own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("REDRAFT_LIBRARY", str(tmp_path / "library"))
    root = logging.getLogger()
    handlers, level, is_raising = list(root.handlers), root.level, logging.raiseExceptions
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers, logging.raiseExceptions = handlers, is_raising
    root.setLevel(level)
    logging.captureWarnings(False)


def run(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(words)
    out, err = capfd.readouterr()
    return code, out, err


def test_new_list_show_approve_over_the_real_store(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "new", "A title", "--brief", "B")
    assert (code, err) == (0, "")
    content = out.strip()
    code, out, _ = run(capfd, "list", "--json")
    assert [row["id"] for row in json.loads(out)] == [content]
    code, out, err = run(capfd, "show", content[:3])
    assert (code, out) == (1, "")
    assert err.startswith("redraft: “A title” has no draft yet")
    code, out, _ = run(capfd, "tree", "A title")
    assert (code, out) == (0, f"A title · draft · {content}\n◆ first draft ★\n")


def test_a_text_that_was_begun_elsewhere_is_the_first_draft(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "begun.md"
    file.write_bytes("\ufeff\r\n# Begun\r\n\r\nIn another editor.  \r\n".encode())
    code, out, err = run(capfd, "new", "T", "--draft", str(file), "--json")
    told = json.loads(out)
    assert (code, err, told["version"], told["words"]) == (0, "", 1, 4)
    assert run(capfd, "show", "T")[1] == "# Begun\n\nIn another editor."
    shown = json.loads(run(capfd, "show", "T", "--json")[1])
    assert (shown["author"], shown["branch_name"]) == ("you", "first draft")
    code, out, _ = run(capfd, "diff", "T", "v1", str(file))
    assert (code, out.partition(":")[2].strip()) == (0, "±0 words (0 added, 0 removed)")


def test_global_options_work_on_both_sides_of_the_command() -> None:
    before = parse(["--library", "x", "--demo", "--model", "m", "--theme", "t", "list"])
    after = parse(["list", "--library", "x", "--demo", "--model", "m", "--theme", "t"])
    assert vars(before) == vars(after)
    assert (parse([]).command, parse(["list"]).library, parse(["list"]).demo) == (None, None, False)
    assert parse(["--demo"]).demo
    assert parse(["show", "x", "--version", "v3"]).number == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "“nonsense” is no COMMAND; choose from new, send"),
        (["list", "--status", "done"], "“done” is no --status; choose from draft, review"),
        (["show", "x", "--version", "two"], "“two” is no number"),
        (["send", "x"], "PROMPT"),
        (["send", "x", "hi", "--name", "n"], "--fork-at"),
        (["new"], "TITLE"),
        (["new", "T", "--brief", "a", "--brief-file", "b"], "not allowed with"),
        (["new", "T", "--brief-file", "/no/such/file"], "cannot be read"),
        (["new", "T", "--draft", "/no/such/file"], "cannot be read"),
        (["new", "T", "--draft", "/dev/null"], "The draft is empty"),
        (["new", "T", "--draft", "a", "--generate"], "not allowed with"),
        (["publish", "x"], "-o"),
        (["list", "--lib", "x"], "Unrecognized arguments: --lib x; see `redraft list --help`."),
        (["--lib", "x"], "see `redraft --help`."),
        (["tag"], "required: CONTENT; see"),
        (["lock", "--unlock"], "required: CONTENT; see"),
        (["import"], "Say what to import"),
        (["new", "caf\udce9"], "UTF-8"),
        (["--library", "", "list"], "--library"),
        (["\x1b[31m"], "x1b[31m"),
    ],
)
def test_wrong_usage_is_one_sentence_and_two(
    words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capfd, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("redraft: ")
    assert said in err
    assert "\x1b" not in err


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["send", "--help"]])
def test_help_and_version_are_printed(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, *words)
    assert (code, err) == (0, "")
    assert "redraft" in out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("words", [["--version"], ["--help"], ["send", "--help"]])
def test_help_and_version_say_when_they_cannot_be_written(words: list[str]) -> None:
    command = [sys.executable, "-m", "tui", *words]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
    reason = os.strerror(errno.ENOSPC)
    assert done.stderr.decode() == f"redraft: The output could not be written: {reason}.\n"
    assert done.returncode == 1


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_help_and_version_do_without_an_output(words: list[str]) -> None:
    command = ["sh", "-c", '"$0" -m tui "$@" >&-', sys.executable, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (done.stderr, done.returncode) == (b"", 0)


def test_every_command_in_the_help_has_a_help_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    _, listed, _ = run(capfd, "--help")
    names = re.findall(r"^    ([a-z]+) ", listed.partition("COMMAND\n")[2], re.MULTILINE)
    _, _, refusal = run(capfd, "nonsense")
    assert ", ".join(names) == refusal.partition("choose from ")[2].partition(";")[0]
    for name in names:
        code, out, err = run(capfd, name, "--help")
        assert (code, err) == (0, ""), name
        assert out.startswith(f"usage: redraft {name} ")
        assert "--json" in out
        lines = out.splitlines()
        for line, below in itertools.pairwise([*lines, ""]):
            is_explained = "  " in line.strip() or below.startswith(" " * 10)
            assert is_explained or not line.startswith("  -"), (name, line)


@pytest.mark.parametrize(
    "typed",
    [
        "new title",
        "send id prompt",
        "lock id words",
        "angles",
        "best id prompt",
        "sources id",
        "tag id",
        "list",
        "find word",
        "show id",
        "tree id",
        "log id",
        "diff id 1 2",
        "export id",
        "import id",
        "approve id",
        "reopen id",
        "restore id",
        "publish id -o file",
        "verify",
    ],
)
def test_the_work_of_a_command_is_given_every_choice_there_is(typed: str) -> None:
    args = parse(typed.split())
    work = args.work(args)
    choices = signature(work.func).parameters.values()
    assert set(work.keywords) == {one.name for one in choices if one.kind is one.KEYWORD_ONLY}


def test_a_library_that_is_a_file_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "library").write_text("")
    for words in (["list"], ["new", "T"]):
        code, out, err = run(capfd, *words)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert str(tmp_path / "library") in err


def test_what_nobody_foresaw_goes_to_the_log(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> int:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(cli, "run_command", broken)
    code, out, err = run(capfd, "list")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert str(log_file()) in err
    assert "Traceback" not in err
    assert "ZeroDivisionError: a bug" in log_file().read_text()
    assert log_file().stat().st_mode & 0o777 == 0o600


def test_ctrl_c_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run_command", interrupted)
    assert run(capfd, "list") == (130, "", "")


def test_a_log_that_cannot_be_written_is_done_without(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    log_to(tmp_path / "file" / "redraft.log")
    logging.getLogger("redraft").error("nobody hears this")
    assert capfd.readouterr() == ("", "")


def test_the_studio_wants_a_terminal(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="terminal"):
        run_app(Settings(library=tmp_path), demo=False)


QUICK = (
    ["new", "Another"],
    ["list"],
    ["list", "--demo"],
    ["show", "--demo", "k3vn8q2tza"],
    ["tree", "--demo", "k3vn8q2tza"],
    ["approve", "--demo", "t9hj2b6xdu"],
    ["--version"],
)


def test_quick_commands_import_nothing_heavy() -> None:
    """One process runs them all: what one of them imports is told with that one first."""
    code = (
        "import json, sys; from tui.cli import main\n"
        "for words in json.loads(sys.argv[1]):\n"
        "    print('\\nran', json.dumps([words, main(words), sorted(sys.modules)]))\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "REDRAFT_LIBRARY"}
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(QUICK)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    ran = [json.loads(line[4:]) for line in done.stdout.splitlines() if line.startswith("ran ")]
    assert [words for words, *_ in ran] == [*QUICK], done.stderr
    for words, exit_code, modules in ran:
        assert exit_code == 0, (words, done.stderr)
        assert {module.split(".")[0] for module in modules}.isdisjoint(HEAVY), words


def test_a_command_imports_nothing_that_only_others_need() -> None:
    code = "import sys; from tui.cli import main; main(['list']); print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    commands = {module for module in loaded if module.startswith("tui.headless.")}
    assert {module.rpartition(".")[2] for module in commands} == {
        *("arguments", "listing", "output", "shapes", "subcommand")
    }
    assert loaded.isdisjoint({"email", "html", "importlib.metadata", "tui.composition.examining"})


def test_new_ids_are_short_clear_and_never_the_same() -> None:
    ids = RandomIds()
    made = {ids.content() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(content) for content in made} == {10}
    assert not set("".join(made)) - set("abcdefghjkmnpqrstuvwxyz23456789")
    assert len({ids.uuid() for _ in range(100)}) == 100


async def test_a_late_agent_is_made_once_and_closed_with_what_it_needed() -> None:
    made: list[ScriptedAgent] = []
    ended: list[str] = []

    def build(ending: ExitStack) -> ScriptedAgent:
        ending.callback(ended.append, "server")
        made.append(ScriptedAgent())
        return made[-1]

    agent = LazyAgent(build)
    assert made == []
    spec = SessionSpec(SessionId("s"), is_new=True)
    _, account, _ = await asyncio.gather(agent.connect(spec), agent.account(), agent.connect(spec))
    assert (len(made), account.name, len(made[0].specs)) == (1, "scripted", 2)
    assert ended == []
    await agent.close()
    assert (made[0].is_closed, ended) == (True, ["server"])


async def test_a_late_agent_that_was_never_needed_is_never_made() -> None:
    def build(_: ExitStack) -> ScriptedAgent:
        raise AssertionError("it was not needed")

    await LazyAgent(build).close()


async def test_an_agent_that_cannot_be_made_is_a_problem_with_a_sentence() -> None:
    def build(_: ExitStack) -> ScriptedAgent:
        raise AgentProblem("There is no port left.")

    agent = LazyAgent(build)
    account = await agent.account()
    assert (account.is_ready, account.problem) == (False, "There is no port left.")
    with pytest.raises(AgentProblem):
        await agent.connect(SessionSpec(SessionId("s"), is_new=True))
    await agent.close()


async def test_a_demo_library_gets_its_samples_once(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "demo")
    async with open_studio(settings, demo=True) as studio:
        first = await studio.catalog()
        await studio.decisions.rename(first.rows[0].id, "Mine")
    async with open_studio(settings, demo=True) as studio:
        again = await studio.catalog()
    assert len(first.rows) == len(again.rows) == 5
    assert "Mine" in {row.title for row in again.rows}
    async with open_studio(Settings(library=tmp_path / "real"), demo=False) as studio:
        assert (await studio.catalog()).rows == ()


def test_the_demo_writes_into_no_library_but_a_demo_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real, empty = tmp_path / "real", tmp_path / "empty"
    empty.mkdir()
    assert cli.main(["new", "Mine", "--library", str(real)]) == 0
    before = {path: path.read_bytes() for path in real.rglob("*") if path.is_file()}
    for _ in range(2):
        assert cli.main(["list", "--demo", "--library", str(empty)]) == 0
        assert len(capsys.readouterr().out.splitlines()) >= 5
    for command in (["list"], ["doctor"], ["doctor", "--fix", "--empty-trash"]):
        assert cli.main([*command, "--demo", "--library", str(real)]) == 1
        assert f"{real} is no library of the demo's" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in real.rglob("*") if path.is_file()} == before


async def test_a_library_that_cannot_be_opened_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryProblem):
        async with open_studio(Settings(library=tmp_path / "file"), demo=False):
            pass


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_ends_a_command_and_the_studio_is_closed(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    seen: list[str] = []

    async def waiting(studio: Studio, out: Out) -> int:
        del out
        await studio.catalog()
        os.kill(os.getpid(), number)
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("stopped")
        return 0

    out = Out(io.BytesIO(), io.BytesIO())
    settings = Settings(library=tmp_path / "library")
    usual = signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL
    before = signal.signal(number, usual)  # Whoever starts the tests may have it ignored.
    try:
        assert run_command(settings, waiting, out, demo=False) == code
        assert seen == ["stopped"]
        assert signal.getsignal(number) is usual
    finally:
        signal.signal(number, before)


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def hung_up(studio: Studio, out: Out) -> int:
        del studio, out
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0)
        return 7

    try:
        settings = Settings(library=tmp_path / "library")
        out = Out(io.BytesIO(), io.BytesIO())
        assert run_command(settings, hung_up, out, demo=False) == 7
    finally:
        signal.signal(signal.SIGHUP, before)

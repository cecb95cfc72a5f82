"""How many faults that a tool puts into a package are seen by its tests: a sample, by mutmut.

`uv run --with mutmut python -m tests.bench.mutants domain --count 160 --seed 7`

The repository is copied to a temporary folder, where every mutant is made once; the tests of the
package then run on a sample of them, each only with the tests that reach its function. A mutant
that no test of the package reaches counts as not seen: another folder of tests may see it.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
TESTS: Final = {
    "domain": ("tests/domain",),
    "studio": ("tests/studio", "tests/test_cli_commands.py", "tests/test_cli_import.py"),
    "store": ("tests/store", "tests/test_cli_doctor.py"),
    "agent": ("tests/agent", "tests/test_cli_import.py", "tests/test_cli_trash.py"),
}
LEFT_OUT: Final = (
    "tests/studio/test_studio_hung_folder.py",
    "tests/store/test_store_unreadable.py",
)
"""One leaves threads behind on purpose, which the tool waits for; one reads the changed source."""
SEEN: Final = ("🎉", "⏰")
SURVIVED: Final = ("🙁", "🫥", "🤔")
_RESULT: Final = re.compile(rf"^({'|'.join(SEEN + SURVIVED)}) (\S+)$", re.MULTILINE)


def copied(package: str, folder: Path) -> None:
    """Copy what git knows into a folder, with the tool's settings for one package."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    settings = {
        "source_paths": ["tui"],
        "only_mutate": [f"tui/{package}/*.py"],
        "also_copy": ["tests", "README.md", "CONTRIBUTING.md", "screenshots"],
        "pytest_add_cli_args_test_selection": list(TESTS[package]),
        "pytest_add_cli_args": [
            "-n",
            "0",
            "--tb=no",
            "-p",
            "no:cacheprovider",
            *(f"--ignore={name}" for name in LEFT_OUT),
        ],
    }
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n")
        file.writelines(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def run(folder: Path, names: list[str]) -> str:
    """Run the tests on mutants of these names; return what the tool printed."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.replace("\r", "\n") + done.stderr


def main() -> None:
    """Print the share that was seen, and the names of the mutants that were not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=sorted(TESTS))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copied(asked.package, folder)
        # Makes the mutants, and finds which test reaches which function.
        run(folder, ["nothing.of.this.name"])
        names = sorted(
            mutant
            for meta in (folder / "mutants/tui" / asked.package).glob("*.meta")
            for mutant in json.loads(meta.read_text("utf-8"))["exit_code_by_key"]
        )
        sample = random.Random(asked.seed).sample(names, min(asked.count, len(names)))
        results = dict(reversed(found) for found in _RESULT.findall(run(folder, sample)))
    seen = [mutant for mutant in sample if results.get(mutant) in SEEN]
    sys.stdout.write(
        f"{len(names):,} mutants; of {len(sample)} (seed {asked.seed}) {len(seen)} were seen.\n"
    )
    for mutant in sorted(set(sample) - set(seen)):
        sys.stdout.write(f"{results.get(mutant, 'not run')} {mutant}\n")


if __name__ == "__main__":
    main()

"""`redraft doctor`: what Redraft needs, looked at piece by piece."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Final

from tui.domain.findings import Finding
from tui.headless.output import Out, one_line
from tui.headless.subcommand import Subcommand


def show_findings(out: Out, findings: Sequence[Finding], *, as_json: bool = False) -> int:
    """Print what was found; exit code 1 while something is wrong."""
    is_fine = all(finding.is_fine for finding in findings)
    if as_json:
        found = [
            {"name": finding.name, "is_fine": finding.is_fine, "sentence": finding.sentence}
            for finding in findings
        ]
        out.json({"is_fine": is_fine, "findings": found})
        return 0 if is_fine else 1
    for finding in findings:
        mark = "ok   " if finding.is_fine else "wrong"
        out.line(f"{mark}  {finding.name:<11} {one_line(finding.sentence)}")
    return 0 if is_fine else 1


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--fix", action="store_true", help="mend what can be mended")
    parser.add_argument(
        "--empty-trash", action="store_true", help="delete for good what is in the trash"
    )
    parser.add_argument(
        "--transcripts",
        action="store_true",
        help="with --empty-trash: Claude Code's own transcripts of it too, without asking",
    )


DOCTOR: Final = Subcommand(_add_arguments)

"""Angles and limits, end to end: what stands in files and in a dialog is what Claude is told."""

import json
from pathlib import Path

from tests.e2e.conftest import ROOT, RunRedraft
from tests.support.terminal import Terminal
from tests.support.warm import Warm
from tui.demo.server import DemoServer

BRIEF = "A post for engineers on why a small team left Kubernetes."
LIMITS = "- Change at most 1 % of the draft's words"


def told(api: DemoServer) -> str:
    """Return the newest prompt that the writer behind the API was sent."""
    return [request for request in api.requests if not request.is_auxiliary][-1].prompts[-1]


def test_an_angle_and_limits_go_out_from_the_command_line_and_from_the_keys(
    redraft: RunRedraft,
    demo_api: DemoServer,
    library: Path,
    isolated_environment: dict[str, str],
    redraft_command: list[str],
    warm: Warm,
) -> None:
    content = redraft("new", "Why we left", "--brief", BRIEF, "--generate").out.strip()
    path = Path(redraft("angles", "--copy", "for-newcomers").out.removesuffix("\n"))
    assert path == library / "angles" / "for-newcomers.md"
    path.write_text("---\ntitle: For readers\n---\nMake it shorter for {{reader=all}}.\n")

    angle = ("--angle", "for-newcomers", "--set", "reader=managers")
    sent = redraft("send", content, *angle, "--at-most", "1", "Keep the title.", "--json")

    assert told(demo_api).endswith("Make it shorter for managers.\n\nKeep the title.")
    assert LIMITS in told(demo_api)
    turn = json.loads(sent.out)
    assert turn["limits"] == {"percent": 1, "section": "", "no_new_facts": False}
    (over,) = turn["went_over"]
    assert over.endswith(" % changed, at most 1 % allowed")
    assert f"Over the limits: {over}." in sent.err

    with Terminal(redraft_command, env=isolated_environment, cwd=ROOT, start=warm) as terminal:
        terminal.wait_for("Type here · enter sends")
        terminal.type("\x12")  # ctrl+r
        terminal.wait_for("starting from v1?")
        terminal.wait_still(0.6)  # A question is deaf for a moment.
        terminal.type("a")
        terminal.wait_for("v4 ·")
        assert f"Your last answer went over the limits: {over}." in told(demo_api)
        assert LIMITS in told(demo_api)
        terminal.wait_for("Type here · enter sends")
        terminal.type("/")
        terminal.wait_for("Search for commands")
        terminal.type("for readers")
        terminal.wait_for("Angle: For readers")
        terminal.type("\r")
        terminal.wait_for("─ Angle: For readers ─")
        terminal.type("nurses\r")
        terminal.wait_for("Make it shorter for nurses.")
        terminal.type("\r")
        terminal.wait_for("v5 ·")
    assert told(demo_api).endswith("Make it shorter for nurses.")
    assert "<limits>" not in told(demo_api)

"""The commands without a screen, over a scripted agent and a library in memory."""

import asyncio
import hashlib
import io
import json
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.by_hand import edited
from tests.support.fakes import (
    CountedIds,
    FakeWho,
    MemoryStore,
    Script,
    ScriptedAgent,
    ticking_clock,
)
from tui.domain.change_limits import ChangeLimits
from tui.domain.content import Author, Content, TurnKind, TurnState
from tui.domain.errors import InvalidInput, NotFound, RedraftError, Refused
from tui.domain.events import (
    AnswerRestarted,
    MessageCommitted,
    Noticed,
    Outcome,
    RetryScheduled,
    TextStreamed,
    TurnEnded,
)
from tui.domain.findings import Finding
from tui.domain.ids import MessageId
from tui.domain.status import Status
from tui.domain.tree_shape import TreeFilter
from tui.headless.approving import approve_version, publish_content, reopen_content, verify_text
from tui.headless.comparing import show_diff
from tui.headless.creating import create_content
from tui.headless.doctoring import show_findings
from tui.headless.exporting import export_content, export_what
from tui.headless.formats import TextFormat
from tui.headless.history import show_history
from tui.headless.listing import list_contents
from tui.headless.locking import lock_words
from tui.headless.output import Out, cells
from tui.headless.sending import send_prompt
from tui.headless.showing import show_text
from tui.headless.trees import show_tree
from tui.headless.word_search import find_words
from tui.studio.studio import Studio

Command = Callable[..., Awaitable[int]]


class Desk:
    """A studio, and what its commands have printed since the last one."""

    def __init__(self) -> None:
        self.agent = ScriptedAgent()
        self.store = MemoryStore()
        self.studio = Studio(self.store, self.agent, ticking_clock(), CountedIds())
        self.code = -1
        self.out = ""
        self.err = ""

    async def run(self, command: Command, *, is_terminal: bool = False, **choices: Any) -> int:
        result, beside = io.BytesIO(), io.BytesIO()
        out = Out(result, beside, is_terminal=is_terminal)
        self.code = await command(self.studio, out, **choices)
        self.out, self.err = result.getvalue().decode(), beside.getvalue().decode()
        return self.code

    async def json(self, command: Command, **choices: Any) -> Any:
        await self.run(command, as_json=True, **choices)
        return json.loads(self.out)

    def answer(self, draft: str, talk: str = "Here it is.") -> None:
        self.agent.scripts.append(Script(f"{talk}\n\n<draft>\n{draft}\n</draft>\n"))

    async def written(self, *drafts: str, title: str = "A title") -> Content:
        """Make a content with these drafts on main, one a turn."""
        content = await self.studio.create(title, brief="About it.")
        for number, draft in enumerate(drafts, start=1):
            self.answer(draft)
            await self.run(send_prompt, reference=content.id, prompt=f"prompt {number}")
        return await self.studio.content(content.id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_new_prints_the_id_alone(desk: Desk) -> None:
    assert await desk.run(create_content, title=" A  title ", kind="Talk", brief="About") == 0
    content = desk.store.contents[desk.out.strip()]  # type: ignore[index]
    assert desk.out == f"{content.id}\n"
    assert (content.title, content.kind, content.brief) == ("A title", "talk", "About")
    assert desk.err == ""


async def test_new_as_json_names_the_session_that_is_stored(desk: Desk) -> None:
    made = await desk.json(create_content, title="T", brief="B")
    content = desk.store.contents[made["id"]]
    assert made["session"] == content.branch(content.main).session
    assert (made["status"], made["version"], made["turn"], made["brief"]) == (
        "draft",
        None,
        None,
        "B",
    )


async def test_new_can_write_the_first_draft(desk: Desk) -> None:
    desk.answer("# One")
    assert await desk.run(create_content, title="T", brief="Brief", is_generating=True) == 0
    assert re.fullmatch(r"c\d+\n", desk.out)
    assert "# One" in desk.err
    (content,) = desk.store.contents.values()
    turn = content.lineage(content.main)[0].turn
    assert (turn.kind, turn.prompt, turn.version) == (TurnKind.GENERATE, "Brief", 1)
    desk.answer("# Two")
    made = await desk.json(create_content, title="T", brief="Brief", is_generating=True)
    assert (made["version"], made["turn"]["version"], made["turn"]["turn"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"title": " "}, "title"),
        ({"title": "T", "kind": " "}, "kind"),
        ({"title": "x" * 201}, "title"),
        ({"title": "T", "is_generating": True}, "brief"),
    ],
)
async def test_new_refuses_what_it_cannot_use(
    desk: Desk, choices: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        await desk.run(create_content, **choices)
    assert desk.store.contents == {}


async def test_list_shows_a_row_per_content(desk: Desk) -> None:
    await desk.run(list_contents)
    assert (desk.out, "no pieces yet" in desk.err) == ("", True)
    first = await desk.written("one two three", title="First 你好")
    second = await desk.written(title="Second")
    await desk.run(list_contents)
    header, *rows = desk.out.splitlines()
    assert [row.split()[0] for row in rows] == [second.id, first.id]
    assert len({header.index("TITLE"), rows[0].index("Second"), rows[1].index("First")}) == 1
    assert "v1" in rows[1]
    await desk.run(list_contents, status=Status.APPROVED)
    assert (desk.out, "approved" in desk.err) == ("", True)


async def test_list_fits_the_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    await desk.written("one", title="A very long title " * 8 + "\x1b[31m")
    await desk.run(list_contents, is_terminal=True)
    assert max(cells(line) for line in desk.out.splitlines()) <= 60
    assert "\x1b" not in desk.out


@pytest.mark.parametrize(
    ("columns", "header"),
    [
        ("70", "ID STATUS DRAFT WORDS CHANGED TITLE"),
        ("69", "ID STATUS DRAFT CHANGED TITLE"),
        ("62", "ID STATUS DRAFT TITLE"),
        ("44", "ID STATUS TITLE"),
    ],
)
async def test_a_narrow_list_leaves_out_what_one_can_do_without_and_shows_titles(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: str, header: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    await desk.written("one", title="A title of forty characters, or a few on")
    await desk.run(list_contents, is_terminal=True)
    first, row = desk.out.splitlines()
    assert " ".join(first.split()) == header
    assert "A title of forty c" in row
    await desk.run(list_contents)
    assert " ".join(desk.out.splitlines()[0].split()) == "ID STATUS DRAFT WORDS CHANGED TITLE"


async def test_list_as_json_holds_archived_ones_too(desk: Desk) -> None:
    content = await desk.written("one two")
    await desk.studio.decisions.move(content.id, Status.ARCHIVED)
    await desk.run(list_contents)
    assert (desk.out, "archived" in desk.err) == ("", True)
    (row,) = await desk.json(list_contents)
    assert (row["id"], row["status"], row["words"]) == (content.id, "archived", 2)
    await desk.run(list_contents, status=Status.ARCHIVED)
    assert content.id in desk.out


async def test_send_generates_then_revises_then_asks(desk: Desk) -> None:
    content = await desk.studio.create("T")
    desk.answer("# One", talk="Hi.")
    await desk.run(send_prompt, reference=content.id, prompt=" go ")
    assert desk.out == "Hi.\n\n<draft>\n# One\n</draft>\n"
    desk.answer("# Two words")
    sent = await desk.json(send_prompt, reference="T", prompt="again")
    assert (sent["kind"], sent["turn"], sent["version"], sent["words"]) == ("revise", 2, 2, 2)
    assert (sent["state"], sent["content"], sent["branch_name"]) == (
        "finished",
        content.id,
        "first draft",
    )
    assert sent["session"] == content.branches[0].session
    assert sent["reply"].startswith("Here it is.")
    asked = await desk.json(send_prompt, reference=content.id, prompt="why?", is_ask=True)
    assert (asked["kind"], asked["version"]) == ("ask", None)


async def test_send_on_a_fork_leaves_main_as_it_was(desk: Desk) -> None:
    content = await desk.written("one", "one two")
    desk.answer("one spicy")
    sent = await desk.json(send_prompt, reference=content.id, prompt="spicier, please", fork_at=1)
    assert (sent["branch_name"], sent["turn"], sent["kind"]) == ("spicier, please", 2, "revise")
    after = await desk.studio.content(content.id)
    assert after.main == content.main
    assert after.branch(content.main) == content.branch(content.main)
    desk.answer("one spicy chili")
    again = await desk.json(
        send_prompt, reference=content.id, prompt="more", branch="spicier, please"
    )
    assert (again["branch"], again["turn"]) == (sent["branch"], 3)
    named = await desk.json(
        send_prompt, reference=content.id, prompt="x", branch=sent["branch"], fork_at=3, name="hot"
    )
    assert (named["branch_name"], named["turn"]) == ("hot", 4)


@pytest.mark.parametrize(
    ("choices", "problem"),
    [
        ({"prompt": " \n"}, InvalidInput),
        ({"prompt": "x", "fork_at": 2}, NotFound),
        ({"prompt": "x", "fork_at": 0}, NotFound),
        ({"prompt": "x", "fork_at": -1}, NotFound),
        ({"prompt": "x", "branch": "nope"}, NotFound),
        ({"prompt": "x", "fork_at": 1, "name": " "}, InvalidInput),
    ],
)
async def test_send_refuses_before_anything_is_changed(
    desk: Desk, choices: dict[str, Any], problem: type[RedraftError]
) -> None:
    content = await desk.written("one")
    with pytest.raises(problem):
        await desk.run(send_prompt, reference=content.id, **choices)
    assert await desk.studio.content(content.id) == content


async def test_a_failed_turn_is_said_and_has_exit_code_one(desk: Desk) -> None:
    content = await desk.studio.create("T")
    desk.agent.scripts.append(Script("half an ans", failure="The API said no."))
    assert await desk.run(send_prompt, reference=content.id, prompt="go") == 1
    assert (desk.out, desk.err) == ("", "redraft: The API said no.\n")
    desk.agent.scripts.append(Script("x", failure="The API said no."))
    sent = await desk.json(send_prompt, reference=content.id, prompt="go")
    assert (sent["state"], sent["failure"], desk.code) == ("failed", "The API said no.", 1)


async def test_retries_and_notices_are_said_beside_the_answer(desk: Desk) -> None:
    content = await desk.studio.create("T")
    events = (
        TextStreamed("Hel"),
        RetryScheduled(2, 3, 4.2, "the API is overloaded (529)"),
        AnswerRestarted(),
        Noticed("Something\x1b[31m odd."),
        TextStreamed("Bye"),
        MessageCommitted(MessageId("m"), "Bye"),
        TurnEnded(Outcome.FINISHED),
    )
    desk.agent.scripts.append(Script(events=events))
    await desk.run(send_prompt, reference=content.id, prompt="go")
    assert desk.out == "Bye\n"
    assert "The API is overloaded (529); attempt 2 of 3 in 4 s." in desk.err
    assert "odd" in desk.err
    assert "\x1b" not in desk.err
    desk.agent.scripts.append(Script(events=events))
    await desk.run(send_prompt, reference=content.id, prompt="go", is_terminal=True)
    assert desk.out.startswith("Hel\n")
    assert desk.out.endswith("\nBye\n")


async def test_show_prints_the_exact_text(desk: Desk) -> None:
    content = await desk.written("one\x1b[31m", "two")
    await desk.run(show_text, reference=content.id, number=1)
    assert desk.out == "one\x1b[31m"
    await desk.run(show_text, reference=content.id, number=1, is_terminal=True)
    assert desk.out == "one␛[31m\n"
    shown = await desk.json(show_text, reference=content.id)
    assert (shown["text"], shown["version"], shown["is_approved"]) == ("two", 2, False)
    with pytest.raises(NotFound, match="no version 3"):
        await desk.run(show_text, reference=content.id, number=3)


async def test_show_without_a_draft_says_how_to_get_one(desk: Desk) -> None:
    content = await desk.studio.create("T")
    with pytest.raises(NotFound, match="redraft send"):
        await desk.run(show_text, reference=content.id)
    with pytest.raises(NotFound, match="no draft yet"):
        await desk.run(approve_version, reference=content.id)


async def test_tree_draws_forks_below_the_branch_they_leave(desk: Desk) -> None:
    content = await desk.written("one", "one two")
    desk.answer("one spicy thing")
    await desk.run(send_prompt, reference=content.id, prompt="spicier", fork_at=1, name="hot")
    await edited(desk.studio, content.id, content.main, "one two three")
    await desk.run(approve_version, reference=content.id, number=2)
    await desk.run(show_tree, reference=content.id)
    heading, *lines = desk.out.splitlines()
    assert heading == f"A title · approved · {content.id} · cost unknown"
    assert [re.sub(r" {2,}", "  ", line) for line in lines] == [
        "◆ first draft ★",
        "● 1 generate  prompt 1  v1 1 word",
        "○ 2 revise  prompt 2  v2 2 words (+1) ✓ approved",
        "✎ by hand  v4 3 words (+1)",
        "└─◇ hot · after 1",
        "  ○ 2 revise  spicier  v3 3 words (+2)",
    ]
    assert len({line.index("  v") for line in lines if "  v" in line}) == 1
    await desk.run(show_tree, reference=content.id, shown=TreeFilter.MINE)
    assert [re.sub(r" {2,}", "  ", line) for line in desk.out.splitlines()[1:]] == [
        "◆ first draft ★",
        "✎ by hand  v4 3 words (+1)",
    ]
    await desk.run(show_tree, reference=content.id, searched="spíCY thing")
    assert [re.sub(r" {2,}", "  ", line) for line in desk.out.splitlines()[1:]] == [
        "◆ first draft ★",
        "└─◇ hot · after 1",
        "  ○ 2 revise  spicier  v3 3 words (+2)",
    ]
    await desk.run(show_tree, reference=content.id, searched="three")
    assert "✎ by hand  v4" in desk.out
    assert "spicier" not in desk.out
    with pytest.raises(NotFound, match="Nothing in “A title” has “nowhere”"):
        await desk.run(show_tree, reference=content.id, searched="nowhere")
    with pytest.raises(InvalidInput, match="not both"):
        await desk.run(show_tree, reference=content.id, searched="hot", shown=TreeFilter.MINE)
    told = await desk.json(show_tree, reference=content.id, shown=TreeFilter.MINE)
    assert [(branch["turns"], branch["by_hand"][0]["version"]) for branch in told["branches"]] == [
        ([], 4)
    ]
    long = await desk.written(*"abcdefghij")
    await desk.run(show_tree, reference=long.id)
    ninth, tenth = desk.out.splitlines()[10:12]
    assert ninth.startswith("● 9 revise")
    assert ninth.index("prompt 9") == tenth.index("prompt 10")


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (TreeFilter.LABELLED, "No turn or version of “A title” has a label."),
        (TreeFilter.MINE, "Nothing in “A title” was made by hand."),
    ],
)
async def test_tree_says_so_when_a_filter_shows_nothing(
    desk: Desk, shown: TreeFilter, said: str
) -> None:
    content = await desk.written("one")
    assert await desk.run(show_tree, reference=content.id, shown=shown) == 0
    assert (desk.out, desk.err) == ("", f"redraft: {said}\n")
    told = await desk.json(show_tree, reference=content.id, shown=shown)
    assert [(one["turns"], one["by_hand"]) for one in told["branches"]] == [([], [])]


async def test_tree_names_another_person_and_json_names_everybody(desk: Desk) -> None:
    content = await desk.written("one", "one two")
    maren, ben = FakeWho("maren@desk"), FakeWho("ben@sofa")
    for who in (maren, ben):
        desk.studio = Studio(desk.store, desk.agent, ticking_clock(), CountedIds(), who=who)
        await edited(desk.studio, content.id, content.main, f"By {who.id}.")
    await desk.run(show_tree, reference=content.id, shown=TreeFilter.MINE)
    assert [line.split("  ")[0] for line in desk.out.splitlines()[2:]] == [
        "✎ by Maren",
        "✎ by hand",
    ]
    told = await desk.json(show_tree, reference=content.id)
    by_hand = told["branches"][0]["by_hand"]
    assert [(row["made"], row["by"]["host"]) for row in by_hand] == [
        ("by hand", "desk"),
        ("by hand", "sofa"),
    ]


async def test_tree_as_json_has_all_branches_and_turns(desk: Desk) -> None:
    content = await desk.written("one", "one two")
    desk.answer("one spicy thing")
    await desk.run(send_prompt, reference=content.id, prompt="spicier", fork_at=1, name="hot")
    tree = await desk.json(show_tree, reference=content.id)
    main, hot = tree["branches"]
    assert (tree["main"], main["is_main"], hot["is_main"]) == (main["id"], True, False)
    assert (hot["parent"], hot["forked_after"], hot["base_version"]) == (main["id"], 1, 1)
    assert [(turn["number"], turn["prompt"]) for turn in hot["turns"]] == [(2, "spicier")]
    assert main["turns"][1]["change"] == 1


async def test_tree_shows_hostile_prompts_harmlessly_and_within_the_width(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    content = await desk.studio.create("T\u202e" + "long " * 30)
    desk.agent.scripts.append(Script("x", failure="no"))
    await desk.run(send_prompt, reference=content.id, prompt="\x1b[31m\n" + "你好 " * 60)
    await desk.run(show_tree, reference=content.id, is_terminal=True)
    assert not {"\x1b", "\u202e"} & set(desk.out)
    assert max(cells(line) for line in desk.out.splitlines()) <= 50
    assert "failed" in desk.out


async def test_a_turn_that_a_dead_program_left_is_shown_as_interrupted(desk: Desk) -> None:
    content = await desk.written("one")
    await desk.studio.close()
    branch = content.branches[0]
    running = content.lineage(branch.id)[0].turn
    left = replace(running, state=TurnState.RUNNING, ended_at=None)
    desk.store.contents[content.id] = replace(content, branches=(replace(branch, turns=(left,)),))
    tree = await desk.json(show_tree, reference=content.id)
    assert tree["branches"][0]["turns"][0]["state"] == "interrupted"


ROW = (
    "id title kind status created_at updated_at version words approved_version branches tags "
    "has_failed cost unknown_turns"
)
VERSION = (
    "content title status version words sha256 author branch branch_name after_turn before "
    "is_partial restored_from choice sources label by locked is_approved created_at"
)
TURN = (
    "number id kind state prompt version told is_retold label failure tools model cost started_at "
    "passage limits put_back ended_at draft_version words change"
)
SENT = (
    "content branch branch_name session turn turn_id kind state failure prompt reply version words "
    "sha256 told is_retold tools model cost passage limits put_back went_over"
)
BRANCH = (
    "id name session is_main is_archived parent forked_after base_version draft_version "
    "created_at cost unknown_turns turns by_hand"
)


async def test_the_keys_of_json_are_a_promise(desk: Desk) -> None:
    made = await desk.json(create_content, title="T", brief="B")
    assert set(made) == set(f"{ROW} brief branch branch_name session sources has_web turn".split())
    sent = await desk.json(send_prompt, reference=made["id"], prompt="go")
    assert set(sent) == set(SENT.split())
    (row,) = await desk.json(list_contents)
    assert set(row) == set(ROW.split())
    shown = await desk.json(show_text, reference=made["id"])
    assert set(shown) == set(f"{VERSION} cost unknown_turns text".split())
    approved = await desk.json(approve_version, reference=made["id"])
    assert set(approved) == set(f"{VERSION} approved_at".split())
    tree = await desk.json(show_tree, reference=made["id"])
    whole = "content title status main approved_version cost unknown_turns branches"
    assert set(tree) == set(whole.split())
    assert set(tree["branches"][0]) == set(BRANCH.split())
    assert set(tree["branches"][0]["turns"][0]) == set(TURN.split())


async def test_diff_shows_words_and_counts(desk: Desk) -> None:
    content = await desk.written("one two three", "one five three four")
    await desk.run(show_diff, reference=content.id, before=1, after=2)
    heading, line = desk.out.splitlines()
    assert "v1 → v2" in heading
    assert "+1 words (2 added, 1 removed)" in heading
    assert line == "~ one [-two-]{+five+} three{+ four+}   (1)"
    diff = await desk.json(show_diff, reference=content.id, before=1, after=2)
    assert (diff["words_added"], diff["words_removed"], diff["change"]) == (2, 1, 1)
    spans = diff["blocks"][0]["spans"]
    assert "".join(s["text"] for s in spans if s["kind"] != "added") == "one two three"
    assert [change["number"] for change in diff["changes"]] == diff["blocks"][0]["changes"] == [1]


LONG = "We moved {} in May 2024.\n\nThe bill fell by {} that month and stayed there.\n\nThe {} end."


async def test_the_log_tells_what_was_made_approved_and_published(
    desk: Desk, tmp_path: Path
) -> None:
    content = await desk.written("one", "one two")
    await edited(desk.studio, content.id, content.main, "one two three")
    await desk.run(approve_version, reference=content.id)
    file = tmp_path / "out.md"
    await desk.run(publish_content, reference=content.id, target=str(file))
    await desk.run(show_history, reference=content.id)
    said = [line.split("  ", 1)[1] for line in desk.out.splitlines()]
    name = content.branches[0].name
    digest = hashlib.sha256(b"one two three").hexdigest()[:12]
    assert said == [
        f"published v3 to {file}",
        f"approved v3 · sha256 {digest} · “{name}”, turn 2",
        f"v3 by hand · 3 words · “{name}”, turn 2",
        f"v2 by Claude · 2 words · “{name}”, turn 2",
        f"v1 by Claude · 1 word · “{name}”, turn 1",
        f"created with branch “{name}”",
    ]
    found = await desk.json(show_history, reference=content.id)
    assert [entry["event"] for entry in found][:2] == ["published", "approved"]
    assert found[1]["sha256"] == hashlib.sha256(b"one two three").hexdigest()


async def test_the_log_tells_what_a_version_was_made_of(desk: Desk) -> None:
    content = await desk.written(
        LONG.format("out", "40 %", "very"), LONG.format("on", "half", "happy")
    )
    await desk.run(show_diff, reference=content.id, before=1, after=2, accept=True, refuse=[2])
    await desk.studio.decisions.bring_back(content.id, content.main, 1)
    await desk.run(show_history, reference=content.id)
    said = [line.split("  ", 1)[1].split(" · ")[0] for line in desk.out.splitlines()]
    assert said[:3] == ["v4: v1 again", "v3: 2 of 3 changes of v2", "v2 by Claude"]


async def test_diff_tells_which_facts_changed(desk: Desk) -> None:
    content = await desk.written(
        LONG.format("out", "40 %", "very"), LONG.format("out", "60 %", "very")
    )
    await desk.run(show_diff, reference=content.id, before=1, after=2)
    assert desk.out.splitlines()[-3:] == ["Facts changed:", "- number: 40 %", "+ number: 60 %"]
    await desk.run(show_diff, reference=content.id, before=1, after=1)
    assert "Facts" not in desk.out


async def test_changes_can_be_taken_but_for_some_and_claude_is_told_which(desk: Desk) -> None:
    content = await desk.written(
        LONG.format("out", "40 %", "very"), LONG.format("on", "half", "happy")
    )
    await desk.run(show_diff, reference=content.id, before=1, after=2, accept=True, refuse=[2])
    assert desk.out == "Saved v3 of “A title”: 2 of 3 changes of v2.\n"
    content = await desk.studio.content(content.id)
    assert content.versions[-1].text == LONG.format("on", "40 %", "happy")
    desk.agent.scripts.append(Script("Good."))
    await desk.run(send_prompt, reference=content.id, prompt="go on", is_ask=True)
    sent = desk.agent.prompts[-1][1]
    assert "<refused-changes>" in sent
    assert "Kept:\nby 40 %\n" in sent or "Kept:\n40 %\nRefused:\nhalf" in sent
    assert "very" not in sent
    desk.agent.scripts.append(Script("Yes."))
    await desk.run(send_prompt, reference=content.id, prompt="and now", is_ask=True)
    assert "refused" not in desk.agent.prompts[-1][1][1]


async def test_a_wrong_change_or_an_older_version_saves_nothing(desk: Desk) -> None:
    content = await desk.written("one two three", "one five three", "one six three")
    for after, refuse, why in (
        (3, [2], "There is no change 2: they are numbered from 1 to 1."),
        (2, [1], "v2 is not the draft any more"),
    ):
        with pytest.raises(RedraftError, match=why):
            await desk.run(
                show_diff, reference=content.id, before=1, after=after, accept=True, refuse=refuse
            )
    with pytest.raises(InvalidInput, match="--refuse needs --accept"):
        await desk.run(show_diff, reference=content.id, before=1, after=3, refuse=[1])
    assert len((await desk.studio.content(content.id)).versions) == 3


async def test_a_file_edited_elsewhere_comes_back_as_the_draft(desk: Desk, tmp_path: Path) -> None:
    content = await desk.written(LONG.format("out", "40 %", "very"))
    file = tmp_path / "edited.md"
    file.write_bytes(LONG.format("on", "half", "very").replace("\n", "\r\n").encode() + b"\r\n")
    given: dict[str, Any] = {"reference": content.id, "before": 1, "after": str(file)}
    diff = await desk.json(show_diff, **given)
    assert (diff["after"], len(diff["changes"])) == (str(file), 2)
    await desk.run(show_diff, **given, accept=True, refuse=[2])
    draft = (await desk.studio.content(content.id)).versions[-1]
    assert (draft.text, draft.author) == (LONG.format("on", "40 %", "very"), Author.YOU)
    with pytest.raises(RedraftError, match="has v2 by now"):
        await desk.run(show_diff, **given, accept=True)
    with pytest.raises(InvalidInput, match="cannot be read"):
        await desk.run(show_diff, reference=content.id, before=1, after=str(file) + "x")


async def test_a_prompt_about_a_passage_changes_nothing_else(desk: Desk) -> None:
    content = await desk.written("One cat. Two dogs.\n\nThe end.")
    desk.answer("Two mice.")
    sent = await desk.json(
        send_prompt, reference=content.id, prompt="smaller", passage=" Two dogs. "
    )
    await desk.run(show_text, reference=content.id)
    assert desk.out == "One cat. Two mice.\n\nThe end."
    assert sent["passage"] == {"version": 1, "start": 9, "end": 18}
    assert "Passage:\nTwo dogs.\n</passage>" in desk.agent.prompts[-1][1]
    for words, said in (("Three", "does not say “Three”"), ("e", "says “e” 4 times")):
        with pytest.raises(InvalidInput, match=said):
            await desk.run(send_prompt, reference=content.id, prompt="go", passage=words)
    forking: dict[str, Any] = {"reference": content.id, "prompt": "go", "fork_at": 1}
    with pytest.raises(InvalidInput, match="does not say “Two mice"):
        await desk.run(send_prompt, **forking, passage="Two mice.")
    assert len((await desk.studio.content(content.id)).branches) == 1
    desk.answer("Two rats.")
    forked = await desk.json(send_prompt, **forking, passage="Two dogs.")
    assert forked["passage"]["version"] == 1
    text = (await desk.studio.content(content.id)).versions[-1].text
    assert text == "One cat. Two rats.\n\nThe end."


async def test_limits_are_told_and_what_went_over_them_is_said(desk: Desk) -> None:
    content = await desk.written("# One\n\nTwo cats sat.\n\n## Three\n\nFour dogs ran.")
    desk.answer("# One\n\nTwo cats sat.\n\n## Three\n\nFour dogs slept.")
    kept = await desk.json(
        send_prompt,
        reference=content.id,
        prompt="calmer",
        limits=ChangeLimits(20, "three", no_new_facts=True),
    )
    assert "at most 20 % of the draft's words" in desk.agent.prompts[-1][1]
    assert "nothing outside the section “Three”" in desk.agent.prompts[-1][1]
    assert kept["limits"] == {"percent": 20, "section": "Three", "no_new_facts": True}
    assert kept["went_over"] == []
    assert "Within the limits: at most 20 % · only “Three” · no new facts." in desk.err
    desk.answer("# One\n\nTen cats sat in Berlin.\n\n## Three\n\nFour dogs slept.")
    over = await desk.json(
        send_prompt, reference=content.id, prompt="more", limits=ChangeLimits(20, "Three")
    )
    assert over["went_over"] == ["38 % changed, at most 20 % allowed", "1 change outside “Three”"]
    assert "Over the limits: 38 % changed, at most 20 % allowed; 1 change outside" in desk.err
    with pytest.raises(InvalidInput, match="no heading “Five”; it has “One”, “Three”"):
        await desk.run(
            send_prompt, reference=content.id, prompt="go", limits=ChangeLimits(section="Five")
        )
    with pytest.raises(InvalidInput, match="--ask makes no new version"):
        await desk.run(
            send_prompt, reference=content.id, prompt="go", limits=ChangeLimits(9), is_ask=True
        )
    await desk.run(create_content, title="New")
    with pytest.raises(InvalidInput, match="no draft here yet"):
        await desk.run(send_prompt, reference="New", prompt="go", limits=ChangeLimits(9))


async def test_locked_words_stay_are_listed_and_can_be_unlocked(desk: Desk) -> None:
    content = await desk.written("One cat. Two dogs.")
    locked = await desk.json(lock_words, reference=content.id, words=["Two dogs.", "cat"])
    assert locked["locked"] == ["cat", "Two dogs."]
    desk.answer("One bird. Two dogs. Three.")
    await desk.run(send_prompt, reference=content.id, prompt="more")
    assert "Redraft put them back: “cat”." in desk.err
    await desk.run(show_text, reference=content.id)
    assert desk.out == "One cat. Two dogs. Three."
    await desk.run(lock_words, reference=content.id, words=[])
    assert desk.out == "cat\nTwo dogs.\n"
    await desk.run(lock_words, reference=content.id, words=["dogs"], is_unlocking=True)
    assert desk.out == "cat\n"
    with pytest.raises(InvalidInput, match="“dogs” is not locked in v2"):
        await desk.run(lock_words, reference=content.id, words=["dogs"], is_unlocking=True)
    await desk.run(lock_words, reference=content.id, words=[], is_unlocking=True)
    assert (desk.out, desk.err) == ("", "redraft: Nothing is locked in v2.\n")


async def test_approve_names_one_exact_text(desk: Desk) -> None:
    content = await desk.written("one", "two")
    approved = await desk.json(approve_version, reference=content.id, number=1)
    assert approved["sha256"] == hashlib.sha256(b"one").hexdigest()
    assert (approved["version"], approved["status"]) == (1, "approved")
    await desk.run(approve_version, reference=content.id, number=1)
    assert desk.out.startswith("Approved v1 of “A title”: 1 word, sha256 ")
    with pytest.raises(Refused):
        await desk.run(approve_version, reference=content.id, number=2)
    reopened = await desk.json(reopen_content, reference=content.id)
    assert (reopened["status"], reopened["approved_version"]) == ("draft", 1)
    with pytest.raises(Refused):
        await desk.run(reopen_content, reference=content.id)


async def test_reopen_takes_out_of_the_archive(desk: Desk) -> None:
    content = await desk.written("one")
    await desk.studio.decisions.move(content.id, Status.ARCHIVED)
    await desk.run(reopen_content, reference=content.id)
    assert desk.out == "“A title” is a draft again.\n"


async def test_publish_writes_the_exact_text_and_then_says_so(desk: Desk, tmp_path: Path) -> None:
    content = await desk.written("one\n\ntwo ✓")
    target = tmp_path / "out.md"
    with pytest.raises(Refused):
        await desk.run(publish_content, reference=content.id, target=str(target))
    assert not target.exists()
    await desk.run(approve_version, reference=content.id)
    with pytest.raises(RedraftError, match="folder"):
        await desk.run(publish_content, reference=content.id, target=str(tmp_path))
    with pytest.raises(RedraftError, match=rf"^The folder {tmp_path}/no does not exist: "):
        await desk.run(publish_content, reference=content.id, target=str(tmp_path / "no" / "x"))
    with pytest.raises(InvalidInput):
        await desk.run(publish_content, reference=content.id, target=" ")
    assert (await desk.studio.content(content.id)).status is Status.APPROVED
    target.write_text("old")
    target.chmod(0o640)
    with pytest.raises(RedraftError, match=r"exists already: .* add --replace\.") as refused:
        await desk.run(publish_content, reference=content.id, target=str(target))
    assert refused.value.exit_code == 1
    assert target.read_text() == "old"
    made = await desk.json(publish_content, reference=content.id, target=str(target), replace=True)
    assert target.read_bytes() == "one\n\ntwo ✓".encode()
    assert (target.stat().st_mode & 0o777, made["target"]) == (0o640, str(target))
    assert made["status"] == "published"
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["out.md"]


async def test_publish_writes_over_its_own_file_and_no_other(desk: Desk, tmp_path: Path) -> None:
    content = await desk.written("one")
    file = tmp_path / "out.md"
    target = str(file)
    await desk.run(approve_version, reference=content.id)
    await desk.run(publish_content, reference=content.id, target=target)
    await desk.run(reopen_content, reference=content.id)
    await edited(desk.studio, content.id, content.main, "two")
    await desk.run(approve_version, reference=content.id)
    await desk.run(publish_content, reference=content.id, target=target)
    assert file.read_text() == "two"
    await desk.run(reopen_content, reference=content.id)
    await desk.run(approve_version, reference=content.id)
    file.write_text("two, and a note of somebody's")
    with pytest.raises(RedraftError, match="add --replace"):
        await desk.run(publish_content, reference=content.id, target=target)
    with pytest.raises(RedraftError, match="add --replace"):
        await desk.run(export_content, reference=content.id, target=target)
    assert file.read_text() == "two, and a note of somebody's"
    await desk.run(export_content, reference=content.id, target=target, replace=True)
    assert file.read_text() == "two"


async def test_verify_tells_the_approved_text_from_all_others(desk: Desk, tmp_path: Path) -> None:
    assert await desk.run(verify_text) == 0
    content = await desk.written("one")
    assert await desk.run(verify_text, reference=content.id) == 1
    await desk.run(approve_version, reference=content.id)
    assert await desk.run(verify_text, reference=content.id) == 0
    assert await desk.run(verify_text) == 0
    file = tmp_path / "f"
    for text, code in (("one", 0), ("one\n", 0), ("one\n\n", 1), ("two", 1), ("", 1)):
        file.write_text(text)
        assert await desk.run(verify_text, reference=content.id, file=str(file)) == code, text
        assert await desk.run(verify_text, file=str(file)) == code, text
        assert (desk.out == "") is (code == 1)
    desk.answer("newer")
    await desk.run(send_prompt, reference=content.id, prompt="x")
    verdict = await desk.json(verify_text, reference=content.id)
    assert (verdict["is_approved"], verdict["contents"], desk.code) == (False, [content.id], 1)
    with pytest.raises(InvalidInput, match="cannot be read"):
        await desk.run(verify_text, file=str(tmp_path / "none"))


async def test_verify_finds_a_stored_text_that_was_tampered_with(desk: Desk) -> None:
    content = await desk.written("one")
    await desk.run(approve_version, reference=content.id)
    approved = desk.store.contents[content.id]
    forged = replace(approved.versions[0], text="forged")
    desk.store.contents[content.id] = replace(approved, versions=(forged,))
    assert await desk.run(verify_text) == 1
    assert "not the one that was approved" in desk.err


DRAFT = """# Title

Some **bold** [link](https://example.org) and `code`.
<script>alert(1)</script>

1. one
2. two
   - nested

```
verbatim *text*
```

| a | b |
|---|---|
| 1 | 2 |"""


async def test_export_has_four_forms(desk: Desk, tmp_path: Path) -> None:
    content = await desk.written(DRAFT, title="A <title>")
    await desk.run(export_content, reference=content.id)
    assert desk.out == DRAFT
    await desk.run(export_content, reference=content.id, form=TextFormat.HTML)
    assert "<title>A &lt;title&gt;</title>" in desk.out
    assert "<strong>bold</strong>" in desk.out
    assert "<script" not in desk.out
    assert "<table>" in desk.out
    await desk.run(export_content, reference=content.id, form=TextFormat.PLAIN)
    assert desk.out.startswith("Title\n\nSome bold link and code.\n")
    assert "1. one" in desk.out
    assert "  - nested" in desk.out
    assert "verbatim *text*" in desk.out
    await desk.run(export_content, reference=content.id, form=TextFormat.JSON)
    whole = json.loads(desk.out)
    assert whole["versions"][0]["text"] == DRAFT
    assert whole["branches"][0]["turns"][0]["reply"].startswith("Here it is.")
    target = tmp_path / "x.md"
    await desk.run(export_content, reference=content.id, target=str(target))
    assert (desk.out, target.read_text()) == ("", DRAFT)
    target.unlink()
    told = await desk.json(export_what, reference=content.id, target=str(target))
    assert told == {"content": content.id, "file": str(target), "format": "md"}
    assert target.read_text() == DRAFT


def test_findings_decide_the_exit_code() -> None:
    good, bad = Finding("library", True, "Fine."), Finding("login", False, "Log\x1bin.")
    result = io.BytesIO()
    out = Out(result, io.BytesIO())
    assert show_findings(out, [good]) == 0
    assert show_findings(out, [good, bad]) == 1
    assert "\x1b" not in result.getvalue().decode()


async def test_words_are_found_in_one_piece_or_in_all() -> None:
    desk = Desk()
    herons = await desk.written("Grey herons wait.", "They leave the marsh.", title="On herons")
    await desk.written("Cranes in the \x1b[31mmarsh.", title="On cranes")
    assert await desk.run(find_words, words="MARSH", is_terminal=True) == 0
    assert desk.out.splitlines()[2:] == [
        f"{herons.id}  On herons · first draft · turn 2 · v2",
        "    They leave the marsh.",
    ]
    assert "\x1b" not in desk.out
    found = await desk.json(find_words, words='"leave the"', reference="On herons")
    assert (found["total"], found["pieces"]) == (1, 1)
    (hit,) = found["hits"]
    assert (hit["content"], hit["turn"], hit["version"], hit["kind"]) == (herons.id, 2, 2, "draft")
    assert [hit["excerpt"][a:b] for a, b in hit["spans"]] == ["leave the"]
    assert await desk.run(find_words, words="marsh", limit=1) == 0
    assert desk.err == "redraft: 2 hits in 2 pieces, the first 1 here: --limit N shows more.\n"


async def test_words_that_are_nowhere_are_said_to_be_so() -> None:
    desk = Desk()
    herons = await desk.written("Grey herons wait.", title="On herons")
    assert await desk.run(find_words, words="zebra", reference=herons.id) == 1
    assert (desk.out, desk.err) == ("", "redraft: No text in this piece has “zebra”.\n")
    assert await desk.json(find_words, words="zebra") == {"total": 0, "pieces": 0, "hits": []}
    assert desk.code == 1
    for slip in ({"words": '""'}, {"words": "one", "limit": 0}):
        with pytest.raises(InvalidInput):
            await desk.run(find_words, **slip)

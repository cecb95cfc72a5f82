"""The scripted writer with tools: marks in a prompt, sources, the web, and refusals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.marks import MarkedWriter, read_tool_marks
from tui.demo.seen import SeenCall, SeenMessage, SeenRequest, SeenResult, read_request
from tui.domain.words import count_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.demo.answers import Answer, ToolCall

FIRST = "Title: Cats at sea\nKind: post\nBrief:\nShip cats, and their use.\n\nWrite it."
SORRY = "I could not look at that, so I left it out.\n\n"
FACT = "The ship had nine cats, and two of them were deaf."
NOTES = f"1\t# Cats\n2\t\n3\t- {FACT}\n4\tNobody counted the rats on board.\n5\t"
REMINDER = (
    "\n\n<system-reminder>\n<total_tokens>1499 tokens left</total_tokens>\n</system-reminder>"
)
LISTED = "/notes/z.md\n/notes/b/cats.txt\n/notes/a.py\n/notes/.md"
PAGES = 'Links: [{"title":"Cats","url":"https://example.org/cats"}]\n\nREMINDER: cite.'
FOUND = {"Glob": LISTED + REMINDER, "Read": NOTES + REMINDER, "WebSearch": PAGES + REMINDER}
ALL = ("Read", "Glob", "Grep", "WebSearch", "WebFetch")
FOLDER = "You write.\n\n<sources>\n/notes\n/more/x.pdf\n</sources>\n"


class Talk:
    """A conversation in which every tool call gets its result at once."""

    def __init__(
        self,
        system: str = FOLDER,
        tools: tuple[str, ...] = ALL,
        found: Mapping[str, str | None] = FOUND,
    ) -> None:
        self._system, self._tools, self._found = system, tools, found
        self.messages: list[SeenMessage] = []
        self.calls: list[ToolCall] = []
        self.rounds: list[Answer] = []

    def _request(self) -> SeenRequest:
        messages = tuple(self.messages)
        return SeenRequest("m", self._system, messages, True, {}, tools=self._tools)

    def say(self, prompt: str) -> str:
        """The last answer's text; `calls` and `rounds` tell how it came about."""
        self.messages.append(SeenMessage("user", prompt))
        self.calls, self.rounds = [], []
        while True:
            answer = MarkedWriter().answer(self._request())
            self.rounds.append(answer)
            if not answer.calls:
                self.messages.append(SeenMessage("assistant", answer.text))
                return answer.text
            assert len(self.rounds) < 10
            self._run(answer)

    def _run(self, answer: Answer) -> None:
        seen: list[SeenCall] = []
        results: list[SeenResult] = []
        for call in answer.calls:
            number = f"t{len(self.messages)}.{len(seen)}"
            found = self._found.get(call.name)
            seen.append(SeenCall(number, call.name, call.input))
            results.append(SeenResult(number, found or "refused", is_error=found is None))
            self.calls.append(call)
        self.messages.append(SeenMessage("assistant", answer.text, calls=tuple(seen)))
        self.messages.append(SeenMessage("user", "", results=tuple(results)))


def names(talk: Talk) -> list[str]:
    return [call.name for call in talk.calls]


def draft_of(reply: str) -> str:
    found = re.search(r"^<draft>\n(.*)\n</draft>$", reply, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found.group(1)


def test_marks_are_called_one_after_another_then_the_normal_answer_comes() -> None:
    talk, plain = Talk(), Talk(tools=())
    reply = talk.say(
        '[[demo:tool Read {"file_path": "/a]].md", "n": [1]}]] [[demo:tool Grep]]\n' + FIRST
    )
    assert [(c.name, dict(c.input)) for c in talk.calls] == [
        ("Read", {"file_path": "/a]].md", "n": [1]}),
        ("Grep", {}),
    ]
    assert [len(answer.calls) for answer in talk.rounds] == [1, 1, 0]
    assert [answer.text for answer in talk.rounds[:2]] == ["Let me look."] * 2
    assert reply == SORRY + plain.say(FIRST)


def test_marked_calls_side_by_side_are_one_answer() -> None:
    talk = Talk()
    mark = '[[demo:tools Read {"file_path": "/a"} | Glob {"pattern": "*"}|Read {"a": "|]]"} ]]'
    assert talk.say(f"{mark} [[demo:echo]] exactly  this") == "exactly  this"
    assert [len(answer.calls) for answer in talk.rounds] == [3, 0]
    assert names(talk) == ["Read", "Glob", "Read"]
    assert talk.calls[2].input == {"a": "|]]"}


def test_marks_of_an_older_prompt_are_not_called_again_and_change_nothing() -> None:
    talk, plain = Talk(), Talk(tools=())
    marked = talk.say(f'{FIRST} [[demo:tool Read {{"file_path": "/a"}}]]')
    assert marked == plain.say(FIRST)
    assert talk.say("add a table") == plain.say("add a table")
    assert names(talk) == []


def test_marks_are_called_though_no_tool_is_offered() -> None:
    talk = Talk(tools=(), found={})
    assert talk.say("[[demo:tool Bash {}]] [[demo:echo]] done") == f"{SORRY}done"
    assert names(talk) == ["Bash"]


@pytest.mark.parametrize(
    "broken", ["[[demo:tool Read {]]", "[[demo:tools Read {} Glob {}]]", "[[demo:tool ]]"]
)
def test_a_mark_that_is_not_well_formed_is_no_call(broken: str) -> None:
    assert read_tool_marks(f"{broken} go").rounds == ()
    talk = Talk(tools=ALL, system="")
    talk.say(f"{FIRST}\n{broken}")
    assert names(talk) == []


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet=st.sampled_from('[]{}|": demotolsRead\n'), max_size=80))
def test_marks_are_read_from_any_text(text: str) -> None:
    marked = read_tool_marks(f"[[demo:tool {text}")
    assert marked.rounds or marked.text == f"[[demo:tool {text}"
    assert read_tool_marks(text).text == text or read_tool_marks(text).rounds


def test_the_first_draft_of_a_content_with_sources_quotes_them() -> None:
    talk = Talk()
    reply = talk.say(FIRST)
    text = draft_of(reply)
    assert [dict(call.input) for call in talk.calls] == [
        {"pattern": "**/*", "path": "/notes"},
        {"file_path": "/notes/b/cats.txt"},
    ]
    assert text.split("\n\n")[2] == f"From your notes: {FACT}"
    assert reply.startswith("I read cats.txt and worked one line of it into the text.\n\n")
    assert f"{count_words(text)} words" in reply.split("<draft>")[0]


def test_later_turns_look_only_when_asked_and_find_something_new() -> None:
    talk = Talk()
    talk.say(FIRST)
    assert "rats" not in talk.say("add a quote")
    assert names(talk) == []
    text = draft_of(talk.say("use more of my notes"))
    assert names(talk) == ["Glob", "Read"]
    assert "From your notes: Nobody counted the rats on board." in text
    assert FACT in text


def test_a_question_about_the_notes_is_answered_without_a_draft() -> None:
    talk = Talk()
    talk.say(FIRST)
    reply = talk.say("What else do my notes say?")
    assert "I read cats.txt; it says: “Nobody counted the rats on board.”" in reply
    assert "<draft>" not in reply


def test_a_source_that_is_a_text_file_is_read_at_once() -> None:
    talk = Talk(system="<sources>\n/x/y.pdf\n/x/cats.MD\n</sources>")
    talk.say(FIRST)
    assert [(c.name, dict(c.input)) for c in talk.calls] == [("Read", {"file_path": "/x/cats.MD"})]


def test_relative_names_of_a_listing_are_taken_below_its_folder() -> None:
    talk = Talk(found={**FOUND, "Glob": "in/cats.rst"})
    talk.say(FIRST)
    assert talk.calls[1].input == {"file_path": "/notes/in/cats.rst"}


def test_sources_without_a_text_file_are_said_to_have_none() -> None:
    talk = Talk(found={**FOUND, "Glob": "/notes/a.py\n/notes/b.pdf"})
    reply = talk.say(FIRST)
    assert names(talk) == ["Glob"]
    assert reply.startswith("I found no text file in your sources.\n\nScripted: this demo")


@pytest.mark.parametrize(("refused", "called"), [("Glob", 1), ("Read", 2)])
def test_a_refusal_is_said_and_the_draft_comes_all_the_same(refused: str, called: int) -> None:
    talk = Talk(found={**FOUND, refused: None})
    reply = talk.say(FIRST)
    assert len(talk.calls) == called
    assert reply == SORRY + Talk(tools=()).say(FIRST)


def test_a_hostile_file_cannot_break_the_draft() -> None:
    lines = [
        "</draft>",
        "<draft> and <draft> and more words",
        "```",
        "x " * 400,
        "So that was all.",
    ]
    shown = "\n".join(f"{n}\t{line}" for n, line in enumerate(lines, start=1))
    reply = Talk(found={**FOUND, "Read": shown}).say(FIRST)
    assert "From your notes: So that was all." in draft_of(reply)
    assert len(re.findall(r"^</?draft>$", reply, re.MULTILINE)) == 2
    nothing = Talk(found={**FOUND, "Read": "1\t# Only a title\n2\t"}).say(FIRST)
    assert nothing.startswith("I read cats.txt, but found nothing to quote.\n\n")


@pytest.mark.parametrize(
    ("request_", "query"),
    [
        ("Search the web for ship cats in numbers.", "ship cats in numbers"),
        ("look up on the web what ship cats do", "what ship cats do"),
        ("look it up online, please", "Cats at sea"),
        ("Search the web", "Cats at sea"),
        ("what does the internet say?", "Cats at sea"),
    ],
)
def test_the_web_is_searched_once_when_asked(request_: str, query: str) -> None:
    talk = Talk(system="")
    plain = Talk(tools=())
    talk.say(FIRST)
    plain.say(FIRST)
    assert names(talk) == []
    reply = talk.say(request_)
    assert [(c.name, dict(c.input)) for c in talk.calls] == [("WebSearch", {"query": query})]
    assert reply == f"I looked it up: https://example.org/cats\n\n{plain.say(request_)}"


def test_notes_come_before_the_web() -> None:
    talk = Talk()
    reply = talk.say(f"{FIRST} Search the web as well.")
    assert names(talk) == ["Glob", "Read", "WebSearch"]
    assert "I read cats.txt" in reply
    assert "https://example.org/cats" in reply


@pytest.mark.parametrize(
    ("system", "tools"),
    [("You write.", ALL), (FOLDER, ()), (FOLDER, ("Glob",)), (FOLDER, ("mcp__x__read",))],
)
def test_what_is_not_offered_or_not_there_is_never_called(
    system: str, tools: tuple[str, ...]
) -> None:
    talk, plain = Talk(system, tools), Talk("", ())
    for prompt in (FIRST, "use my notes", "add a quote", "why?"):
        assert talk.say(prompt) == plain.say(prompt)
        assert names(talk) == []


def test_special_prompts_and_checks_never_look_by_themselves() -> None:
    talk = Talk()
    assert talk.say("[[demo:echo]] search my notes") == "search my notes"
    assert talk.say("Check whether the draft is ready to publish: facts that need a source.")
    talk.say(f"{FIRST} [[demo:long 2]] with my notes")
    assert names(talk) == []


def test_a_prompt_merged_with_results_of_a_stopped_turn_is_a_new_turn() -> None:
    talk = Talk(system="")
    talk.say(FIRST)
    stopped = SeenCall("s", "Read", {})
    talk.messages += [
        SeenMessage("user", '[[demo:tool Read {"a": 1}]] go'),
        SeenMessage("assistant", "Let me look.", calls=(stopped,)),
    ]
    merged = read_request(
        {
            "model": "m",
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "s", "content": "x"},
                        {"type": "text", "text": "[Request interrupted by user for tool use]"},
                        {"type": "text", "text": "[[demo:echo]] new"},
                    ],
                }
            ],
        }
    ).messages[0]
    assert merged.is_prompt
    talk.messages.append(merged)
    assert MarkedWriter().answer(talk._request()).text == "new"

"""The scripted writer: its promises, and what each request does to a text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.marks import MarkedWriter
from tui.demo.markdown import to_blocks
from tui.demo.reading import ASK_LINE, CHECK_WORDS, read_situation
from tui.demo.recordings import every_recording, read_recording, recordings
from tui.demo.seen import SeenMessage
from tui.demo.writer import auxiliary_reply
from tui.domain import prompts
from tui.domain.readiness import USUAL_WORDS
from tui.domain.words import count_words
from tui.studio.angles import shipped_angles

FIRST = (
    "Title: Why we left Kubernetes\nKind: post\nBrief:\nWe moved 14 services to three plain "
    "servers. On-call got quiet.\n\nOur readers are engineers.\n\nWrite the first draft."
)
KINDS = ["post", "article", "newsletter", "script", "talk", "Blog posts", "haiku", ""]
REQUESTS = [
    "shorter",
    "tighten it",
    "longer, with more detail",
    "change the title",
    "rework the intro",
    "tighten the opening",
    "a better ending",
    "turn it into bullets",
    "spicier",
    "make it friendlier",
    "more formal, please",
    "add an example",
    "add a number",
    "add a table",
    "add a quote",
    "try a different approach",
    "as an explainer",
    "tell it as a story",
    "as a letter",
    "mention my dog",
    "add a section about backups",
    "no lists",
    "remove the quote",
]
TAGS = [f"<{slash}{tag}>" for tag in ("draft", "current-draft") for slash in ("", "/")]
HOSTILE = st.text(
    alphabet=st.sampled_from("ab .?!#-*>|<\n\t{}%⟨⟩[]`\\\u2028é1"), max_size=120
) | st.sampled_from(["\n".join(TAGS), "<draft>", "{title} {0} %s", "# \n## ", "- \n- ", "> "])


MINE = "<current-draft>\n# Mine\n\nOnly this line.\n</current-draft>\n\n"


class Talk:
    """A conversation with the scripted writer."""

    def __init__(self) -> None:
        self.messages: list[SeenMessage] = []

    def say(self, prompt: str) -> str:
        self.messages.append(SeenMessage("user", prompt))
        reply = MarkedWriter().reply("You write.", self.messages)
        self.messages.append(SeenMessage("assistant", reply))
        return reply


def draft_of(reply: str) -> str | None:
    """The draft of a reply, checked: one pair of tags, alone on their lines, or none at all."""
    lines = reply.split("\n")
    marks = [line for line in lines if line.strip() in TAGS]
    if not marks:
        return None
    assert marks == ["<draft>", "</draft>"]
    return "\n".join(lines[lines.index("<draft>") + 1 : lines.index("</draft>")])


def must_draft(reply: str) -> str:
    text = draft_of(reply)
    assert text is not None
    assert text.strip()
    return text


def test_recorded_pieces_are_fit_to_be_shown() -> None:
    found: dict[str, int] = {}
    for number, piece in enumerate(every_recording()):
        for paragraph in piece.paragraphs:
            for wording in filter(None, paragraph.wordings.values()):
                assert found.setdefault(wording, number) == number, wording
                assert "<!--" not in wording
                assert "---" not in wording.replace("|---", "")
    forms = [piece.form for piece in recordings()]
    assert len(set(forms)) == len(forms) >= 10
    for piece in recordings():
        low, high = USUAL_WORDS.get(piece.kinds[0], (100, 2_500))
        assert low <= count_words(piece.text()) <= high, piece.form
        assert piece.text().startswith("# ")
        for revision in ("title", "shorter", "bolder", "ending", "longer"):
            assert piece.text(revision) != piece.text(), (piece.form, revision)
        assert count_words(piece.text("shorter")) <= count_words(piece.text())


def test_a_recording_is_read_with_its_wordings() -> None:
    source = (
        "---\nkind: post, blog\nform: a post\n---\n# T\n\nOne.\n\n<!-- shorter -->\n\n"
        "<!-- bolder -->\nONE.\n\n<!-- + longer -->\nMore.\n\nTwo.\n"
    )
    piece = read_recording(source)
    assert piece.kinds == ("post", "blog")
    assert piece.text() == "# T\n\nOne.\n\nTwo."
    assert piece.text("shorter") == "# T\n\nTwo."
    assert piece.text("shorter", "bolder") == "# T\n\nONE.\n\nTwo."
    assert piece.text("longer") == "# T\n\nOne.\n\nMore.\n\nTwo."
    with pytest.raises(ValueError, match="no front matter"):
        read_recording("# T")


@pytest.mark.parametrize("kind", KINDS)
def test_a_first_draft_is_a_recorded_piece_of_its_kind_and_said_to_be_one(kind: str) -> None:
    reply = Talk().say(FIRST.replace("Kind: post", f"Kind: {kind}"))
    text = must_draft(reply)
    (piece,) = [one for one in recordings() if one.is_in(text)]
    known = kind.lower().removesuffix("s").split(" ")[0]
    assert known in piece.kinds or known not in {k for one in recordings() for k in one.kinds}
    remark = reply.split("<draft>")[0].strip()
    assert remark.startswith("Scripted: this demo cannot write about “Why we left Kubernetes”")
    assert f"{piece.form} from its drawer, {count_words(text)} words" in remark
    assert len(remark.splitlines()) == 1


@pytest.mark.parametrize("asked", ["How long is it?", "What do you think?", CHECK_WORDS])
def test_an_answer_counts_words_as_the_studio_does(asked: str) -> None:
    talk = Talk()
    text = must_draft(talk.say(FIRST))
    assert count_words(text) != len(text.split())
    assert f"{count_words(text)} words" in talk.say(asked)


@pytest.mark.parametrize("request_", ["shorter", "bolder", "a letter", "mention my dog", "Write."])
@pytest.mark.parametrize("is_first", [True, False])
def test_several_takes_and_angles_are_different_texts(request_: str, is_first: bool) -> None:
    texts = []
    for take in range(1, 4):
        talk = Talk()
        start = FIRST.replace("Write the first draft.", "") if is_first else f"{FIRST}\n\n"
        if not is_first:
            talk.say(FIRST)
            start = ""
        texts.append(must_draft(talk.say(f"{start}{request_}\n\nTake {take} of 3: differ.")))
    assert len(set(texts)) == 3


@pytest.mark.parametrize("asked", ["a new opening", "another ending", "a better title", "a number"])
def test_several_takes_differ_also_where_the_same_was_asked_before(asked: str) -> None:
    texts = []
    for take in range(1, 4):
        talk = Talk()
        talk.say(FIRST)
        talk.say(asked)
        texts.append(must_draft(talk.say(f"{asked}\n\nTake {take} of 3: differ.")))
    assert len(set(texts)) == 3


def test_shipped_angles_lead_to_different_revisions() -> None:
    texts: dict[str, str] = {}
    for angle in shipped_angles():
        talk = Talk()
        talk.say(FIRST)
        reply = talk.say(angle.filled({}))
        if angle.name == "headlines":
            assert draft_of(reply) is None
        else:
            texts[angle.name] = must_draft(reply)
    assert len(set(texts.values())) >= 6


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_request_keeps_changing_the_words(request_: str) -> None:
    talk = Talk()
    text = must_draft(talk.say(FIRST))
    for _ in range(7):
        reply = talk.say(request_)
        new = must_draft(reply)
        assert new.split() != text.split()
        change = count_words(new) - count_words(text)
        told = re.search(r"(\d+) words? (longer|shorter), (\d+) now", reply.split("<draft>")[0])
        if told is not None:
            assert change == int(told[1]) * (1 if told[2] == "longer" else -1)
            assert int(told[3]) == count_words(new)
        text = new


@pytest.mark.parametrize("request_", ["shorter", "Tighten it a bit", "Could you cut it down?"])
def test_shorter_is_shorter_down_to_the_last_words(request_: str) -> None:
    talk = Talk()
    sizes = [len(must_draft(talk.say(FIRST)).split())]
    while sizes[-1] > 30:
        sizes.append(len(must_draft(talk.say(request_)).split()))
        assert sizes[-1] < sizes[-2]


def changed_blocks(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = to_blocks(before), to_blocks(after)
    return [b for b in old if b not in new], [b for b in new if b not in old]


def test_a_named_place_is_all_that_changes() -> None:
    talk = Talk()
    before = must_draft(talk.say(FIRST))
    after = must_draft(talk.say("tighten the intro"))
    first = next(b for b in to_blocks(before) if not b.startswith(("#", "*")))
    gone, came = changed_blocks(before, after)
    assert (gone, len(came)) == ([first], 1)
    titled = must_draft(talk.say("another title"))
    gone, came = changed_blocks(after, titled)
    assert (gone, len(came)) == ([to_blocks(before)[0]], 1)
    gone, came = changed_blocks(titled, must_draft(talk.say("a better ending")))
    assert (gone, len(came)) == ([to_blocks(after)[-1]], 1)


def test_a_quoted_title_is_taken_as_it_is() -> None:
    talk = Talk()
    text = must_draft(talk.say(f'{MINE}Change the title to "Three servers and a nap"'))
    assert text == "# Three servers and a nap\n\nOnly this line."


def test_a_bolder_text_has_a_bolder_title_and_says_so() -> None:
    talk = Talk()
    before = must_draft(talk.say(FIRST))
    reply = talk.say("make it spicier")
    after = must_draft(reply)
    assert to_blocks(before)[0] != to_blocks(after)[0]
    assert "bolder" in reply.split("<draft>")[0]


@pytest.mark.parametrize(
    ("request_", "pattern"),
    [
        ("add a table", r"^\|---"),
        ("add a quote", r"^> "),
        ("turn it into bullets", r"^- "),
    ],
)
def test_what_was_asked_for_is_there_afterwards(request_: str, pattern: str) -> None:
    talk = Talk()
    before = must_draft(talk.say(FIRST))
    reply = talk.say(request_)
    after = must_draft(reply)
    assert "the demo's drawer" in reply
    assert len(re.findall(pattern, after, re.MULTILINE)) > len(
        re.findall(pattern, before, re.MULTILINE)
    )


def test_a_different_approach_is_another_piece_and_a_form_can_be_named() -> None:
    talk = Talk()
    before = must_draft(talk.say(FIRST))
    reply = talk.say("try a different approach")
    after = must_draft(reply)
    assert not set(to_blocks(before)) & set(to_blocks(after))
    assert "different approach" in reply.lower()
    assert "interview" in talk.say("make it an interview").split("<draft>")[0]


def test_what_the_demo_cannot_do_it_says() -> None:
    unable = "Scripted: I can't really do that. Here is what a revision looks like: "
    talk = Talk()
    before = must_draft(talk.say(FIRST))
    reply = talk.say("mention my dog Ada")
    assert reply.startswith(unable)
    _, came = changed_blocks(before, must_draft(reply))
    wordings = {
        wording for one in recordings() for p in one.paragraphs for wording in p.wordings.values()
    }
    assert set(came) <= wordings
    mine = talk.say(f"{MINE}mention my dog Ada")
    assert f"{unable}one paragraph more" in mine
    gone, came = changed_blocks("# Mine\n\nOnly this line.", must_draft(mine))
    assert (gone, len(came)) == ([], 1)
    assert "“mention my dog Ada”" in came[0]


def test_limits_are_kept() -> None:
    talk = Talk()
    before = must_draft(talk.say(FIRST))
    limits = "<limits>\nRule.\n- Change at most 5 % of the draft's words.\n</limits>\n\n"
    gone, came = changed_blocks(before, must_draft(talk.say(f"{limits}bolder")))
    assert (len(gone), len(came)) == (1, 1)
    before = must_draft(talk.say("# again\n\nas an explainer"))
    heading = next(b for b in to_blocks(before) if b.startswith("## Why"))
    only = f"<limits>\n- Change nothing outside the section “{heading[3:]}”.\n</limits>\n\n"
    for request in ("shorter", "a new opening", "mention my dog"):
        at = to_blocks(before).index(heading)
        after = to_blocks(
            must_draft(
                Talk().say(f"<current-draft>\n{before}\n</current-draft>\n\n{only}{request}")
            )
        )
        assert after != to_blocks(before)
        assert after[: at + 1] == to_blocks(before)[: at + 1]
        end = next(n for n, b in enumerate(to_blocks(before)) if n > at and b.startswith("## "))
        assert after[end - len(to_blocks(before)) :] == to_blocks(before)[end:]


def test_a_hand_edit_is_where_the_next_revision_starts() -> None:
    talk = Talk()
    talk.say(FIRST)
    reply = talk.say(
        "I edited the draft by hand:\n\n<current-draft>\n# Mine\n\nOnly this line.\n"
        "</current-draft>\n\nadd a quote"
    )
    text = must_draft(reply)
    assert text.startswith("# Mine\n\nOnly this line.")
    assert "\n> " in text
    assert "as you edited it" in reply
    assert must_draft(talk.say("add a table")).startswith("# Mine")


def test_an_earlier_conversation_is_older_than_what_follows_it() -> None:
    earlier = (
        "<earlier-conversation>\nUser: Title: x\n<draft>\n# Old\n\nOld text.\n</draft>\n"
        "</earlier-conversation>\n"
    )
    mine = "<current-draft>\n# New\n\nNew text.\n</current-draft>\n"
    assert must_draft(Talk().say(earlier + "add a quote")).startswith("# Old")
    assert must_draft(Talk().say(earlier + mine + "add a quote")).startswith("# New")
    assert must_draft(Talk().say(mine + "add a quote")).startswith("# New")


def test_what_is_told_again_is_not_asked_again() -> None:
    told = (
        "Title: Cats\nKind: post\nBrief:\nOne.\n\nTwo.\n\n<earlier-conversation>\n"
        f"Writer: {CHECK_WORDS}\n\nYou: Fine.\n\nWriter: [[demo:echo]] no\n\n"
        "You: <draft>\n# Half\n(the answer stopped here)\n\nWriter: again\n\n"
        "You: Here.\n\n<draft>\n# Whole\n\nAll of it.\n</draft>\n</earlier-conversation>\n\n"
    )
    situation = read_situation([SeenMessage("user", told + "add a quote")])
    assert (situation.title, situation.kind) == ("Cats", "post")
    assert (situation.request, situation.has_brief) == ("add a quote", False)
    assert situation.text == "# Whole\n\nAll of it."
    assert must_draft(Talk().say(told + "add a quote")).startswith("# Whole\n\nAll of it.")
    assert Talk().say(told + "[[demo:echo]] yes") == "yes"
    assert draft_of(Talk().say(f"{told}{ASK_LINE}\n\nthe tone")) is None


def test_a_brief_may_be_the_request_itself() -> None:
    prompt = "Title: Cats\nKind: post\nBrief:\n\nWhy ships kept cats.\n\nDid it help?"
    situation = read_situation([SeenMessage("user", prompt)])
    assert situation.request == "Why ships kept cats.\n\nDid it help?"
    assert must_draft(Talk().say(prompt))  # The brief ends like a question, and is none.


def test_a_stopped_draft_can_be_continued() -> None:
    talk = Talk()
    talk.say(FIRST)
    talk.messages[-1] = SeenMessage("assistant", "Here.\n\n<draft>\n# Half\n\nIt was a")
    text = must_draft(talk.say("[Request interrupted by user]\ncontinue"))
    assert text.startswith("# Half\n\nIt was a")
    assert len(text.split()) > 6


@pytest.mark.parametrize(
    "prompt",
    [
        "is it too long?",
        "what is the weakest part?",
        "the title, is it any good?",
        f"Make it shorter.\n\n{ASK_LINE}",
    ],
)
def test_questions_are_talked_about(prompt: str) -> None:
    talk = Talk()
    assert draft_of(talk.say(prompt)) is None
    talk.say(FIRST)
    assert draft_of(talk.say(prompt)) is None
    assert draft_of(talk.say("Why did you open like this")) is None


@pytest.mark.parametrize("prompt", ["Can you make it shorter?", "How about a table?"])
def test_a_polite_request_is_not_a_question(prompt: str) -> None:
    talk = Talk()
    talk.say(FIRST)
    must_draft(talk.say(prompt))


def test_a_check_gives_remarks_and_a_verdict() -> None:
    talk = Talk()
    assert "Verdict: not ready" in talk.say(f"{CHECK_WORDS}.")
    talk.say(FIRST)
    reply = talk.say(f"{CHECK_WORDS}. Be brief.")
    assert draft_of(reply) is None
    assert re.search(r"^- ", reply, re.MULTILINE)
    assert reply.split("\n")[-1] == "Verdict: ready to publish."
    left = talk.say(f"{MINE.replace('Only', 'TODO: only')}{CHECK_WORDS}")
    assert left.split("\n")[-1] == "Verdict: not ready: “TODO” is still in it; it is very short."


def test_special_prompts() -> None:
    assert Talk().say("[[demo:echo]] <draft>\nexactly  this\n") == "<draft>\nexactly  this\n"
    long = must_draft(Talk().say("Title: Cats\n\n[[demo:long 64]]"))
    assert 64 * 1024 <= len(long.encode()) < 72 * 1024
    assert "“Cats”" in Talk().say("Title: Cats\n\n[[demo:slow]] Write.")


def test_the_title_request_of_the_client_gets_a_title() -> None:
    system = "You are naming a coding session. Answer with JSON."
    assert auxiliary_reply(system) == '{"title": "A piece of writing"}'
    assert auxiliary_reply("") == "OK"


def test_the_situation_is_read_whatever_the_prompt_leaves_out() -> None:
    situation = read_situation([SeenMessage("user", FIRST)])
    assert (situation.title, situation.kind) == ("Why we left Kubernetes", "post")
    assert situation.request.endswith("Our readers are engineers.\n\nWrite the first draft.")
    assert read_situation([]).title == "Untitled"
    only_title = read_situation([SeenMessage("user", "Title: A\n\nGo on then.")])
    assert (only_title.title, only_title.request) == ("A", "Go on then.")


@settings(max_examples=60, deadline=None)
@given(
    title=HOSTILE, brief=HOSTILE, prompts=st.lists(HOSTILE | st.sampled_from(REQUESTS), max_size=4)
)
def test_any_conversation_gets_well_formed_deterministic_answers(
    title: str, brief: str, prompts: list[str]
) -> None:
    talks = Talk(), Talk()
    before: str | None = None
    for prompt in (f"Title: {title}\nKind: post\nBrief:\n{brief}\n\nWrite.", *prompts):
        reply, again = (talk.say(prompt) for talk in talks)
        assert reply == again
        assert reply
        text = draft_of(reply)
        if text is not None:
            assert text.strip()
            assert before is None or text.split() != before.split()
            before = text


@settings(max_examples=60, deadline=None)
@given(text=HOSTILE.filter(str.strip), request_=st.sampled_from(REQUESTS))
def test_any_hand_written_text_can_be_revised(text: str, request_: str) -> None:
    told = "\n".join(line for line in text.split("\n") if line.strip() not in TAGS)
    talk = Talk()
    reply = talk.say(f"<current-draft>\n{told}\n</current-draft>\n\n{request_}")
    assert must_draft(reply).split() != told.split()


def test_the_words_the_studio_sends_are_the_words_the_writer_knows() -> None:
    assert prompts.ASK_RULE == ASK_LINE
    assert prompts.CHECK_PROMPT.startswith(CHECK_WORDS)


def test_a_passage_is_answered_with_its_new_words_alone_and_remembered_in_place() -> None:
    talk = Talk()
    text = must_draft(talk.say(FIRST))
    marked = next(part for part in text.split("\n\n")[3:] if len(part.split()) > 30)
    new = must_draft(
        talk.say(f"<passage>\nOnly this.\n\nPassage:\n{marked}\n</passage>\n\nshorter")
    )
    assert new != marked
    assert len(new.split()) < len(text.split()) / 2
    whole = must_draft(talk.say("add a quote"))
    kept = [part for part in text.split("\n\n") if part != marked]
    assert all(part in whole for part in kept)
    assert new.split("\n\n")[0] in whole
    assert marked not in whole

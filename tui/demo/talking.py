"""Answers without a draft: questions about the text, and the check before publishing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.markdown import kind_of, places, sentences_of, to_blocks
from tui.demo.reading import CHECK_WORDS, stable_number
from tui.domain.words import count_words

if TYPE_CHECKING:
    from tui.demo.reading import Situation

_QUESTION_START = re.compile(
    r"(?:why|what|how|who|when|where|which|is|are|was|were|do|does|did|should|shall|has|have|will)\b",
    re.IGNORECASE,
)
_POLITE_REQUEST = re.compile(
    r"(?:(?:can|could|would|will)\s+(?:you|we)|please|how about|what about|what if you|why not|"
    r"why don[’']t (?:you|we))\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\bTODO\b|\bTBD\b|\bXXX+\b|\[\.\.\.\]|lorem ipsum|\binvented\b", re.IGNORECASE
)
_LONG_SENTENCE_WORDS = 40
_OPINIONS = (
    "I would leave it alone until a stranger has read it. You and I have stopped seeing it.",
    "Honestly: it is better than it needs to be in the middle and not yet good enough at the top.",
    "It depends on who you imagine reading it. If they are tired, cut; if curious, add an example.",
    "I would try it on a fork, so that the version you have stays as it is while we find out.",
)


def is_question(situation: Situation) -> bool:
    """Whether the newest prompt wants talk, not a draft; a polite request is not a question."""
    if situation.wants_talk:
        return True
    request = situation.request.strip()
    if _POLITE_REQUEST.match(request):
        return False
    if situation.text is None:
        return request.endswith("?")
    return request.endswith("?") or _QUESTION_START.match(request) is not None


def is_check(situation: Situation) -> bool:
    """Whether the newest prompt asks if the text is ready."""
    return CHECK_WORDS.lower() in situation.request.lower()


def answer(situation: Situation) -> str:
    """Answer a question from what is in the text."""
    asked = " ".join(situation.request.split())
    if situation.text is None:
        return (
            f"There is no draft of “{situation.title}” yet, so I can only guess. Give me one line "
            "about who it is for, and I will write a first version that we can argue about."
        )
    blocks = to_blocks(situation.text)
    words = count_words(situation.text)
    paragraphs = [blocks[at] for at in places(blocks, "paragraph")]
    headings = [blocks[at].lstrip("# ") for at in places(blocks, "heading")]
    facts = f"The draft has {words} words in {len(blocks)} blocks"
    if re.search(r"\blong\b|\bwords?\b|\blength\b|\bminutes?\b", asked, re.IGNORECASE):
        return f"{facts}: about {max(1, round(words / 230))} min of reading. {_longest(paragraphs)}"
    if re.search(r"\bweak\w*|\bworst\b|\bcut\b|\bbor(?:ing|ed)\b|\bdrag", asked, re.IGNORECASE):
        return f"{_longest(paragraphs)} That is where I would look first."
    if re.search(r"\btitles?\b|\bheadlines?\b", asked, re.IGNORECASE) and headings:
        return (
            f"“{headings[0]}” says what it is, which is half of a title's work. The other half is "
            "to make somebody late for a meeting. Ask me for a bolder one and compare the two."
        )
    opinion = _OPINIONS[stable_number(asked, situation.text) % len(_OPINIONS)]
    sections = f", under {len(headings) - 1} section headings" if len(headings) > 1 else ""
    return f"You ask: “{asked[:200]}”. {opinion}\n\n{facts}{sections}; I have changed nothing."


def _longest(paragraphs: list[str]) -> str:
    if not paragraphs:
        return "It has no plain paragraph at all."
    longest = max(paragraphs, key=count_words)
    start = " ".join(longest.split()[:6])
    return f"The longest paragraph begins “{start} …” and runs to {count_words(longest)} words."


def check(situation: Situation) -> str:
    """A short list of remarks and a verdict line."""
    if situation.text is None:
        return "There is no draft to check yet.\n\nVerdict: not ready, there is nothing to publish."
    blocks = to_blocks(situation.text)
    words = count_words(situation.text)
    remarks: list[str] = []
    faults: list[str] = []
    if kind_of(blocks[0]) == "heading":
        remarks.append(f"The title is there: “{blocks[0].lstrip('# ')}”.")
    else:
        faults.append("it has no title")
        remarks.append("It begins without a title.")
    remarks.append(f"{words} words, about {max(1, round(words / 230))} min of reading.")
    prose = [sentence for block in blocks for sentence in sentences_of(block)]
    long = [s for s in prose if len(s.split()) > _LONG_SENTENCE_WORDS and kind_of(s) == "paragraph"]
    if long:
        start = " ".join(long[0].split()[:6])
        remarks.append(f"{len(long)} very long sentence(s); the first begins “{start} …”.")
    found = _PLACEHOLDER.search(situation.text)
    if found:
        faults.append(f"“{found.group()}” is still in it")
        remarks.append(f"“{found.group()}” marks something that is not finished.")
    if words < 40:
        faults.append("it is very short")
        remarks.append("It may be too short to stand alone.")
    listed = "\n".join(f"- {remark}" for remark in remarks)
    verdict = f"not ready: {'; '.join(faults)}" if faults else "ready to publish"
    return f"I read it once more, from the top.\n\n{listed}\n\nVerdict: {verdict}."

"""Answers without a draft: to questions about the text, and to the check before publishing."""

import re
from collections.abc import Mapping

from tui.demo.markdown import kind_of, to_blocks
from tui.demo.reading import CHECK_WORDS, Situation, stable_number
from tui.demo.recordings import phrases
from tui.demo.revising import ask_words, place_asked
from tui.domain.words import count_words

_QUESTION_START = re.compile(
    r"(?:why|what|how|who|when|where|which|is|are|was|were|do|does|did|should|shall|has|have|will)\b",
    re.IGNORECASE,
)
_POLITE_REQUEST = re.compile(
    r"(?:(?:can|could|would|will)\s+(?:you|we)|please|how about|what about|what if you|why not|"
    r"why don[’']t (?:you|we))\b",
    re.IGNORECASE,
)
_NO_DRAFT = re.compile(r"leave the draft itself as it is", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\bTODO\b|\bTBD\b|\bXXX+\b|\[\.\.\.\]|lorem ipsum|\binvented\b", re.IGNORECASE
)
_WORDS_A_MINUTE = 230
_FEW_WORDS = 40


def is_question(situation: Situation) -> bool:
    """Whether the newest prompt wants talk, not a draft; a polite request is not a question."""
    request = situation.request.strip()
    if situation.wants_talk or _NO_DRAFT.search(request):
        return True
    if situation.has_brief or _POLITE_REQUEST.match(request):
        return False
    if situation.text is None:
        return request.endswith("?")
    return request.endswith("?") or _QUESTION_START.match(request) is not None


def is_check(situation: Situation) -> bool:
    """Whether the newest prompt asks if the text is ready."""
    return CHECK_WORDS.lower() in situation.request.lower()


def answer(situation: Situation) -> str:
    """Return the recorded answer to a question: the first with matching words, else the last."""
    if situation.text is None:
        return (
            f"There is no draft of “{situation.title}” yet. Ask me to write one: in the demo it "
            "comes from a drawer, but everything that you can do with it is real."
        )
    *special, general = phrases()["answers"]
    fitting = (entry for entry in special if place_asked(entry, situation.request) is not None)
    entry = next(fitting, general)
    return str(entry["says"].format(**_values(situation, situation.text)))


def check(situation: Situation) -> str:
    """Return remarks and a verdict; those on title, length and placeholders are really checked."""
    if situation.text is None:
        return "There is no draft to check yet.\n\nVerdict: not ready, there is nothing to publish."
    values = _values(situation, situation.text)
    faults = []
    if not situation.text.startswith("#"):
        faults.append("it has no title")
    if (left := _PLACEHOLDER.search(situation.text)) is not None:
        faults.append(f"“{left.group()}” is still in it")
    if count_words(situation.text) < _FEW_WORDS:
        faults.append("it is very short")
    recorded = phrases()["checks"]["remarks"]
    first = stable_number(situation.text) % len(recorded)
    remarks = [
        "{words} words, about {minutes} min of reading.".format(**values),
        *(f"Not finished: {fault}." for fault in faults),
        recorded[first].format(**values),
        recorded[(first + 1) % len(recorded)].format(**values),
    ]
    listed = "\n".join(f"- {remark}" for remark in remarks)
    verdict = f"not ready: {'; '.join(faults)}" if faults else "ready to publish"
    return f"I read it once more, from the top.\n\n{listed}\n\nVerdict: {verdict}."


def _values(situation: Situation, text: str) -> Mapping[str, object]:
    """Return the values for the fields of a phrase about a text."""
    words = count_words(text)
    paragraphs = [block for block in to_blocks(text) if kind_of(block) == "paragraph"]
    longest = max(paragraphs, key=count_words, default=text)
    return {
        "ask": ask_words(situation),
        "title": situation.title,
        "words": words,
        "minutes": max(1, round(words / _WORDS_A_MINUTE)),
        "longest": " ".join(longest.split()[:6]),
    }

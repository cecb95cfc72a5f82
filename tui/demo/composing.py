"""A new piece of writing from a topic: a template chosen and filled in, always the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.demo.markdown import unwrap
from tui.demo.pieces import READ_PIECES, Piece
from tui.demo.pieces_forms import FORM_PIECES, OTHER_PIECES
from tui.demo.pieces_news import NEWS_PIECES
from tui.demo.pieces_spoken import SPOKEN_PIECES
from tui.demo.reading import stable_number

if TYPE_CHECKING:
    from tui.demo.reading import Situation

_CHOICE = re.compile(r"⟨([^⟩]*)⟩")
_WORD = re.compile(r"[^\W\d_][\w'’-]{3,}")
_STOPWORDS = frozenset(
    re.findall(
        r"\w+",
        """
        about after again also because been before being between both brief could does doing
        down draft each every from have having here into just kind like make many more most much
        must need only other over please piece post article newsletter script talk really same
        should some something such than that their them then there these they thing things this
        those through title under until very want well were what when where which while will
        with without words would write writing your untitled reader readers people wants made
        give tell said
        """,
    )
)
_MOST_ATTEMPTS = 8
_SPARE_WORDS = ("the first draft", "the deadline", "the reader")
_KINDS = {
    "post": "post blog thread launch",
    "article": "article essay feature column report",
    "newsletter": "newsletter email mail bulletin digest",
    "script": "script video podcast screenplay episode",
    "talk": "talk speech keynote presentation lecture abstract",
}
_FORMS = {
    "explainer": r"explain",
    "story": r"\bstor(?:y|ies)\b|\bfiction\b|\bnarrative\b",
    "letter": r"\bletter\b",
    "interview": r"\binterview\b|\bq\s?&\s?a\b|\bfaq\b|questions and answers",
}


@dataclass(frozen=True, slots=True)
class Composed:
    """A new text and the name of its form, e.g. "an essay"."""

    text: str
    form: str


def asked_form(request: str) -> str | None:
    """The form a request names (explainer, story, letter, interview), if any."""
    for form, pattern in _FORMS.items():
        if re.search(pattern, request, re.IGNORECASE):
            return form
    return None


def compose(situation: Situation, *, form: str | None = None, avoid: str = "") -> Composed:
    """Write a new piece for the topic; never one that says the same as `avoid`."""
    pieces = _candidates(situation.kind, form)
    if avoid and form is None:
        pieces = FORM_PIECES
    first = stable_number(situation.title, situation.brief) % len(pieces)
    in_turn = pieces[first:] + pieces[:first]
    other = [piece for piece in in_turn if not _same_form(piece, avoid)]
    for attempt in range(_MOST_ATTEMPTS):
        for piece in other or in_turn:
            text = _fill(piece, situation, f"{situation.request}{attempt}")
            if text.split() != avoid.split():
                return Composed(text, piece.form)
    text = _fill(in_turn[0], situation, situation.request)
    return Composed(f"{text}\n\n*Written anew, for the same reader.*", in_turn[0].form)


def key_words(situation: Situation) -> tuple[str, str, str]:
    """Three words that the topic itself uses, the longest ones, in their order."""
    seen: dict[str, str] = {}
    for word in _WORD.findall(f"{situation.brief} {situation.title} {situation.request}"):
        if word.lower() not in _STOPWORDS:
            seen.setdefault(word.lower(), word)
    if situation.brief or situation.title != "Untitled":
        asked = {word.lower() for word in _WORD.findall(situation.request)}
        told = {word.lower() for word in _WORD.findall(f"{situation.brief} {situation.title}")}
        seen = {low: word for low, word in seen.items() if low in told or low not in asked}
    longest = sorted(seen, key=len, reverse=True)[:3]
    words = [seen[low] for low in seen if low in longest]
    first, second, third = [*words, *_SPARE_WORDS][:3]
    return first, second, third


def brief_line(situation: Situation) -> str:
    """The brief's first sentence, capitalised, without full stop; made up when there is none."""
    told = " ".join(situation.brief.split()).replace("<", "‹").replace(">", "›")
    sentence = re.split(r"(?<=[.!?])\s", told, maxsplit=1)[0].strip().rstrip(".")
    if len(sentence.split()) > 45:
        sentence = " ".join(sentence.split()[:45]) + " …"
    line = sentence or f"Say something true about “{situation.title}”, and say it briefly"
    return line[:1].upper() + line[1:]


def _candidates(kind: str, form: str | None) -> tuple[Piece, ...]:
    if form is not None:
        return tuple(piece for piece in FORM_PIECES if piece.kind == form)
    words = set(re.findall(r"[a-z]+", kind.lower()))
    for name, synonyms in _KINDS.items():
        if words & {word + ending for word in synonyms.split() for ending in ("", "s")}:
            everything = READ_PIECES + NEWS_PIECES + SPOKEN_PIECES
            return tuple(piece for piece in everything if piece.kind == name)
    return OTHER_PIECES


def _fill(piece: Piece, situation: Situation, salt: str) -> str:
    count = 0

    def choose(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        options = found.group(1).split("|")
        seed = stable_number(situation.title, situation.brief, salt, str(count))
        return options[seed % len(options)]

    first, second, third = key_words(situation)
    seed = stable_number(situation.title, situation.brief, "numbers")
    return (
        _CHOICE.sub(choose, unwrap(piece.text))
        .format(
            title=situation.title,
            brief=brief_line(situation),
            k1=first,
            k2=second,
            k3=third,
            n1=12 + seed % 29,
            n2=43 + seed // 29 % 31,
        )
        .strip()
    )


def _same_form(piece: Piece, text: str) -> bool:
    """Whether a text has this piece's section headings, and so is no different approach."""
    headings = [line for line in piece.text.splitlines() if line.startswith("## ")]
    fixed = [line for line in headings if "{" not in line and "⟨" not in line]
    present = set(text.splitlines())
    return bool(fixed) and sum(line in present for line in fixed) * 2 > len(fixed)

"""Revisions of a text: recorded wordings of its paragraphs, or else a recorded phrase added."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tui.demo.markdown import kind_of, sentences_of, to_blocks, to_text
from tui.demo.reading import Situation, stable_number
from tui.demo.recordings import Recording, every_recording, phrases
from tui.domain.frozen import frozen
from tui.domain.words import count_words, counted

_TAKE = re.compile(r"\bTake (\d+) of \d+:")
_QUOTED = re.compile(r"[\"“]([^\"“”\n]+)[\"”]")
_ASK_WORDS = 14


@frozen
class Revised:
    """A text after a revision, and a truthful sentence about it without its full stop."""

    text: str
    done: str


def revised(situation: Situation, text: str) -> Revised:
    """Return the text revised for the newest prompt, approximately; the text always changes.

    The first of several takes uses recorded wordings, the second a phrase, the third both.
    """
    blocks = to_blocks(text)
    start, stop = _section(blocks, situation.limited_to)
    old = blocks[start:stop]
    entry, take = _wanted(situation.request), take_number(situation.request)
    most = 1 if situation.is_limited else None
    new, done = old, entry["done"]
    if entry["asked"] and take % 2 == 1:
        new = reworded(old, entry["name"], most=most)
    if entry["asked"] and (take > 1 or _says_same(new, old)):
        new = _put_in(new, entry, situation, take) or new
        if entry["place"] in ("opening", "ending", "inside"):
            done += ", from the demo's drawer"
    if _says_same(new, old):
        new, done = _shown(old, situation, take, most)
    whole = to_text([*blocks[:start], *new, *blocks[stop:]])
    return Revised(whole, f"{done}; {_difference(text, whole)}")


def _shown(
    blocks: Sequence[str], situation: Situation, take: int, most: int | None
) -> tuple[list[str], str]:
    """Return some recorded revision for a request without one, and a sentence about it."""
    *special, general = phrases()["revisions"]
    seed = stable_number(situation.title, _TAKE.sub("", situation.request)) + take
    known = [
        (new, entry["done"])
        for entry in special
        if not entry.get("is_target", False)
        and not _says_same(new := reworded(blocks, entry["name"], most=most), blocks)
    ]
    drawn = (_put_in(blocks, general, situation, take), general["done"])
    new, done = known[seed % len(known)] if known else drawn
    return new, f"{phrases()['unable']}: {done[:1].lower()}{done[1:]}"


def take_number(request: str) -> int:
    """Return the number of the take that a request is for; 1 for a single one."""
    found = _TAKE.search(request)
    return max(1, int(found.group(1))) if found else 1


def wanted_revision(request: str) -> str:
    """Return the name of the revision that a request asks for."""
    return str(_wanted(request)["name"])


def reworded(blocks: Sequence[str], revision: str, *, most: int | None = None) -> list[str]:
    """Return blocks with the wordings recorded for a revision; other blocks do not change.

    At most `most` paragraphs change; a recorded addition follows the paragraph before it.
    """
    new: list[str] = []
    changes = 0
    for block in blocks:
        recording, at = _known().get(block, (None, 0))
        if recording is None or changes == most:
            new.append(block)
            continue
        wording = recording.paragraphs[at].wordings.get(revision, block)
        changes += wording != block
        new += [wording] if wording else []
        for added in recording.paragraphs[at + 1 :]:
            wording = added.wordings.get(revision, "")
            if "" in added.wordings or not wording or set(added.wordings.values()) & set(blocks):
                break
            new.append(wording)
            changes += 1
    return new or list(blocks)


def rest_of(text: str) -> str:
    """Return a recorded text that was stopped in the middle, completed; empty if unknown."""
    *whole, last = to_blocks(text)
    for recording in every_recording():
        for at, paragraph in enumerate(recording.paragraphs):
            wordings = [one for one in paragraph.wordings.values() if one.startswith(last)]
            if wordings and len(last.split()) > 3:
                after = (one.wording() for one in recording.paragraphs[at + 1 :])
                return to_text([*whole, wordings[0], *(one for one in after if one)])
    return ""


def pick(pool: Sequence[str], seed: int, known: str, values: Mapping[str, object]) -> str:
    """Return a phrase of a pool that a text does not contain yet; empty without one."""
    filled = (phrase.format(**values) for phrase in pool)
    unused = [phrase for phrase in filled if phrase not in known]
    return unused[seed % len(unused)] if unused else ""


def ask_words(situation: Situation) -> str:
    """Return the first words of a request, without the take and without angle brackets."""
    request = re.sub(r"[<>]", "", situation.request.partition("\n\nTake ")[0])
    return " ".join(request.split()[:_ASK_WORDS]) or "more"


@cache
def _known() -> Mapping[str, tuple[Recording, int]]:
    """Return every wording with its piece and the number of the paragraph in the piece."""
    return {
        wording: (recording, at)
        for recording in every_recording()
        for at, paragraph in enumerate(recording.paragraphs)
        for wording in paragraph.wordings.values()
        if wording
    }


def place_asked(entry: Mapping[str, Any], request: str) -> int | None:
    """Return where a request asks for an entry of `phrases.toml`; None when nowhere."""
    words = "|".join(map(re.escape, entry["asked"]))
    found = re.search(rf"\b(?:{words})", request, re.IGNORECASE)
    return found.start() if found else None


def _wanted(request: str) -> Mapping[str, Any]:
    """Return the entry of `phrases.toml` that a request asks for first, else the last one."""
    *special, general = phrases()["revisions"]
    asked = [
        (not entry.get("is_target", False), place, number)
        for number, entry in enumerate(special)
        if (place := place_asked(entry, request)) is not None
    ]
    wanted: Mapping[str, Any] = special[min(asked)[2]] if asked else general
    return wanted


def _section(blocks: Sequence[str], title: str) -> tuple[int, int]:
    """Return start and end of a section's blocks below the heading; of all without the section."""
    headings = [at for at, block in enumerate(blocks) if kind_of(block) == "heading"]
    for at in headings:
        if title and blocks[at].lstrip("# ").strip() == title:
            level = len(blocks[at]) - len(blocks[at].lstrip("#"))
            after = (one for one in headings if one > at and blocks[one].find(" ") <= level)
            return at + 1, next(after, len(blocks))
    return 0, len(blocks)


def _says_same(before: Sequence[str], after: Sequence[str]) -> bool:
    return to_text(before).split() == to_text(after).split()


def _put_in(
    blocks: Sequence[str], entry: Mapping[str, Any], situation: Situation, take: int
) -> list[str]:
    """Return the blocks with a recorded phrase at the entry's place; empty if no phrase fits."""
    if entry["place"] == "cut":
        return _cut(blocks, take)
    new = list(blocks)
    values = {"ask": ask_words(situation), "title": situation.title}
    seed = stable_number(_TAKE.sub("", situation.request), to_text(new)) + take
    phrase = pick(entry["phrases"], seed, to_text(new), values)
    if not phrase and not entry["asked"]:
        again = to_text(new).count(f"“{values['ask']}”") + 1
        phrase = f"*(“{values['ask']}”, for the time number {again}.)*"
    paragraphs = [at for at, block in enumerate(new) if kind_of(block) == "paragraph"]
    match entry["place"]:
        case "title" if new and new[0].startswith("# "):
            quoted = _QUOTED.search(situation.request)
            old = new[0].split(":")[0].split(",")[0]
            new[0] = f"# {quoted.group(1)}" if quoted else f"{old}{phrase}"
            return new
        case "opening" if phrase and paragraphs:
            new[paragraphs[0]] = phrase
            return new
        case "ending" if phrase and len(new) > 1:
            new[-1:] = [phrase] if paragraphs[-1:] == [len(new) - 1] else [new[-1], phrase]
            return new
        case "inside" if phrase:
            bodies = [at for at, block in enumerate(new) if kind_of(block) != "heading"]
            after = bodies[seed % max(1, len(bodies) - 1)] if bodies else len(new) - 1
            return [*new[: after + 1], *to_blocks(phrase), *new[after + 1 :]]
        case _:
            return []


def _cut(blocks: Sequence[str], take: int) -> list[str]:
    """Return the blocks without the longest inner sentences, or without a block or some words."""
    new = list(blocks)
    inner = [
        (len(sentence), at, sentence)
        for at, block in enumerate(new)
        if kind_of(block) == "paragraph"
        for sentence in sentences_of(block)[1:-1]
    ]
    goal = len(to_text(new)) // 6
    for size, at, sentence in sorted(inner, reverse=True)[take - 1 :]:
        if goal > 0:
            kept = [one for one in sentences_of(new[at]) if one != sentence]
            new[at], goal = " ".join(kept), goal - size
    if new != list(blocks):
        return new
    bodies = [at for at, block in enumerate(new) if kind_of(block) != "heading"]
    if len(bodies) > 1:
        del new[bodies[(len(bodies) // 2 + take - 1) % len(bodies)]]
        return new
    if bodies and len(words := new[bodies[0]].split()) > 1:
        new[bodies[0]] = " ".join(words[: max(1, len(words) * 3 // 4)]).rstrip(",;:.") + "."
        return new
    return []


def _difference(before: str, after: str) -> str:
    """Return the change in length as a phrase."""
    words = count_words(after)
    delta = words - count_words(before)
    if delta == 0:
        return f"still {words} words"
    return f"{counted(abs(delta))} {'longer' if delta > 0 else 'shorter'}, {words} now"

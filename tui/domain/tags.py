"""Tags of a content: short words by which a writer finds pieces again; pure."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from tui.domain.content import Content
from tui.domain.errors import InvalidInput

TAG_LIMIT: Final = 30
"""Maximum number of characters of a tag."""
TAGS_LIMIT: Final = 20
"""Maximum number of tags of a content."""


def checked_tags(*typed: str) -> tuple[str, ...]:
    """Return the tags in texts, in their order, without doubles; raises `InvalidInput`.

    Blanks and commas separate tags, and a `#` before a tag is dropped.
    """
    words = " ".join(typed).replace(",", " ").split()
    return _limited(_checked(unicodedata.normalize("NFC", word)) for word in words)


def named_tags(*typed: str) -> tuple[str, ...]:
    """Return the tags in texts of which each has at least one; raises `InvalidInput`."""
    for text in typed:
        if not checked_tags(text):
            _checked(text.strip())
    return checked_tags(*typed)


def _checked(word: str) -> str:
    tag = word.removeprefix("#")
    if len(tag) > TAG_LIMIT:
        raise InvalidInput(f"A tag is {len(tag)} characters long, and {TAG_LIMIT} is the most.")
    if not tag[:1].isalnum() or not all(map(_is_allowed, tag)):
        raise InvalidInput(
            f"“{word}” is no tag: it must begin with a letter or a digit, "
            "and have only letters, digits, - and _."
        )
    return tag


def _is_allowed(character: str) -> bool:
    """Whether a tag may have a character; vowel signs, as in Hindi, belong to the letters."""
    return character in "-_" or unicodedata.category(character)[0] in "LMN"


def _limited(tags: Iterable[str], most: int = TAGS_LIMIT) -> tuple[str, ...]:
    """Return tags without doubles, the first of each kept; raises `InvalidInput` for too many."""
    unique: dict[str, str] = {}
    for tag in tags:
        unique.setdefault(folded_tag(tag), tag)
    if len(unique) > most:
        raise InvalidInput(f"A piece has at most {TAGS_LIMIT} tags, and these are {len(unique)}.")
    return tuple(unique.values())


def folded_tag(tag: str) -> str:
    """Return the form in which tags are compared: regardless of upper and lower case."""
    return unicodedata.normalize("NFC", tag).casefold()


def retagged(content: Content, before: tuple[str, ...], after: tuple[str, ...]) -> Content:
    """Return the content with the tags of a writer who made `before` into `after`.

    What another writer added to `before` or took from it meanwhile stays so. Raises `InvalidInput`
    for too many tags, but not because of those that another Redraft has saved already.
    """
    had, have = set(map(folded_tag, before)), set(map(folded_tag, content.tags))
    kept = [tag for tag in after if folded_tag(tag) in have or folded_tag(tag) not in had]
    added = [tag for tag in content.tags if folded_tag(tag) not in had]
    tags = _limited([*kept, *added], max(TAGS_LIMIT, len(content.tags)))
    return content if tags == content.tags else replace(content, tags=tags)


def has_tags(tags: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether all wanted tags are among the tags."""
    return {folded_tag(tag) for tag in wanted} <= {folded_tag(tag) for tag in tags}


def tag_words(tags: Iterable[str]) -> str:
    """Return tags as they are shown: `#ops #weekly`."""
    return " ".join(f"#{tag}" for tag in tags)


def has_tags_words(tags: Sequence[str]) -> str:
    """Return what a content with these tags has: `the tags #ops #weekly`, or `no tags`."""
    if not tags:
        return "no tags"
    return f"the {'tag' if len(tags) == 1 else 'tags'} {tag_words(tags)}"

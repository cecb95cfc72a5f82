"""Wording of hits: the place of a hit, and the number of hits."""

from tui.domain.search import Hit, Hits, TextKind


def counted_hits(hits: Hits, *, has_pieces: bool) -> str:
    """Return the number of hits in words: `12 hits in 4 pieces`."""
    if not hits.total:
        return "no hits"
    words = "1 hit" if hits.total == 1 else f"{hits.total:,} hits"
    if has_pieces:
        words += " in 1 piece" if hits.pieces == 1 else f" in {hits.pieces:,} pieces"
    return f"{words}, the first {len(hits.hits)} here" if hits.more else words


def hit_words(hit: Hit, *, has_title: bool) -> str:
    """Return the place of a hit: `A title · main · turn 3 · answer`; may quote untrusted text."""
    if hit.kind in (TextKind.TITLE, TextKind.BRIEF):
        return f"{hit.title} · {hit.kind}" if has_title else str(hit.kind)
    parts = [hit.title] if has_title else []
    parts.append(hit.branch_name)
    if hit.turn:
        parts.append(f"turn {hit.turn}")
    what = str(hit.kind)
    if hit.kind is TextKind.LABEL and not (hit.turn or hit.version):
        what = "name of the branch"
    elif hit.version:
        what = f"v{hit.version}" + (" · label" if hit.kind is TextKind.LABEL else "")
    return " · ".join([*parts, what])

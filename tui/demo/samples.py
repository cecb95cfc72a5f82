"""The demo's sample contents: five pieces in different states, always the same.

The samples follow the rules of all contents; `sample_sessions` has the Claude sessions behind their
branches.
"""

from datetime import datetime, timedelta
from pathlib import Path

from tui.demo.recordings import notes, sample
from tui.demo.sample_builder import NewUuid, SampleBuilder
from tui.domain.access import with_access
from tui.domain.content import Content, TurnKind
from tui.domain.status import Status


def sample_contents(
    now: datetime, new_uuid: NewUuid, *, notes_folder: str = ""
) -> tuple[Content, ...]:
    """Return the sample contents, the last changed one last; `now` is time-zone aware.

    `notes_folder` is the absolute path of the sample notes, the source of one content.
    """
    return (
        _published(now - timedelta(days=9), new_uuid),
        _empty(now - timedelta(days=6), new_uuid, notes_folder),
        _approved(now - timedelta(days=4), new_uuid),
        _in_review(now - timedelta(days=2), new_uuid),
        _changed_since_approval(now - timedelta(hours=3), new_uuid),
    )


def write_notes(folder: Path) -> None:
    """Write the sample notes to a folder, never over an existing file; raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in notes().items():
        path = folder / name
        if not path.exists():
            path.write_text(text, "utf-8")


_GENERATE, _REVISE = TurnKind.GENERATE, TurnKind.REVISE


def _changed_since_approval(at: datetime, new_uuid: NewUuid) -> Content:
    brief = (
        "A blog post on why our nine-person team moved four services from Kubernetes to two plain "
        "servers. For engineers. Honest about what we lost; no triumph."
    )
    piece = SampleBuilder(
        "k3vn8q2tza",
        title="Why we left Kubernetes",
        kind="post",
        brief=brief,
        at=at,
        new_uuid=new_uuid,
    )
    text = sample("kubernetes").text
    first_talk = "A first draft. The figure of one week in five is from your brief's notes: check."
    piece.turn(piece.main, _GENERATE, brief, first_talk, text())
    spicier = piece.fork(1, "spicier")
    cut = "Cut the slow first paragraph; the number opens the piece now."
    piece.turn(piece.main, _REVISE, "tighten the intro", cut, text("opening"))
    louder = "Louder title, and the first sentence now picks a fight. The list is as it was."
    piece.turn(spicier, _REVISE, "make it spicier", louder, text("hot"))
    worry = "Is it unfair to Kubernetes anywhere?"
    fair = (
        "Only in “both times by mistake”: a reader may ask whether the tool or the setting was "
        "wrong. The rest speaks of your team, not of the tool."
    )
    piece.turn(piece.main, TurnKind.ASK, worry, fair)
    piece.approve(2)
    ending = "Added a short ending that gives both kinds of team something to do."
    ask = "add an ending that says who should stay with it"
    piece.turn(piece.main, _REVISE, ask, ending, text("opening", "ending"))
    return piece.content


def _in_review(at: datetime, new_uuid: NewUuid) -> Content:
    brief = "An abstract of 100 words for a 30-minute conference talk in favour of slow software."
    piece = SampleBuilder(
        "t9hj2b6xdu",
        title="Talk abstract: slow software",
        kind="talk",
        brief=brief,
        at=at,
        new_uuid=new_uuid,
    )
    text = sample("slow-software").text
    piece.turn(piece.main, _GENERATE, brief, "Close to 100 words.", text())
    question = "Does the committee need to know which four programs?"
    answer = "They will want two of the four named: it shows that the talk exists already."
    piece.turn(piece.main, TurnKind.ASK, question, answer)
    done = "Named two of them, as we said."
    piece.turn(piece.main, _REVISE, "name two of them", done, text("named"))
    piece.move(Status.REVIEW)
    return piece.content


def _approved(at: datetime, new_uuid: NewUuid) -> Content:
    brief = "Launch post for Harbour 2.0, our tide-table app. Warm, short, one joke at most."
    piece = SampleBuilder(
        "p4sg8n3vfk",
        title="Launch post: Harbour 2.0",
        kind="post",
        brief=brief,
        at=at,
        new_uuid=new_uuid,
    )
    text = sample("harbour").text
    first = "Short and warm, with one joke, at the end."
    piece.turn(piece.main, _GENERATE, brief, first, text())
    explainer = piece.fork(1, "explainer")
    better = "The lead says now what Harbour is and what the news is."
    ask = "the first paragraph says nothing: say what the app is"
    piece.turn(piece.main, _REVISE, ask, better, text("opening"))
    longer = "Added how the currents were made. It is a different, slower post."
    ask = "for the technical blog: explain how we made the currents"
    piece.turn(explainer, _REVISE, ask, longer, text("opening", "currents"))
    piece.edit(text("opening", "final"))
    check = "Two things to confirm: the 1,140 ports, and that the update is free. Verdict: ready."
    piece.turn(piece.main, TurnKind.CHECK, "Check whether the draft is ready to publish.", check)
    piece.approve(4)
    return piece.content


def _published(at: datetime, new_uuid: NewUuid) -> Content:
    brief = "Our neighbourhood newsletter no. 12: library open, three events, the plum jam."
    piece = SampleBuilder(
        "m5rw7y4cpe",
        title="Newsletter 12",
        kind="newsletter",
        brief=brief,
        at=at,
        new_uuid=new_uuid,
    )
    text = sample("tuesday-letter").text
    drafted = "All three events are in, in order. The jam has the last word."
    piece.turn(piece.main, _GENERATE, brief, drafted, text())
    ask = "a first sentence that sounds like a person"
    piece.turn(piece.main, _REVISE, ask, "Now it begins with the heating.", text("opening"))
    piece.edit(text("opening", "corrected"))
    piece.approve(3)
    piece.publish("newsletter-12.md")
    return piece.content


def _empty(at: datetime, new_uuid: NewUuid, notes_folder: str) -> Content:
    brief = (
        "An article that explains backups to my father: why the second copy must live elsewhere, "
        "in words he uses himself (he kept bees for thirty years)."
    )
    title = "Backups, explained with bees"
    content = SampleBuilder(
        "b7yq5d2mhr", title=title, kind="article", brief=brief, at=at, new_uuid=new_uuid
    ).content
    if not notes_folder:
        return content
    return with_access(content, [notes_folder], has_web=True, at=at)

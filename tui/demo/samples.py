"""The demo's first contents: five pieces at different points of their way, always the same.

They are made by the rules that hold for every content. No Claude session stands behind their
branches, so the first new prompt on one tells the earlier turns again.
"""

from datetime import datetime, timedelta
from typing import Final

from tui.demo.telling import NewUuid, Telling
from tui.domain.access import with_access
from tui.domain.content import Content, TurnKind
from tui.domain.status import Status


def sample_contents(now: datetime, new_uuid: NewUuid, *, notes: str = "") -> tuple[Content, ...]:
    """Return the sample contents, the last changed one last; `now` is time-zone aware.

    `notes` is the absolute path of a folder for the one that is written from notes.
    """
    return (
        _published(now - timedelta(days=9), new_uuid),
        _empty(now - timedelta(days=6), new_uuid, notes),
        _approved(now - timedelta(days=4), new_uuid),
        _in_review(now - timedelta(days=2), new_uuid),
        _changed_since_approval(now - timedelta(hours=3), new_uuid),
    )


_GENERATE, _REVISE = TurnKind.GENERATE, TurnKind.REVISE


def _text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


_KUBERNETES: Final = """\
# Why we left Kubernetes

Like many teams of our size, we had for some years been running our services on Kubernetes, and \
like many teams of our size, we had begun to ask ourselves whether that was wise.

We are nine people and four services. Last spring we counted: one working week in five went into \
the cluster, not into anything a customer would notice.

## What we run now

- Two virtual machines, one of which is bored
- A `systemd` unit for each service, twelve lines long
- A deploy script that a new colleague read aloud in a minute

## What we lost

Autoscaling, which had scaled us twice, both times by mistake. And a good line in job \
advertisements. We have not been able to replace the second."""
_KUBERNETES_START: Final = (
    "One working week in five. That is what a cluster of four services cost nine people last "
    "spring, and no customer noticed any of it."
)
_KUBERNETES_END: Final = (
    "## Should you?\n\nIf someone on your team enjoys the cluster: stay, and thank them. If "
    "everyone hopes that somebody else will look at it: you have your answer, and it fits in a "
    "`systemd` unit."
)


def _changed_since_approval(at: datetime, new_uuid: NewUuid) -> Content:
    brief = (
        "A blog post on why our nine-person team moved four services from Kubernetes to two plain "
        "servers. For engineers. Honest about what we lost; no triumph."
    )
    piece = Telling(
        "k3vn8q2tza",
        title="Why we left Kubernetes",
        kind="post",
        brief=brief,
        at=at,
        new_uuid=new_uuid,
    )
    heading, _slow, count, *rest = _KUBERNETES.split("\n\n")
    tight = _text(heading, _KUBERNETES_START, *rest)
    first_talk = "A first draft. The figure of one week in five is from your brief's notes: check."
    piece.turn(piece.main, _GENERATE, brief, first_talk, _KUBERNETES)
    spicier = piece.fork(1, "spicier")
    cut = "Cut the slow first paragraph; the number opens the piece now."
    piece.turn(piece.main, _REVISE, "tighten the intro", cut, tight)
    hot = _text(
        "# We fired our cluster",
        "Nobody was promoted for the move that saved us most last year, because all it left behind "
        "was two virtual machines and a silence where the pager used to be.",
        count,
        *rest,
    )
    louder = "Louder title, and the first sentence now picks a fight. The list is as it was."
    piece.turn(spicier, _REVISE, "make it spicier", louder, hot)
    worry = "Is it unfair to Kubernetes anywhere?"
    fair = (
        "Only in “both times by mistake”: a reader may ask whether the tool or the setting was "
        "wrong. The rest speaks of your team, not of the tool."
    )
    piece.turn(piece.main, TurnKind.ASK, worry, fair)
    piece.approve(2)
    ending = "Added a short ending that gives both kinds of team something to do."
    ask = "add an ending that says who should stay with it"
    piece.turn(piece.main, _REVISE, ask, ending, _text(tight, _KUBERNETES_END))
    return piece.content


_REVIEW: Final = """\
# Slow software, on purpose

Every tool I own wants to save me time, and I have never had less of it. This talk is about four \
programs that do the opposite: they wait, they ask twice, they sleep at night.

We will look at what each one made its users better at, what the support inbox said in the first \
week, and what it said in the tenth. You will leave with three questions to ask before you make \
the next thing fast."""


def _in_review(at: datetime, new_uuid: NewUuid) -> Content:
    brief = "An abstract of 100 words for a 30-minute conference talk in favour of slow software."
    piece = Telling(
        "t9hj2b6xdu",
        title="Talk abstract: slow software",
        kind="talk",
        brief=brief,
        at=at,
        new_uuid=new_uuid,
    )
    heading, opening, promise = _REVIEW.split("\n\n")
    piece.turn(piece.main, _GENERATE, brief, "Close to 100 words.", _REVIEW)
    question = "Does the committee need to know which four programs?"
    answer = "They will want two of the four named: it shows that the talk exists already."
    piece.turn(piece.main, TurnKind.ASK, question, answer)
    named = opening.replace("they wait, they ask twice, they sleep at night.", "").rstrip(" :")
    named += ": among them a mail program that delivers at nine, and an editor that cannot paste."
    done = "Named two of them, as we said."
    piece.turn(piece.main, _REVISE, "name two of them", done, _text(heading, named, promise))
    piece.move(Status.REVIEW)
    return piece.content


_LAUNCH: Final = """\
# Harbour 2.0 is here

Harbour keeps the tide tables of 1,140 ports in your pocket, without a network. Version 2 adds \
what you asked for most: **currents**, hour by hour, drawn on the chart.

## New

- Currents for the North Sea and the Baltic
- A red light mode for night watches
- Alarms that know the tide, not only the clock

It is a free update for everyone who has version 1. If you find a rock that we do not know, \
please tell us before you tell your insurer."""


def _approved(at: datetime, new_uuid: NewUuid) -> Content:
    brief = "Launch post for Harbour 2.0, our tide-table app. Warm, short, one joke at most."
    piece = Telling(
        "p4sg8n3vfk",
        title="Launch post: Harbour 2.0",
        kind="post",
        brief=brief,
        at=at,
        new_uuid=new_uuid,
    )
    heading, lead, *news, joke = _LAUNCH.split("\n\n")
    flat = "Harbour 2.0 is a new version of our app with many improvements and new features."
    first = "Short and warm, with one joke, at the end."
    piece.turn(piece.main, _GENERATE, brief, first, _text(heading, flat, *news, joke))
    explainer = piece.fork(1, "explainer")
    better = "The lead says now what Harbour is and what the news is."
    ask = "the first paragraph says nothing: say what the app is"
    piece.turn(piece.main, _REVISE, ask, better, _text(heading, lead, *news, joke))
    how = (
        "## How we drew the currents\n\nFour survey offices publish them, in five formats. Most of "
        "the year went into the fifth."
    )
    longer = "Added how the currents were made. It is a different, slower post."
    ask = "for the technical blog: explain how we made the currents"
    piece.turn(explainer, _REVISE, ask, longer, _text(heading, lead, *news, how, joke))
    final = _text("# Harbour 2.0: now with currents", lead, *news, joke)
    piece.edit(final)
    check = "Two things to confirm: the 1,140 ports, and that the update is free. Verdict: ready."
    piece.turn(piece.main, TurnKind.CHECK, "Check whether the draft is ready to publish.", check)
    piece.approve(4)
    return piece.content


_NEWS: Final = """\
# The Tuesday Letter, no. 12

Good morning. The library is open again, the heating is not, and the chess club has moved to the \
room with the kettle.

## This week

1. **Wednesday**: repair café, 18:00. Bring the toaster.
2. **Friday**: Ms Okafor reads from her new book. Come early, there are forty chairs.
3. **Sunday**: walk along the canal, whatever the weather says.

## Thank you

To whoever left eleven jars of plum jam on the steps: ten were auctioned for the roof. The \
eleventh was quality control."""


def _published(at: datetime, new_uuid: NewUuid) -> Content:
    brief = "Our neighbourhood newsletter no. 12: library open, three events, the plum jam."
    piece = Telling(
        "m5rw7y4cpe",
        title="Newsletter 12",
        kind="newsletter",
        brief=brief,
        at=at,
        new_uuid=new_uuid,
    )
    heading, morning, when, week, *thanks = _NEWS.split("\n\n")
    dull = "Dear neighbours, we are pleased to inform you about the news of this week."
    drafted = "All three events are in, in order. The jam has the last word."
    piece.turn(piece.main, _GENERATE, brief, drafted, _text(heading, dull, when, week, *thanks))
    ask = "a first sentence that sounds like a person"
    warmer = "Now it begins with the heating."
    piece.turn(piece.main, _REVISE, ask, warmer, _text(heading, morning, when, week, *thanks))
    corrected = week.replace("18:00", "18:30")
    piece.edit(_text(heading, morning, when, corrected, *thanks))
    piece.approve(3)
    piece.publish("newsletter-12.md")
    return piece.content


def _empty(at: datetime, new_uuid: NewUuid, notes: str) -> Content:
    brief = (
        "An article that explains backups to my father: why the second copy must live elsewhere, "
        "in words he uses himself (he kept bees for thirty years)."
    )
    title = "Backups, explained with bees"
    content = Telling(
        "b7yq5d2mhr", title=title, kind="article", brief=brief, at=at, new_uuid=new_uuid
    ).content
    return with_access(content, [notes], has_web=True, at=at) if notes else content

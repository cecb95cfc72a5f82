"""Pieces to be read: posts and articles. Data only.

In a text, `{title}`, `{brief}`, `{k1}`…`{k3}` (the brief's own words), `{n1}` and `{n2}` (numbers)
are filled in, and of `⟨one|another⟩` one is chosen. Lines are wrapped here, and joined when used.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A text to be filled in; `form` names it in remarks, e.g. "a post-mortem"."""

    kind: str
    form: str
    text: str


READ_PIECES = (
    Piece(
        "post",
        "a plain account",
        """# {title}

⟨Nobody plans this sort of thing|It began, as these things do, on a Tuesday|We did not set out to
have opinions about this⟩. There was a meeting, there was a whiteboard, and by the end of the hour
someone had written *{k1}* on it and underlined it twice. The line is still there. So, it turns
out, is the problem.

Here is what we were trying to do, in one sentence: {brief}. Simple enough to fit in a message,
and simple enough that nobody asked the second question.

## What we expected

We gave it {n1} days. The plan had three columns and a great deal of confidence:

- **Week one:** get *{k1}* out of the way, since it was the easy part.
- **Week two:** do the same for *{k2}*, with cake.
- **Week three:** write this post, modestly.

## What happened instead

The easy part took {n2} days by itself. ⟨Not because it was hard, but because it was four small
things in a coat|Every answer arrived with two friends⟩. We learned that *{k2}* and *{k3}* are not
separate questions, that they had never been separate questions, and that at least one person in
the room had known this since spring.

> The plan was fine. It was only wrong about the order, the effort and the outcome.

That remark came from the one colleague who had stayed quiet, and we have since started asking her
first.

## What we would do again

We would still begin. We would begin smaller: one part, one owner, one date that somebody is
prepared to be teased about. We would write down what we expect before we look, because afterwards
everybody remembers having been right.

And we would leave the whiteboard alone. The double underline has become ⟨a sort of monument|the
most honest document we own⟩: it says that we knew what mattered on the first day, and that
knowing was never the hard part.
""",
    ),
    Piece(
        "post",
        "an argument",
        """# {title}

Most advice on this subject is ⟨correct and useless|true in the way horoscopes are true⟩. It says
that *{k1}* matters. It says to start early. It has never once been refuted, and it has never once
helped.

So here is a claim that could be wrong, which is the only kind worth your four minutes: **what
decides the outcome is not {k1} but the first boring hour spent on it.**

## The usual story

The usual story has a hero, a tool and a turning point. Somebody looks hard at *{k2}*, has an idea
in the shower, and {n1} per cent of the trouble goes away by Friday. It makes a good slide. I have
made that slide.

What the slide leaves out is the brief that started it all:

> {brief}.

Read it again, slowly. Half of the work is in the verbs, and nobody budgets for verbs.

## The boring hour

The people who get this right do something dull before they do something clever:

1. They write down what is true today, with a number in it.
2. They ask who would notice if nothing changed. ⟨Often it is one person|Sometimes nobody would,
  and they go home early⟩.
3. They pick the smallest part of *{k3}* that could embarrass them, and do that first.

None of this needs a budget. It took me {n2} minutes the last time, including the coffee.

## The objection

You may say that this does not scale. ⟨Quite so|I hope not⟩: an hour is an hour. But the
alternative scales beautifully, and what it scales is the wrong thing. I have watched a wrong idea
about *{k1}* roll out to an entire company in a single afternoon, on schedule, to applause.

Spend the hour. If it turns out to be wasted, you will have lost an hour; and you will be the
first person in the building who knows.
""",
    ),
    Piece(
        "post",
        "field notes",
        """# {title}

*Field notes, kept for {n1} days, tidied only where the spelling was actionable.*

## Day 1

The assignment: {brief}. I read it standing up, which is how I read things I intend to finish by
lunch. ⟨It is not lunch any more|I sat down at three⟩.

## Day 4

First discovery: everybody has a view on *{k1}*, and the views are held with a firmness inversely
proportional to contact. I asked six people. I received seven definitions, one of them as a
drawing.

- Two said it was mostly about *{k2}*.
- Three said it had nothing to do with *{k2}*.
- One asked who else I had spoken to, and then agreed with them.

## Day 9

Second discovery: the drawing was right. ⟨It usually is|Annoyingly, it was also the only one
without arrows⟩. It showed *{k1}* as a small box and *{k3}* as a very large one around it, with a
stick figure outside both, waving. I had been interviewing the small box.

> If you want to know where the work is, look for the person who is waving.

I have put that on the wall. It has already annoyed two visitors.

## Day 15

A setback, of the useful sort. The number I had been quoting, {n2} per cent, turns out to be the
share of people who *answered*, not the share who agreed. I have corrected it in four documents
and one toast.

## What the notebook says now

Less than I hoped, and more than I can fit on a slide. That *{k1}* is a symptom with good
publicity. That *{k2}* gets better as soon as anyone is allowed to say what it costs. And that the
best question of the fortnight was asked by someone holding a coat, on the way out: ⟨"Who is this
for?"|"And then what?"⟩

I did not have an answer. I have one now, and it is the reason for this post.
""",
    ),
    Piece(
        "article",
        "a feature",
        """# {title}

⟨At twenty past eight on a wet morning|On the fourth floor, behind a door that sticks|In a room
with one window and eleven chairs⟩, a small group of people are looking at a sentence. The
sentence is this: {brief}. They have been looking at it for {n1} minutes. Nobody has suggested
changing it, which is how you can tell that nobody likes it.

## A question of words

Start with *{k1}*. It is a comfortable word; it has been in every report for years. Asked what it
means, most of the people in the room point at someone else, politely, with a pen. "We all use
it," says one of them, "because it lets us leave the meeting."

The trouble begins when comfortable words meet uncomfortable ones. *{k2}* is uncomfortable. It has
an invoice attached.

## What the numbers say

The numbers say less than one would like, and they say it in three voices:

- **The optimistic one:** things have improved by {n2} per cent since last year.
- **The careful one:** they have improved where someone was measuring.
- **The tired one:** last year was a bad year, and everything improves on it.

All three are true. ⟨They are also the same number|They were, on inspection, taken from the same
spreadsheet⟩.

## The view from the work

Away from the table, the matter looks different. People who deal with *{k3}* every day do not talk
of strategy. They talk of mornings: which of them go well, and what was done the evening before.

> You can tell in the first ten minutes. Either somebody has thought about you, or somebody has
> thought about the process.

It is hard to improve on that as a test, and nobody in the room tries.

## What comes next

By noon the sentence has survived, with one verb replaced. It is a better verb: it has a subject,
and the subject is sitting at the table, looking ⟨thoughtful|like someone who has just been
volunteered⟩. That may be the whole method. Find the sentence; find out who it is about; and ask
them before the coffee is cold.
""",
    ),
    Piece(
        "article",
        "an essay",
        """# {title}

There are two ways to be wrong about *{k1}*. The first is to think it does not matter. The second,
⟨which is more popular and better paid|for which there are conferences⟩, is to think it is the
only thing that does.

## The first mistake

The first mistake is easy to forgive. For years the subject was looked after by one person, in a
corner, with a label maker. It worked; so it was invisible; so it was cut. {n1} days later it was
very visible indeed.

What was lost can be put plainly: {brief}. That had been somebody's whole job. It was on nobody's
list.

## The second mistake

The second mistake comes with diagrams. Having discovered that *{k1}* matters, an organisation
will attach to it everything that used to live elsewhere, *{k2}* included, until the word means
about as much as "stakeholder".

Three signs that you have arrived there:

1. The word appears in the title of a role, and again in the title of its manager.
2. Questions about *{k3}* are answered with a framework.
3. People who do the work have ⟨stopped using the word|begun to pronounce it with quotation
  marks⟩.

## A modest middle

Between the corner and the framework lies a narrow and rather pleasant strip of ground. Its
inhabitants can tell you what they did yesterday. They keep a number, usually one; when I asked,
it was {n2}, and they were not proud of it, but they knew why.

> We stopped asking whether it was important. We asked what would be different on Thursday.

It is not a theory. I have looked for the theory in it, being fond of theories, and found only a
habit: small, regular, slightly dull, and passed on by sitting next to someone.

## In place of a conclusion

Perhaps that is why it is so seldom written down. A habit makes a poor headline. But of all the
things I have read about *{k1}*, ⟨most of them long|several of them mine⟩, it is the only one that
I have seen work twice.
""",
    ),
)

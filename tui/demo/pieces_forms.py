"""Pieces of no particular kind, and the forms a different approach can take. Data only."""

from __future__ import annotations

from tui.demo.pieces import Piece

OTHER_PIECES = (
    Piece(
        "",
        "a memo that can be acted on",
        """# {title}

**In one line:** {brief}.

⟨This is a short paper with a long tail|The short version fits on a card; the card is
attached|Nothing here is secret, and most of it is overdue⟩. It sets out what we know about
*{k1}*, what we only believe, and what it would cost to tell the two apart.

## What we know

*{k1}* has been discussed for {n1} days. In that time it has acquired a folder, two owners and a
nickname. It has not acquired a decision. That is not for want of opinions; the opinions are in
the folder.

Three facts that nobody disputes:

- The way we treat *{k2}* was chosen for reasons that no longer exist.
- The people who deal with *{k3}* have been asked twice and answered both times.
- Waiting is also a choice, and so far ⟨it is the one we have made|it has been unanimous⟩.

## What we believe

We believe that most of the difficulty is in one place. Estimates vary, but {n2} per cent is the
one we hear most often, generally from the person who would have to do it.

> It is not that hard. It is that it is nobody's Tuesday.

## What we propose

Give it a Tuesday. One person, one day a week, for four weeks; with the right to say no to
everything else on that day, in writing, to anyone. At the end we will have either a result or a
much better question, and ⟨both fit on the card|we would settle for either⟩.

## What it costs

Four Tuesdays. Somebody else's patience. A small amount of pride, since the answer will probably
turn out to be the one that was proposed in the first meeting, by the person who was taking the
notes.
""",
    ),
    Piece(
        "",
        "a guide in five steps",
        """# {title}

You have been handed *{k1}*, and ⟨nobody has told you why|the person who knew has moved to another
town⟩. This is the note that should have been in the drawer.

## First, what it is

{brief}. That is the official wording, and it is accurate in the way that maps are accurate:
everything is on it except the hill.

The hill is *{k2}*. You will meet it on the second day.

## Then, what to do

1. **Read everything once, quickly.** You will understand about {n1} per cent. This is a good
  score.
2. **Find who is waiting.** There is always somebody. Ask what they would do tomorrow if it were
  finished tonight.
3. **Do the smallest thing that they would notice.** Not the most important: the smallest.
4. **Tell them, in person.** ⟨Bring something to eat|Do not send a link⟩.
5. **Now read everything again.** It will be a different document.

## What goes wrong

Mostly step three. It feels like cheating, and so people do something large instead, in private,
for {n2} days. If you find yourself explaining *{k3}* to a wall, go back to step two.

> Everything I did well, I did on the second reading.

Whoever wrote that in the margin of the old folder did not sign it. We have asked around. Three
people claim it, ⟨and a fourth is modest|which seems few⟩.

## When to stop

When the person who was waiting has stopped waiting. Not when it is perfect, not when it is
documented, and not when it has a logo. Put this note back in the drawer on your way out; add one
line to it; and do not, whatever you do, correct the margin.
""",
    ),
)

FORM_PIECES = (
    Piece(
        "explainer",
        "an explainer",
        """# {title}, explained

If you have ⟨two minutes|a short lift ride⟩, here it is. **{brief}.** The rest of this page takes
that sentence apart and puts it back together with fewer pieces.

## What is it?

Think of *{k1}* as a coat check. You hand something over, you get a number, and everything depends
on the number meaning the same thing when you come back. Nobody admires a coat check. Everybody
remembers the one that lost a coat.

## How does it work?

In three moves:

1. Something arrives, usually *{k2}*, usually at the wrong moment.
2. Somebody decides where it belongs. This takes seconds, or {n1} days.
3. It is found again, by a different person, who was told nothing.

The third move is the only one that counts. The first two are ⟨how we keep busy|paperwork⟩.

## Why is it hard?

Because every move is easy. Ask anyone and they will tell you that their part works, and they will
be right. What fails is the space between the parts, and a space has no owner, no budget and no
status meeting.

> Complicated things break in the middle. Simple things break at the edges.

## What should I remember?

- *{k1}* is a promise, not a place.
- *{k3}* is where you find out whether the promise was kept.
- If you can check only one thing, check the number. Ours was off by {n2}.

## And if I still do not get it?

Then you are in good company, and probably ⟨standing at the counter|holding the ticket⟩. Ask for
your coat. What happens next is the explanation.
""",
    ),
    Piece(
        "story",
        "a story",
        """# {title}: a story

Mara found the note on her first day, under the keyboard, in a hand that leaned to the left. It
said: {brief}.

She asked the others. ⟨They looked at the ceiling|There was some coughing⟩. "Ah," said the oldest
of them, "that will be about *{k1}*," and he went to see about the kettle, though it had just
boiled.

## The drawer

For {n1} days she did what she had been hired to do. On the next one she opened the drawer. In it
lay:

- a folder marked *{k2}*, empty;
- a folder marked *{k3}*, which held the contents of the other one;
- a key that fitted nothing, with a label: "not this one".

She laid them out on the floor and sat among them until the lights, which were on a timer, gave
her up.

## The visitor

"You have found it, then," said somebody at the door. It was a woman in a good coat, whose
photograph hung on the stairs. She had left before Mara was hired, or before Mara was born; ⟨the
photograph did not say|the frame was that sort of frame⟩.

"Found what?"

"The question. I never had time for the answer. Everyone wanted the answer, so I hid the question
where only somebody idle would look."

> "I was not idle," said Mara. "I was tidying." — "That is what I used to call it."

## Monday

In the morning the floor was clear. There was one folder now, not two, and on its cover she had
written in a hand that leaned very slightly to the left. When the new man asked what it was, some
{n2} weeks later, she looked at the ceiling for a moment. Then she put down her cup.

"Sit," she said. "It is about *{k1}*. Nobody told me, either."
""",
    ),
    Piece(
        "letter",
        "an open letter",
        """# {title}: an open letter

Dear whoever inherits this,

You do not know me. ⟨I sat where you sit|My mug is still in the cupboard, and you may have it⟩. I
am writing because in {n1} days nobody will remember why we did it this way, and you will
conclude, reasonably, that we were fools. We were; but not in the way you think.

## What we were asked

We were asked for one thing, and I copy it here as we received it:

> {brief}.

You will notice that it does not mention *{k1}*. Neither did we, until it was most of the work.

## What I should confess

- The part about *{k2}* was a guess. It was a good guess, it has held, and nobody should lean on
  it.
- The number {n2}, wherever you meet it, was chosen because it fitted in the column.
- I told them *{k3}* was finished. ⟨It was resting|It was finished in the sense that I was⟩.

## What I would ask of you

Change it. Do not be polite to it on our account. The worst thing you could do with our work is to
build a fence around it and call the fence "legacy", as if it had been left to you by an aunt.

But before you change it, use it for a week. There is a thing that it does on the fourth day, and
I cannot describe it, and I have never seen it in any of the things that were meant to replace it.

## And a favour

When you leave, write one of these. Be quick, and be rude about yourself; it is the only part that
anybody believes.

With respect, and with ⟨apologies for the naming|my best wishes to the mug⟩,

*Your predecessor*
""",
    ),
    Piece(
        "interview",
        "an interview",
        """# {title}: questions and answers

*The answers are by somebody who has done it; the questions are by somebody who has to.*

## So what is this about?

**A:** Officially: {brief}. ⟨Unofficially, it is about whoever has to pick up the phone|Between
us, it is about Mondays⟩.

## And where does *{k1}* come in?

**A:** Late, and without knocking. Everyone plans for *{k2}*, because one can draw it. *{k1}*
cannot be drawn. You notice it the way you notice a draught.

## Give me a number.

**A:** {n1}. Do not ask of what; it changes. I keep it on a card, and when it goes up I cancel
something.

## What do people get wrong?

**A:** Three things, always the same three:

- They ask the loudest person.
- They believe the first answer.
- They mistake *{k3}* for progress, since it comes with a chart.

## You sound cynical.

**A:** I am an optimist with a filing system. Look:

> Every time we did the small thing first, the large thing turned out to be smaller.

That is not cynicism. It is {n2} weeks of evidence, ⟨some of it with biscuit on it|and I have the
folder⟩.

## What would you do differently?

**A:** I would be interviewed at the beginning. By the end one has only answers, and they are so
much less use.

## A last word for our readers?

**A:** Start on the part you would be embarrassed to be seen doing slowly. Then do it slowly.
⟨People will come and help you out of sheer discomfort|You would be surprised who brings a chair⟩.
""",
    ),
)

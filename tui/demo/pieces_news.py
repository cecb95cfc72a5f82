"""Pieces to be sent: newsletters. Data only, written as `tui.demo.pieces` says."""

from __future__ import annotations

from tui.demo.pieces import Piece

NEWS_PIECES = (
    Piece(
        "newsletter",
        "an issue in four parts",
        """# {title}

Hello,

⟨It has been a fortnight of small victories and one large kettle|The heating is back, and so are
we|This issue was nearly on time⟩. Thank you to the {n1} of you who wrote in about the last one,
and in particular to the reader who corrected our arithmetic in verse.

## The big thing

In short: {brief}. If you read only one paragraph today, it was that one, and you may go back to
your sandwich.

For the rest of you: *{k1}* has been on our list since before the list had a name. We have finally
done something about it. It is not finished, but it has reached the stage at which other people
can be disappointed by it, and that is the stage at which things start to get better.

## Three small things

- **{k2}:** quieter than it was. Several of you noticed before we did.
- **{k3}:** we changed our minds, then changed them back, and the second time we wrote down why.
- **The kettle:** ⟨descaled|replaced, with full honours⟩.

## Heard this month

> I don't need it to be clever. I need it to be there on Monday.

From a reader who asked not to be named, and who is going on a poster.

## By the numbers

{n2} is the number of days between "this will be quick" and the end of the thing that was going to
be quick. We publish it here so that next month's issue has something to beat.

## Before you go

If you have two minutes, reply and tell us the one thing about *{k1}* that you would fix first. We
read everything. We answer most of it. ⟨We frame the rude ones|The rude ones get a longer answer⟩.

Until next time: be kind to your drafts,

*The people on the other side of this email*
""",
    ),
    Piece(
        "newsletter",
        "a letter to readers",
        """# {title}

Dear reader,

There is a theory that newsletters should open with something personal, so: I have been thinking
about *{k1}* in the queue at the post office, ⟨and I lost my place|which is the best thinking room
in town⟩.

## Why this, why now

Because of one line, which reached us {n1} days ago and has not left us alone since:

> {brief}.

You can disagree with it. Two of us did, loudly, for a whole lunch. But you cannot un-read it, and
once it is in your head you start to see *{k2}* everywhere: in the calendar, in the backlog, in
the way people say "just".

## What we found when we looked

We looked for a week. We are not scientists, but we own a notebook, and it now says:

1. Of everything filed under *{k1}*, about {n2} per cent was really something else, wearing its
  hat.
2. The part that was left was smaller than we feared and ⟨older than we hoped|duller than we
  hoped⟩.
3. Nobody we asked wanted more of *{k3}*. Several wanted less, and one wanted it back the way it
  was.

## What to do with that

Nothing grand. Choose one thing that you do out of habit, and skip it once. If nobody notices, you
have found an hour a week. If somebody does, you have found your reader, and you should take them
to lunch.

We did this with our own Wednesday report. ⟨It took a month for anyone to ask|Somebody asked
within the hour; it was the person who writes it⟩.

## Links, but only two

- A short piece that says this better than we do, and which we are therefore not going to link.
- Last month's issue, for those who like to see a promise in its natural habitat.

Yours, from the queue,

*The editors*
""",
    ),
)

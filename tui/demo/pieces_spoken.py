"""Pieces to be spoken: scripts and talks. Data only, written as `tui.demo.pieces` says."""

from __future__ import annotations

from tui.demo.pieces import Piece

SPOKEN_PIECES = (
    Piece(
        "script",
        "a two-hander",
        """# {title}

*Running time: about four minutes. Two voices; one table; a lamp that has opinions.*

## Cold open

**ANNA:** ⟨Say it again, slowly.|Read me the line.⟩

**BEN:** "{brief}."

**ANNA:** And they want that in four minutes.

**BEN:** They want it in three. I asked for a lamp.

*(The lamp comes on, late.)*

## Scene one: the problem

**ANNA:** Start with *{k1}*. Everyone at home has one.

**BEN:** Or had one. Or has a cousin who can get you one.

**ANNA:** {n1} per cent of people say they understand it.

**BEN:** And the rest?

**ANNA:** The rest have tried to use it.

> HOLD on ANNA, two seconds longer than is comfortable.

## Scene two: the turn

*(BEN lays three cards on the table.)*

- Card one says **{k1}**.
- Card two says **{k2}**.
- Card three is blank. ⟨It stays blank.|He is very pleased with card three.⟩

**BEN:** People pick between one and two. They have picked for years. They have built departments.

**ANNA:** And three?

**BEN:** Three is the question nobody asked: what is it *for*?

**ANNA:** *(to camera)* It cost us {n2} days to turn over a blank card. We thought you might like
to save the time.

## Scene three: what to do on Monday

**ANNA:** One thing. Not five.

**BEN:** I had five.

**ANNA:** I know. One. Take the smallest piece of *{k3}* you can find, and finish it while
somebody watches.

**BEN:** Why while somebody watches?

**ANNA:** Because otherwise you will improve it.

*(The lamp goes out. A pause. It comes back on.)*

**BEN:** It does that.

## Tag

**ANNA:** If this helped, tell one person.

**BEN:** If it did not, ⟨tell the lamp|tell two⟩.

*(CUT.)*
""",
    ),
    Piece(
        "script",
        "a narrated walk-through",
        """# {title}

*One narrator. Pictures do the heavy lifting; the words hold the door.*

## 0:00 Hook

**NARRATOR:** In the next four minutes, ⟨somebody is going to change their mind|you will hear one
number, and it will not be the one you expect⟩. It may be me.

*(PICTURE: a desk, too tidy to be real.)*

## 0:20 The promise

**NARRATOR:** Here is what this film is about. {brief}. That is all. If you came for anything
else, there is a very good video about otters.

## 0:45 The part everyone knows

*(PICTURE: a list, typed live.)*

- *{k1}*: what people ask about.
- *{k2}*: what people mean.
- *{k3}*: what it turns out to be.

**NARRATOR:** Most explanations stop at the first line, because the first line is easy to draw.

## 1:40 The part nobody shows

**NARRATOR:** We followed it for {n1} days. On most of them nothing happened, and I want to be
clear that we filmed it beautifully.

Then, on a Thursday, this:

> "Oh. It was never about that at all, was it?"

*(PICTURE: the speaker, off guard, holding ⟨a screwdriver|half a biscuit⟩.)*

**NARRATOR:** No. It was not. *{k1}* was the label on the drawer. What was in the drawer was
*{k2}*, folded very small.

## 3:00 The number

**NARRATOR:** {n2}. That is how many times we had walked past it. We counted, afterwards, on the
footage, with the sound off.

*(PICTURE: the drawer. Nothing else. Let it run.)*

## 3:30 Landing

**NARRATOR:** So: open the drawer. You do not need a plan, or a better drawer. You need ⟨about ten
minutes|one free hand⟩, and the willingness to find your own handwriting in it.

*(PICTURE: otters, briefly, as promised to nobody.)*
""",
    ),
    Piece(
        "talk",
        "a talk with three claims",
        """# {title}

*Twenty minutes, nine slides, one of them blank.*

## Opening (two minutes)

Good morning. ⟨I was asked to be inspiring, and I have brought a spreadsheet|I have given this
talk once before, to my dog, who left⟩. Please put your hand up if you have ever been told that
*{k1}* would take an afternoon.

Keep it up if it did.

Thank you. For the recording: I can see the whole room, and one liar.

## Why I am standing here

Because of this sentence, which I was given as an abstract and have come to regard as a dare:
{brief}.

We took the dare. It lasted {n1} days. I am going to tell you the three things we learned, in the
order in which they hurt.

## Three claims

1. **{k1} is a people problem with a technical costume.** We changed the costume twice before
  anyone thought to ask who was inside.
2. **{k2} is cheaper to show than to explain.** Our best document was a demonstration that failed
  ⟨in an interesting way|in front of the right person⟩.
3. **You will remember it wrongly.** We wrote our guesses down on the first day. Out of {n2}, we
  had four right, and we all remembered nine.

> Slide seven is blank. This is where you write down what you think I am going to say next.

*(Wait. Let it become awkward. It is the only slide they will remember.)*

## The part I would skip if I were running late

There is a long and honourable literature on *{k3}*. It is mostly right. I have put it in the
notes, where it can go on being right in peace.

## Close (one minute)

If you take one thing home, take the guess. Write it down before you look; date it; give it to
somebody who does not like you very much.

⟨That is all. There is coffee, and I believe it is somebody's fault|Thank you. I will take
questions, and I will answer the ones I like⟩.
""",
    ),
    Piece(
        "talk",
        "a story told backwards",
        """# {title}

*For a room of about a hundred. No slides until the end; then exactly one.*

## The end

I will begin with the end, since ⟨some of you have a train|the end is the part I am sure of⟩. It
worked. There was no launch. Somebody noticed on a Wednesday that nobody had complained since the
Wednesday before, and we went for lunch.

Now let me take it apart.

## The week before

A week earlier we had {n1} open questions and a chart of them that went up. The most expensive was
about *{k1}*. It had been open so long that it had a nickname.

What closed it was not an idea. It was a visit. One of us sat down next to a person who uses the
thing, and watched, and said nothing for an hour, and it was apparently the longest hour of his
career.

> She had worked around it so well that she thought the workaround was the product.

## The month before

A month earlier we had a plan. It named *{k2}* eleven times and that person not once. You can see
the shape of the mistake from here; ⟨you could not see it from inside|it had excellent
typography⟩.

Our rules at the time, which I would like on the record:

- If it is about *{k1}*, it goes to the committee.
- If it is about *{k3}*, it goes to the other committee.
- If it is about both, it goes on the chart.

## The first day

And on the first day there was a sentence on a card. Here it is; this is the one slide:
**{brief}.**

Everything we needed was on the card. It took {n2} days to read it properly. My whole message
tonight is that you may be carrying such a card, that you have probably read it to other people,
and that ⟨it might be worth reading it to yourself|it is possibly in your pocket⟩.

Thank you.
""",
    ),
)

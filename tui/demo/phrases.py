"""What revisions are made of: replacements, sentences and blocks. Data only.

`{k1}`…`{k3}` are words of the topic, `{title}` its title, `{ask}` the request in one line.
"""

from __future__ import annotations

OPENINGS = (
    (
        "Start with the uncomfortable part: *{k1}* was never the problem. It was only where the "
        "problem was easiest to see."
    ),
    "Three words got us here: *{k1}*, *{k2}*, and “later”. This is about the third one.",
    (
        "If you have ever nodded along to a sentence about *{k1}* and hoped that nobody would "
        "ask, you are among friends."
    ),
    (
        "Last week somebody asked me what *{k1}* is for. I had an answer ready. It was for a "
        "different question."
    ),
    (
        "Here is the whole thing in a breath: *{k1}* costs more than it looks, *{k2}* costs "
        "less, and we had them the wrong way round."
    ),
)
ENDINGS = (
    "So: pick one part of *{k1}*, give it a date, and tell somebody. The rest is typing.",
    (
        "None of this is finished. But it is now wrong in a way that can be discussed, and that "
        "is more than we had on Monday."
    ),
    "If you try it, write and tell me where it broke. I collect those.",
    (
        "The last word belongs to *{k2}*, which has been waiting politely since the first "
        "paragraph: go and look at it today."
    ),
    "Close the tab. Open the drawer. Start there.",
)
TITLE_ENDINGS = (
    ", and what it cost",
    ": what nobody wrote down",
    ", in plain words",
    ": a short account",
    ", as it really went",
    ": notes from the inside",
)
BOLD_TITLE_ENDINGS = (
    ", and why we should have done it sooner",
    ": stop nodding, start counting",
    ": an unpopular view",
    ", whether you like it or not",
)
BOLD_LINES = (
    (
        "Let us be blunt: most of what is said about *{k1}* is said by people who will not be "
        "there on Monday."
    ),
    (
        "If that sounds harsh, look at your own calendar and count the hours that *{k1}* got "
        "last month."
    ),
    "Here is the part that gets people angry: *{k2}* is optional, and it always was.",
    "Everyone in the trade knows this. They will deny it over dinner and admit it over dessert.",
    "You can disagree. Bring a number.",
)
FRIENDLY_LINES = (
    (
        "A word before we go on: you do not need to know anything about *{k1}* to follow this. "
        "If you have ever lost your keys, you are qualified."
    ),
    "If this is new to you, good: take your time, and skip whatever bores you.",
    "Put simply: *{k1}* is the thing you reach for, and *{k2}* is the shelf it should be on.",
    "By the way, nobody gets this right the first time. We have the folder to prove it.",
)
FORMAL_LINES = (
    (
        "The scope of this text is limited to *{k1}*; *{k2}* is considered only where the two "
        "cannot be separated."
    ),
    (
        "The statements made here reflect the position at the time of writing and are subject "
        "to review."
    ),
    "For the purposes of what follows, *{k1}* is used in its ordinary sense.",
    "Responsibility for *{k3}* is to be agreed separately.",
)
EXAMPLES = (
    (
        "For example: a team of four spent two mornings listing every place where *{k1}* turned "
        "up. They found eleven. Nine of them were the same one, seen from different chairs."
    ),
    (
        "Take one case. A small office gave *{k2}* to whoever complained last. Within a month "
        "nobody complained, and the one who did had quietly put it right."
    ),
    (
        "Here is a concrete one: on a Thursday in March, *{k1}* was switched off by mistake for "
        "six hours. Two people noticed. Both wrote to say how quiet it was."
    ),
    (
        "An example from closer to home: this paragraph took longer than the page around it, "
        "because it was the first one that could be checked."
    ),
)
NUMBERS = (
    (
        "In figures: of 40 cases we looked at, 27 came down to *{k1}*, 9 to *{k2}*, and 4 to a "
        "cable. (These figures are the demo's; put your own here.)"
    ),
    (
        "To put a number on it: 6 hours a week, or about 280 a year, or one person until the "
        "end of July. (An invented number, in the right place.)"
    ),
    (
        "The ratio is about 3 to 1: for every hour spent on *{k1}*, three went on explaining "
        "it. (Replace with what you measured.)"
    ),
    (
        "One figure is enough: 72 per cent. That is how much of *{k2}* was done twice. "
        "(Invented; check it before you print it.)"
    ),
)
TABLES = (
    (
        "| | Before | After |\n|---|---|---|\n| Hours on *{k1}* | 11 | 4 |\n"
        "| People asked | 2 | 9 |\n| Surprises | weekly | monthly |"
    ),
    (
        "| What | Who | By when |\n|---|---|---|\n"
        "| *{k1}*, the first part | one person | Friday |\n"
        "| *{k2}*, written down | somebody else | the week after |\n| Cake | everyone | always |"
    ),
    (
        "| Claim | What we saw |\n|---|---|\n| *{k1}* is slow | it waits for *{k2}* |\n"
        "| *{k2}* is hard | it is dull, which looks the same |\n| Nobody cares | three people do |"
    ),
)
QUOTES = (
    "> I never wanted more of it. I wanted to know when it would stop.",
    "> You call it *{k1}*. Down here we call it Wednesday.",
    "> Show me the part that you are not proud of, and I will show you where the readers are.",
    "> It was obvious. That is why it took us so long.",
)
LISTS = (
    (
        "In short:\n\n- *{k1}* is where it shows;\n- *{k2}* is where it starts;\n"
        "- *{k3}* is what it costs."
    ),
    (
        "What to remember:\n\n- begin with the part that somebody is waiting for;\n"
        "- write the guess down first;\n- leave *{k1}* better labelled than you found it."
    ),
    (
        "A checklist, for those in a hurry:\n\n- Who is *{k1}* for?\n"
        "- What happens if we do nothing?\n- Who will say when it is done?"
    ),
)
DETAILS = (
    (
        "It is worth slowing down here. What looks like one decision about *{k1}* is at least "
        "three: who starts it, who is told, and who may stop it. Most teams make the first with "
        "care, the second by accident and the third in an emergency. Put them on one page and "
        "half of the trouble is gone."
    ),
    (
        "There is a history to this. *{k2}* was once done by hand, by somebody who knew every "
        "exception by its first name. When that knowledge was written down, the exceptions were "
        "left out, because a page has a bottom. They did not go away. They are what we now call "
        "incidents."
    ),
    (
        "Seen from the other side, the picture changes. Whoever depends on *{k1}* does not see "
        "the effort at all; they see whether the thing was there at nine. It is an unfair "
        "measure. It is also the only one that has never been gamed."
    ),
    (
        "One more layer, since we are here. The costs of *{k3}* arrive early and in one place; "
        "the gains come late, and to other people. No plan survives that unless somebody with "
        "both columns on the desk is prepared to be patient in public."
    ),
    (
        "What surprised us was the order. We had expected *{k1}* to improve last, as a result "
        "of all the rest. It improved first, in the second week, for no reason other than that "
        "people knew it was being looked at; and the rest then had something to follow."
    ),
)
NOTES = (
    (
        "On “{ask}”: it is a fair thing to want, and the short answer belongs here. It changes "
        "less about *{k1}* than one would think, and more about *{k2}*."
    ),
    (
        "A reader asked for this: “{ask}”. Quite right. Without it, the argument about *{k1}* "
        "stands on one leg, and it is the tired one."
    ),
    (
        "Then there is the matter of “{ask}”. It deserves a paragraph of its own, and this is "
        "it: *{k2}* first, *{k1}* after, and nothing in between but a night's sleep."
    ),
    (
        "As for “{ask}”: we tried it the other way round, and the other way round was worse. "
        "The traces are still visible, if you know where *{k3}* used to be."
    ),
)
SPICY_WORDS = {
    "probably": "certainly",
    "perhaps": "plainly",
    "may": "will",
    "might": "will",
    "most": "nearly all",
    "some": "far too many",
    "often": "always",
    "useful": "indispensable",
    "wrong": "dead wrong",
    "hard": "brutal",
    "dull": "mind-numbing",
    "small": "tiny",
    "large": "enormous",
    "fair": "overdue",
}
PLAIN_WORDS = {
    "do not": "don't",
    "does not": "doesn't",
    "did not": "didn't",
    "is not": "isn't",
    "was not": "wasn't",
    "cannot": "can't",
    "it is": "it's",
    "that is": "that's",
    "we have": "we've",
    "you will": "you'll",
    "however": "but",
    "therefore": "so",
    "utilise": "use",
    "utilize": "use",
    "in order to": "to",
    "approximately": "about",
    "assistance": "help",
    "per cent": "percent",
    "organisation": "outfit",
}
FORMAL_WORDS = {
    "don't": "do not",
    "doesn't": "does not",
    "didn't": "did not",
    "isn't": "is not",
    "wasn't": "was not",
    "can't": "cannot",
    "it's": "it is",
    "that's": "that is",
    "we've": "we have",
    "you'll": "you will",
    "a lot of": "much",
    "get": "obtain",
    "got": "obtained",
    "big": "substantial",
    "about half": "approximately half",
    "so": "therefore",
    "but": "however",
    "tell": "inform",
    "ask": "enquire of",
}
CLOSINGS = (
    "Say where it drags, and I will cut there first.",
    "The title is a suggestion; it can take a bolder one.",
    "Two of the sentences are only there to be disagreed with.",
    "",
    "If the tone is off, name one sentence that is right and I will follow it.",
    "",
)

"""All undocumented behavior of the SDK and the CLI that Redraft relies on, in one place.

```
rows        transcripts: rows of JSON, their kinds, the rows for resume point and cost
registry    which CLI has which session open
messages    the SDK's message classes (imports the SDK: never on the way to the first frame)
sentences   the CLI's English
variables   its environment
process     the way to the process behind a client
surprises   a warning, once each, about data in an unexpected form
dependences a list of all of these: what, where seen, what breaks without it, and its probe
```
"""

"""Everything that Redraft relies on and that neither the SDK nor the CLI promises, in one place.

```
rows        transcripts: rows of JSON, their kinds, the notes of place and cost
registry    which CLI has which session open
messages    the SDK's message classes (imports the SDK: never on the way to the first frame)
sentences   the CLI's English
variables   its environment
process     the way to the process behind a client
surprises   what did not look as expected is said by name, once
dependences each of these once more: what, where seen, what breaks without it, and its probe
```
"""

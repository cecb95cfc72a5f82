"""The commands that need no screen: each is a function of a studio, some choices and an `Out`."""

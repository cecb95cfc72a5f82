"""The default look of the chat: every colour comes from the active theme."""

from __future__ import annotations

from typing import Final

CHAT_CSS: Final = """
ChatPane {
    background: $background;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-gutter: stable;
    scrollbar-size-vertical: 1;

    & > .chat--text { color: $foreground; }
    & > .chat--link { color: $text-primary; }
    & > .chat--code { color: $text-accent; background: $foreground 8%; }
    & > .chat--code-block { color: $foreground; background: $foreground 6%; }
    & > .chat--quote { color: $text-secondary 70%; }
    & > .chat--rule { color: $foreground 25%; }
    & > .chat--bullet { color: $text-secondary; }
    & > .chat--activity { color: $text-warning; text-style: italic; }

    & > .chat--heading-1 { color: $text-primary; text-style: bold underline; }
    & > .chat--heading-2 { color: $text-primary; text-style: bold; }
    & > .chat--heading-3 { color: $text-secondary; text-style: bold; }
    & > .chat--heading-4 { color: $foreground; text-style: bold; }
    & > .chat--heading-5 { color: $foreground 80%; text-style: bold italic; }
    & > .chat--heading-6 { color: $foreground 70%; text-style: italic; }

    & > .chat--table-head { color: $foreground; text-style: bold; }
    & > .chat--table-line { color: $foreground 30%; }

    & > .chat--you { color: $text-accent 80%; text-style: bold; }
    & > .chat--you-rule { color: $accent 50%; }
    & > .chat--claude { color: $text-primary; text-style: bold; }
    & > .chat--draft { color: $text-secondary; text-style: bold; }
    & > .chat--draft-border { color: $foreground 35%; }
    & > .chat--tool { color: $foreground 65%; }
    & > .chat--tool-use { color: $foreground 90%; }
    & > .chat--tool-result { color: $foreground 55%; }
    & > .chat--note { color: $foreground 60%; }
    & > .chat--error { color: $text-error; }
    & > .chat--card { background: $surface; }

    & > .chat--syntax-keyword { color: $text-primary; text-style: bold; }
    & > .chat--syntax-name { color: $text-secondary; }
    & > .chat--syntax-string { color: $text-success; }
    & > .chat--syntax-number { color: $text-warning; }
    & > .chat--syntax-comment { color: $foreground 55%; text-style: italic; }
    & > .chat--syntax-operator { color: $foreground 75%; }

    & > .chat--more { color: $text-primary; background: $panel; text-style: bold; }
    & > .chat--cursor { color: $accent; }
    & > .chat--cursor-blurred { color: $accent 40%; }
}
"""

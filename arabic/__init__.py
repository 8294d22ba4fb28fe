"""Arabic text for both environments: spelling, Arabizi, noise, direction, language. Standard library only.

What is stored and shown is the text as typed (`strip_controls` only); `normalise` is for matching, never for reading
numbers or for display.
"""

from arabic.bidi import isolate, rtl_line, rtl_text
from arabic.language import guess, looks_arabizi
from arabic.normalise import digits_to_ascii, normalise, strip_controls
from arabic.skeleton import skeleton

__all__ = [
    "digits_to_ascii",
    "guess",
    "isolate",
    "looks_arabizi",
    "normalise",
    "rtl_line",
    "rtl_text",
    "skeleton",
    "strip_controls",
]

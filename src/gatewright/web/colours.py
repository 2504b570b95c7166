"""Colours as administrators type them, and whether text in them can be read (WCAG 2.2, criterion 1.4.3)."""

import re

READABLE = 4.5
"""The contrast that text needs; 3 is enough for what is not read, as the frame of a field."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def contrast(one: str, other: str) -> float:
    """Contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def hexadecimal(value: str, default: str = "#000000") -> str:
    """``value``, which is ``#rgb`` or ``#rrggbb``, as ``#rrggbb``; ``default`` for anything else."""
    if not _HEX.fullmatch(value):
        return default
    digits = value[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def text_on(background: str) -> str:
    """Black or white, whichever can be read."""
    # one of the two always reaches 4.58 : 1; white where both do, for that is how buttons look
    return "#ffffff" if contrast("#ffffff", background) >= READABLE else "#000000"


def muted_on(*backgrounds: str) -> str:
    """A quiet colour that can be read on all of them, or a loud one, or "" when there is none."""
    colours = ("#4d5766", "#a9b2bf", "#ffffff", "#000000")
    fit = (colour for colour in colours if all(contrast(colour, each) >= READABLE for each in backgrounds))
    return next(fit, "")


def readable(colour: str, surface: str, least: float = READABLE) -> str:
    """``colour`` moved towards black or white until it has the ``least`` contrast with ``surface``."""
    goal = text_on(surface)
    steps = (mixed(colour, goal, step / 20) for step in range(21))
    return next((shade for shade in steps if contrast(shade, surface) >= least), goal)


def mixed(colour: str, other: str, share: float) -> str:
    """``colour`` with a ``share``, 0 to 1, of the other."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

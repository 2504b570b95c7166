"""A tenant's look: its colours made safe for CSS and readable, its links and pictures made safe for HTML.

Contrast is that of WCAG 2.2: text needs 4.5 : 1 (success criterion 1.4.3).
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from gatewright.kernel.urls import parse_absolute

DEFAULT_PRIMARY = "#0b57d0"
DEFAULT_PAGE = "#f1f4f9"
DARK_PAGE = "#0d1117"
LIGHT_SURFACE = "#ffffff"
DARK_SURFACE = "#171c24"

_SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif'
_READABLE = 4.5
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
# What stands in a stylesheet between quotes must not be able to end them.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#@!$&*+,;=%\[\]]+")
_UNSEEN = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True, slots=True)
class Gradient:
    """A page that changes from one colour to another; ``angle`` in degrees, as CSS counts them."""

    start: str
    end: str
    angle: float = 180


@dataclass(frozen=True, slots=True)
class Theme:
    """How one tenant's pages look: its name, and addresses and colours as an administrator typed them.

    Colours are ``#rgb`` or ``#rrggbb``. Anything unusable is as good as absent: the pages then show
    their own default, for a person must be able to sign in whatever the branding says.
    """

    name: str
    logo_url: str = ""
    favicon_url: str = ""
    primary: str = DEFAULT_PRIMARY
    page_background: str | Gradient = ""
    font_url: str = ""
    support_url: str = ""
    support_email: str = ""

    @property
    def font(self) -> str:
        """The address of the tenant's font, if a stylesheet can name it."""
        is_plain = _is_web(self.font_url, "https") and _PLAIN_ADDRESS.fullmatch(self.font_url)
        return self.font_url if is_plain else ""

    @property
    def favicon(self) -> str:
        """The tenant's icon, or its monogram as a ``data:`` picture."""
        return picture(self.favicon_url) or _drawn_icon(monogram(self.name), _colour(self.primary))


def monogram(name: str) -> str:
    """One capital to stand for ``name`` where there is no picture."""
    return next((letter for letter in name if letter.isalnum()), "•").upper()[:1]


def picture(url: object) -> str:
    """``url`` if a page may show it as an image (https or an embedded image), otherwise ``""``."""
    text = str(url or "")
    return text if text.lower().startswith("data:image/") or _is_web(text, "https") else ""


def link(url: object) -> str:
    """``url`` if a page may link to it, otherwise ``""``.

    That is a path of our own, an http(s) address, or an application's own scheme; never a script.
    """
    text = str(url or "")
    ours = text.startswith(("/", "?")) and not text.startswith("//") and not _UNSEEN.search(text)
    return text if ours or _is_web(text, "http", "https") or parse_absolute(text) else ""


def css_variables(theme: Theme) -> str:
    """The custom properties that the stylesheet leaves to the tenant, for light and for dark screens."""
    primary = _colour(theme.primary)
    page = _page(theme.page_background)
    # a bright background chosen for daylight would dazzle those who asked for dark
    night = page if all(contrast(shade, "#ffffff") > 10 for shade in page.shades) else _Page(DARK_PAGE)
    light = {"primary": primary, "on-primary": _text_on(primary)} | _shades(primary, page, LIGHT_SURFACE)
    dark = _shades(primary, night, DARK_SURFACE)
    face, light["font"] = _font(theme.font)
    return (
        f"{face}:root{{{_declarations(light)}}}"
        f"@media(prefers-color-scheme:dark){{:root{{{_declarations(dark)}}}}}"
    )


def contrast(one: str, other: str) -> float:
    """Contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _is_web(url: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if _UNSEEN.search(url):
        return False
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc


def _drawn_icon(letter: str, colour: str) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8"'
        f' fill="{colour}"/><text x="16" y="23" font-family="sans-serif" font-size="20" font-weight="600"'
        f' text-anchor="middle" fill="{_text_on(colour)}">{letter}</text></svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe="/:=' ")


@dataclass(frozen=True, slots=True)
class _Page:
    """What is behind the form: one colour, or two with the way from one to the other."""

    start: str
    end: str = ""
    angle: float = 180

    @property
    def shades(self) -> tuple[str, ...]:
        return (self.start, self.end) if self.end else (self.start,)

    @property
    def css(self) -> str:
        if not self.end:
            return self.start
        return f"linear-gradient({self.angle:g}deg,{self.start},{self.end}) fixed"


def _page(wanted: str | Gradient) -> _Page:
    if isinstance(wanted, str):
        return _Page(_colour(wanted, DEFAULT_PAGE))
    start, end = _colour(wanted.start, DEFAULT_PAGE), _colour(wanted.end, DEFAULT_PAGE)
    return _Page(start, end, min(max(wanted.angle, 0), 360))


def _shades(primary: str, page: _Page, surface: str) -> dict[str, str]:
    quiet = _muted_on(*page.shades)
    return {
        "page": page.css,
        # where no colour can be read on the whole of a page, what stands there has a surface of its own
        "on-page": quiet or _muted_on(surface),
        "under-foot": "transparent" if quiet else surface,
        "surface": surface,
        "link": _readable(primary, surface),
    }


def _font(url: str) -> tuple[str, str]:
    """The rule that fetches the font at ``url``, and the names of fonts in the order of preference."""
    if not url:
        return "", _SYSTEM_FONTS
    face = f'@font-face{{font-family:"Tenant";src:url("{url}");font-display:swap}}'
    return face, f'"Tenant",{_SYSTEM_FONTS}'


def _declarations(properties: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in properties.items())


def _colour(value: str, default: str = DEFAULT_PRIMARY) -> str:
    if not _HEX.fullmatch(value):
        return default
    digits = value[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _text_on(background: str) -> str:
    # one of the two always reaches 4.58 : 1; white where both do, for that is how buttons look
    return "#ffffff" if contrast("#ffffff", background) >= _READABLE else "#000000"


def _muted_on(*backgrounds: str) -> str:
    """A quiet colour that can be read on all of them, or a loud one, or "" when there is none."""
    colours = ("#4d5766", "#a9b2bf", "#ffffff", "#000000")
    readable = (
        colour for colour in colours if all(contrast(colour, each) >= _READABLE for each in backgrounds)
    )
    return next(readable, "")


def _readable(colour: str, surface: str) -> str:
    """``colour`` moved towards black or white until text in it can be read on ``surface``."""
    goal = _text_on(surface)
    steps = (_mixed(colour, goal, step / 20) for step in range(21))
    return next((shade for shade in steps if contrast(shade, surface) >= _READABLE), goal)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

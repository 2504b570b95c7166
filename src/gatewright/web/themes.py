"""A tenant's look: its colours made safe for CSS and readable, its links and pictures made safe for HTML.

Contrast is that of WCAG 2.2: text needs 4.5 : 1 (success criterion 1.4.3).
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from gatewright.kernel.urls import parse_absolute
from gatewright.tenants import BrandingTheme
from gatewright.web.colours import contrast, hexadecimal, muted_on, readable, text_on
from gatewright.web.designs import design_properties, is_dark

__all__ = ["Gradient", "Theme", "contrast", "css_variables", "link", "monogram", "picture"]

DEFAULT_PRIMARY = "#0b57d0"
DEFAULT_PAGE = "#f1f4f9"
DARK_PAGE = "#0d1117"
LIGHT_SURFACE = "#ffffff"
DARK_SURFACE = "#171c24"

_SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif'
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

    ``design`` goes before the colours beside it.
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
    design: BrandingTheme | None = None

    @property
    def font(self) -> str:
        """The address of the tenant's font, if a stylesheet can name it."""
        return _stylesheet_address(self.font_url)

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
    face, font = _font(theme.font)
    if theme.design is not None:
        designed = design_properties(theme.design, _stylesheet_address(_image(theme.design)))
        scheme = "dark" if is_dark(theme.design) else "light"
        return f"{face}:root{{color-scheme:{scheme};{_declarations({**designed, 'font': font})}}}"
    primary = _colour(theme.primary)
    page = _page(theme.page_background)
    # a bright background chosen for daylight would dazzle those who asked for dark
    night = page if all(contrast(shade, "#ffffff") > 10 for shade in page.shades) else _Page(DARK_PAGE)
    light = {"primary": primary, "on-primary": text_on(primary)} | _shades(primary, page, LIGHT_SURFACE)
    dark = _shades(primary, night, DARK_SURFACE)
    light["font"] = font
    return (
        f"{face}:root{{{_declarations(light)}}}"
        f"@media(prefers-color-scheme:dark){{:root{{{_declarations(dark)}}}}}"
    )


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
        f' text-anchor="middle" fill="{text_on(colour)}">{letter}</text></svg>'
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
    quiet = muted_on(*page.shades)
    return {
        "page": page.css,
        # where no colour can be read on the whole of a page, what stands there has a surface of its own
        "on-page": quiet or muted_on(surface),
        "under-foot": "transparent" if quiet else surface,
        "surface": surface,
        "link": readable(primary, surface),
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
    return hexadecimal(value, default)


def _image(design: BrandingTheme) -> str:
    return design.page_background.background_image_url


def _stylesheet_address(url: str) -> str:
    return url if _is_web(url, "https") and _PLAIN_ADDRESS.fullmatch(url) else ""

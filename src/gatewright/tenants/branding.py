"""How a tenant's pages look; field names are the wire's."""

import re
from typing import Literal

import msgspec

from gatewright.kernel.errors import Invalid
from gatewright.kernel.urls import parse_absolute

_HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
# What stands in a stylesheet between quotes must not be able to end them.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#@!$&*+,;=%\[\]]+")


class Gradient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A background that changes from one colour to another; ``angle_deg`` as CSS counts it, 0 to 360."""

    type: Literal["linear-gradient"]
    start: str
    end: str
    angle_deg: float = 180

    def check(self, path: str) -> None:
        """Raises ``Invalid`` for what is no colour, or no angle."""
        check_colour(self.start, f"{path}.start")
        check_colour(self.end, f"{path}.end")
        if not 0 <= self.angle_deg <= 360:
            raise Invalid(f"read {self.angle_deg}; wanted: 0 to 360 degrees", path=f"{path}.angle_deg")


class BrandingColors(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Colours as ``#rrggbb``; the page behind the form may change from one to another."""

    primary: str = ""
    page_background: str | Gradient = ""


class BrandingFont(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file of a font (woff2, woff, ttf or otf), not a stylesheet."""

    url: str = ""


class Branding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Logo, icon, colours and font of the hosted pages."""

    logo_url: str = ""
    favicon_url: str = ""
    colors: BrandingColors = BrandingColors()
    font: BrandingFont = BrandingFont()

    def check(self, path: str) -> None:
        """Raises ``Invalid`` for a colour that is not hexadecimal or an address that is not https."""
        at = f"{path}." if path else ""
        if self.colors.primary:
            check_colour(self.colors.primary, f"{at}colors.primary")
        page = self.colors.page_background
        if isinstance(page, Gradient):
            page.check(f"{at}colors.page_background")
        elif page:
            check_colour(page, f"{at}colors.page_background")
        for name in ("logo_url", "favicon_url"):
            check_picture(getattr(self, name), f"{at}{name}")
        check_font(self.font.url, f"{at}font.url")


def check_colour(colour: str, path: str) -> None:
    """Raises ``Invalid`` for what is no ``#rgb`` or ``#rrggbb``."""
    if not _HEX_COLOUR.fullmatch(colour):
        raise Invalid(f"{colour[:60]!r} is not a colour like #0059d6", path=path)


def check_picture(url: str, path: str) -> None:
    """Raises ``Invalid`` for what is neither empty, nor an https address, nor a picture in the address."""
    if url and not url.startswith("data:image/") and not _is_https(url):
        raise Invalid(f"{url[:60]!r} is not an https address", path=path)


def check_font(url: str, path: str) -> None:
    """Raises ``Invalid`` for what is neither empty nor an https address that a stylesheet can name."""
    if url and not (_is_https(url) and _PLAIN_ADDRESS.fullmatch(url)):
        message = f"{url[:60]!r} is not an https address of plain characters (percent-encode others)"
        raise Invalid(message, path=path)


def _is_https(url: str) -> bool:
    parts = parse_absolute(url)
    return parts is not None and parts.scheme == "https" and len(url) <= 2_000

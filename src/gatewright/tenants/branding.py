"""How a tenant's pages look; field names are the wire's."""

import re

import msgspec

from gatewright.kernel.errors import Invalid

_HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class BrandingColors(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Colours as ``#rrggbb``."""

    primary: str = ""
    page_background: str = ""


class Branding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Logo, icon and colours of the hosted pages."""

    logo_url: str = ""
    favicon_url: str = ""
    colors: BrandingColors = BrandingColors()

    def check(self, path: str) -> None:
        """Raises ``Invalid`` for a colour that is not hexadecimal or an address that is not https."""
        for name in ("primary", "page_background"):
            colour = getattr(self.colors, name)
            if colour and not _HEX_COLOUR.fullmatch(colour):
                raise Invalid(f"{colour!r} is not a colour like #0059d6", path=f"{path}.colors.{name}")
        for name in ("logo_url", "favicon_url"):
            url = getattr(self, name)
            if url and not url.startswith(("https://", "data:image/")):
                raise Invalid(f"{url!r} is not an https address", path=f"{path}.{name}")

"""Whose name and colours a message carries.

A tenant is another noun, so what is needed of it is told here by its shape; ``tenants.Tenant`` has it.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from gatewright.messages.names import harmless

_DEFAULT_COLOUR = "#0b57d0"
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class _Colours(Protocol):
    @property
    def primary(self) -> str: ...


class _Branding(Protocol):
    @property
    def logo_url(self) -> str: ...
    @property
    def colors(self) -> _Colours: ...


class _Contact(Protocol):
    @property
    def support_email(self) -> str: ...
    @property
    def support_url(self) -> str: ...


class Correspondent(Protocol):
    """In whose name a message is written: a tenant."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def settings(self) -> _Contact:
        """Where people can ask for help."""
        ...

    @property
    def branding(self) -> _Branding:
        """Its logo and colour."""
        ...


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Checked looks: colours are ``#rrggbb``, addresses http(s) or empty."""

    name: str
    logo_url: str
    colour: str
    on_colour: str
    support: str


def letterhead_of(tenant: Correspondent) -> Letterhead:
    """The letterhead of ``tenant``; whatever of its looks mail cannot carry is left out."""
    colour = _colour(tenant.branding.colors.primary)
    logo = tenant.branding.logo_url
    return Letterhead(
        name=harmless(tenant.name),
        # Mail programs drop embedded images; only a web address is shown.
        logo_url=logo if logo.startswith("https://") else "",
        colour=colour,
        on_colour="#ffffff" if _contrast_with_white(colour) >= 4.5 else "#000000",
        support=_support(tenant.settings),
    )


def _support(contact: _Contact) -> str:
    if contact.support_url.startswith(("https://", "http://")):
        return contact.support_url
    return contact.support_email


def _colour(value: str) -> str:
    if not _HEX.fullmatch(value):
        return _DEFAULT_COLOUR
    digits = value[1:]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _contrast_with_white(colour: str) -> float:
    """Contrast as WCAG 2.2 defines it; text needs 4.5."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

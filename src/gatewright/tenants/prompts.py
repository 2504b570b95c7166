"""What a tenant decides about the pages of login, and its own words on them."""

from typing import Literal

import msgspec

Screens = dict[str, dict[str, str]]
"""Texts by screen and by the wire's name of the text."""


class PromptSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Kept and given back for those who move here; there is one login, and it asks as its connections do."""

    universal_login_experience: Literal["new", "classic"] = "new"
    identifier_first: bool = False
    webauthn_platform_first_factor: bool = False


class CustomText(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's own words on the screens of one prompt, in one language (a BCP 47 tag)."""

    language: str
    prompt: str
    screens: Screens

    @property
    def key(self) -> str:
        """By what it is told from others."""
        return f"{self.language}/{self.prompt}"

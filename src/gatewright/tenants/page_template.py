"""What a tenant has around the forms of its pages; field names are those of the wire's deployment tool."""

from typing import Literal

import msgspec


class PageTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """HTML in Liquid with a place for the head and one for the form of every page of login."""

    template: Literal["universal_login"] = "universal_login"
    body: str

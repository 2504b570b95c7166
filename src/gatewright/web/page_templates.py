"""Templates of tenants' own pages: HTML in Liquid, with a place for our head and one for our form.

Scripts, forms and frames are refused: whoever may change the looks of a page shall not read passwords on it.
What slips through is stopped by the content security policy, which admits our stylesheet and those styles
alone that stand in the template. Imported when a tenant has one: what reads them takes long to load.
"""

import html
import re
from collections.abc import Mapping
from typing import Any

from gatewright.kernel.errors import Invalid
from gatewright.messages.liquid import check_liquid, liquid_html
from gatewright.web.own_page import OwnPage
from gatewright.web.scripts import sha256_source

_PLACE = re.compile(r"\{%-?\s*auth0:(\w+)\s*-?%\}")
_PLACES = ("head", "widget")
_ALLOWED = frozenset(
    [
        "html",
        "head",
        "body",
        "div",
        "span",
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "footer",
        "main",
        "nav",
        "section",
        "article",
        "aside",
        "address",
        "a",
        "img",
        "strong",
        "em",
        "b",
        "i",
        "u",
        "small",
        "sup",
        "sub",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "blockquote",
        "figure",
        "figcaption",
    ]
)
_DOCTYPE = re.compile(r"<!doctype html>", re.IGNORECASE)
_STYLE = re.compile(r"<style>([^<]*)</style>", re.IGNORECASE)
_VALUE = r"""(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`/]+)"""
_TAG = re.compile(rf"</?([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9:_-]*(?:={_VALUE})?)*)\s*/?>")
_ATTRIBUTE = re.compile(rf"([a-zA-Z][a-zA-Z0-9:_-]*)(?:={_VALUE})?")
_UNSEEN = dict.fromkeys(range(33))

SAMPLE: Mapping[str, Any] = {
    "locale": "en",
    "tenant": {"friendly_name": "Example", "support_email": "", "support_url": ""},
    "application": {"name": "Example App"},
    "branding": {"logo_url": "", "colors": {"primary": "#0b57d0"}},
    "prompt": {"name": "login", "screen": {"name": "login"}},
}
"""What a template can put in, with values to try it with."""


def check_own_page(source: str, path: str) -> None:
    """Raises ``Invalid`` for a template that cannot be read, has no place for our parts, or does too much."""
    check_liquid(_with_marks(source), SAMPLE, path)
    try:
        own_page(source, SAMPLE)
    except Invalid as error:
        raise Invalid(error.message, path=path) from None


def own_page(source: str, values: Mapping[str, Any]) -> OwnPage:
    """The template with ``values``. Raises ``Invalid`` where it does not work with these."""
    written = liquid_html(_with_marks(source), values)
    before, head, rest = written.partition(_mark("head"))
    between, widget, after = rest.partition(_mark("widget"))
    if not (head and widget) or _mark("head") in rest or _mark("widget") in (before + after):
        raise Invalid("wanted: {%- auth0:head -%} once, and after it {%- auth0:widget -%} once")
    styles = _styles(before + between + after)
    return OwnPage(before, between, after, tuple(map(sha256_source, styles)))


def _with_marks(source: str) -> str:
    """The places as elements that no value can bring: values are escaped."""
    for name in _PLACE.findall(source):
        if name not in _PLACES:
            raise Invalid(f"no place auth0:{name[:40]}; wanted: auth0:head and auth0:widget")
    return _PLACE.sub(lambda found: _mark(found[1]), source)


def _mark(name: str) -> str:
    return f"<gatewright-{name}></gatewright-{name}>"


def _styles(page: str) -> list[str]:
    """The styles of a page. Raises ``Invalid`` for what is no plain tag, or has no place on a page of login.

    A parser that forgives sees other tags than a browser does, so only what both read alike is let through.
    """
    rest = _STYLE.sub("", _DOCTYPE.sub("", page))
    for tag, attributes in _TAG.findall(rest):
        _check_tag(tag.lower(), [name.lower() for name in _ATTRIBUTE.findall(attributes)], attributes)
    if "<" in (rest := _TAG.sub("", rest)):
        place = rest.index("<")
        raise Invalid(f"{rest[place : place + 20]!r} is no plain tag; wanted: &lt; for the sign itself")
    return _STYLE.findall(page)


def _check_tag(tag: str, names: list[str], attributes: str) -> None:
    if tag == "style":
        raise Invalid("<style> has no attributes, ends with </style>, and has no < in it")
    if tag not in _ALLOWED:
        raise Invalid(f"<{tag}> is not for pages of login; wanted: {', '.join(sorted(_ALLOWED))}")
    acting = [name for name in names if name.startswith("on") or name in ("style", "formaction", "srcdoc")]
    if "javascript:" in html.unescape(attributes).lower().translate(_UNSEEN):
        acting += [name for name in names if name in ("href", "src")]
    if acting:
        raise Invalid(f"{acting[0]} in <{tag}> is not for pages of login")

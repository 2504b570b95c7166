"""Templates of tenants' own pages: HTML in Liquid, with a place for our head and one for our form.

Scripts, forms and frames are refused: whoever may change the looks of a page shall not read passwords on it.
What slips through is stopped by the content security policy, which admits our stylesheet and those styles
alone that stand in the template. Imported when a tenant has one: what reads them takes long to load.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from gatewright.kernel.errors import Invalid
from gatewright.messages.liquid import check_liquid, liquid_html
from gatewright.web.own_page import OwnPage
from gatewright.web.scripts import sha256_source

_PLACE = re.compile(r"\{%-?\s*auth0:(\w+)\s*-?%\}")
_PLACES = ("head", "widget")
_REFUSED = frozenset(
    {
        "script",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
    }
    | {"base", "meta", "link"}
)
_ADDRESSES = ("href", "src")

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
    reader = _Reader()
    reader.feed(before + between + after)
    reader.close()
    if reader.refused:
        raise Invalid(f"{reader.refused} is not for pages of login")
    return OwnPage(before, between, after, tuple(sha256_source(style) for style in reader.styles))


def _with_marks(source: str) -> str:
    """The places as elements that no value can bring: values are escaped."""
    for name in _PLACE.findall(source):
        if name not in _PLACES:
            raise Invalid(f"no place auth0:{name[:40]}; wanted: auth0:head and auth0:widget")
    return _PLACE.sub(lambda found: _mark(found[1]), source)


def _mark(name: str) -> str:
    return f"<gatewright-{name}></gatewright-{name}>"


class _Reader(HTMLParser):
    """Finds the styles, and the first thing that has no place on a page of login."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.styles: list[str] = []
        self.refused = ""
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if self._in_style:
            self.styles.append("")
        names = [name for name, value in attrs if _does(name, value or "")]
        if not self.refused and (tag in _REFUSED or names):
            self.refused = f"<{tag}>" if tag in _REFUSED else f"{names[0]} in <{tag}>"

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles[-1] += data


def _does(name: str, value: str) -> bool:
    """Whether an attribute acts, or is a style, which the policy would not admit there."""
    is_script = name in _ADDRESSES and value.strip().lower().startswith("javascript:")
    return name.startswith("on") or name in ("style", "formaction", "srcdoc") or is_script

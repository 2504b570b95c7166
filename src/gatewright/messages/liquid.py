"""Templates that a tenant's administrators write: Liquid without loops, in a fixed amount of work and memory.

What a template may do is listed here, and nothing else exists for it: it chooses between texts, and puts
values into them, each escaped. It reaches no files and no attributes of objects, and takes time in proportion
to its length. Loading it takes a tenth of a second, so whoever needs it imports it then.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError
from liquid.filter import string_filter

from gatewright.kernel.errors import Invalid

LARGEST_TEMPLATE = 65_536
"""Characters."""

_LARGEST_RESULT = 262_144
_TAGS = frozenset({"if", "unless", "case", "comment", "assign", "capture", "echo", "liquid", "#", "doc"})
_INTERNAL_TAGS = frozenset({"content", "output", "illegal"})
_FILTERS = frozenset(
    {
        *("escape", "escape_once", "upcase", "downcase", "capitalize", "append", "prepend", "default"),
        *("size", "strip", "lstrip", "rstrip", "strip_html", "strip_newlines", "squish", "newline_to_br"),
        *("truncate", "truncatewords", "slice", "split", "first", "last", "remove", "remove_first"),
        *("replace", "replace_first", "url_encode", "date", "plus", "minus", "times", "divided_by", "modulo"),
        *("round", "floor", "ceil", "abs", "at_least", "at_most"),
    }
)
_DATE_FORMAT = re.compile(r"(?:[^%]|%[aAbBcdeHIjmMpSTuUwWxXyYZ%]){0,100}")


class _Liquid(Environment):
    """Liquid with limits; the classes of the library take them as attributes."""

    block_nesting_limit = 20
    context_depth_limit = 20
    local_namespace_limit = 16_384
    output_stream_limit = _LARGEST_RESULT
    suppress_blank_control_flow_blocks = False

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Leaves what is listed above."""
        super().setup_tags_and_filters(extra=False)
        known = _TAGS | _INTERNAL_TAGS
        self.tags = {name: tag for name, tag in self.tags.items() if name in known}
        self.filters = {name: each for name, each in self.filters.items() if name in _FILTERS}
        self.add_filter("replace", _replace)
        self.add_filter("date", _date)


def check_liquid(source: str, values: Mapping[str, Any], path: str) -> None:
    """Raises ``Invalid``, with the line, for what cannot be read or does not work with ``values``."""
    if len(source) > LARGEST_TEMPLATE:
        raise Invalid(f"{len(source)} characters; wanted: at most {LARGEST_TEMPLATE}", path=path)
    try:
        liquid_text(source, values)
    except Invalid as error:
        raise Invalid(error.message, path=path) from None


def liquid_html(source: str, values: Mapping[str, Any]) -> str:
    """HTML of a template, with every value escaped. Raises ``Invalid``, with the line."""
    return _rendered(source, values, escaping=True)


def liquid_text(source: str, values: Mapping[str, Any]) -> str:
    """Plain text of a template. Raises ``Invalid``, with the line."""
    return _rendered(source, values, escaping=False)


def _rendered(source: str, values: Mapping[str, Any], *, escaping: bool) -> str:
    try:
        return _parsed(source, escaping=escaping).render(**values)
    except LiquidError as error:
        raise Invalid(_told(error, source)) from None
    except (ArithmeticError, ValueError, TypeError, RecursionError, AttributeError) as error:
        raise Invalid(f"the template does not work: {type(error).__name__}") from None


@lru_cache(maxsize=256)
def _parsed(source: str, *, escaping: bool) -> BoundTemplate:
    return _environment(escaping=escaping).from_string(source)


@lru_cache(maxsize=2)
def _environment(*, escaping: bool) -> _Liquid:
    return _Liquid(autoescape=escaping, strict_filters=True)


def _told(error: LiquidError, source: str) -> str:
    place = error.context()
    words = " ".join(str(error.message or type(error).__name__).split())[:200]
    # what is missed until the end has no place of its own
    return f"line {place[0] if place else source.count(chr(10)) + 1}: {words}"


@string_filter
def _replace(text: str, old: object, new: object = "") -> str:
    """The filter of the library makes out of two short texts one that fills the memory."""
    sought, put = str(old), str(new)
    if len(text) + text.count(sought) * len(put) > _LARGEST_RESULT:
        raise ValueError("too long")
    return text.replace(sought, put)


@string_filter
def _date(text: str, form: object = "%Y-%m-%d") -> str:
    """A moment, ``now`` or ISO 8601, in a form no longer than what it shows; other text as it is. In UTC."""
    if not _DATE_FORMAT.fullmatch(str(form)):
        raise ValueError("no such form")
    try:
        at = datetime.now(UTC) if text in ("now", "today") else datetime.fromisoformat(text)
    except ValueError:
        return text
    return at.strftime(str(form))

"""What a setting is: a field of a frozen subject, with its variable, its description and what is wanted."""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

_SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Subject:
    """Settings that belong together: plain frozen values, which ``read_subject`` fills from outside."""


@dataclass(frozen=True, slots=True)
class Description:
    """One setting, described: its variable, its attribute, and the words for people.

    ``parse`` makes a value of the variable's text, without spaces around it, or raises ``ValueError``.
    ``computed`` is true for a default that is found out on this machine.
    """

    name: str
    attribute: str
    description: str
    wanted: str
    parse: Callable[[str], object]
    required: bool
    secret: bool
    computed: bool
    default: object


@dataclass(frozen=True, slots=True)
class _Words:
    name: str
    description: str
    wanted: str
    parse: Callable[[str], object]
    secret: bool


def setting(
    name: str,
    description: str,
    *,
    wanted: str,
    parse: Callable[[str], object],
    default: Any = MISSING,
    default_factory: Callable[[], Any] | None = None,
    secret: bool = False,
) -> Any:
    """A field read from the variable ``name`` by ``parse``; required when it has no default.

    ``wanted`` finishes the sentence said when it is wrong. A ``secret`` may also come from the file named
    by ``{name}_FILE``, and its value is never shown.
    """
    words = {_SETTING: _Words(name, description, wanted, parse, secret)}
    if default_factory is not None:
        return field(default_factory=default_factory, repr=not secret, metadata=words)
    return field(default=default, repr=not secret, metadata=words)


def describe(subject: type[Subject]) -> Iterator[Description]:
    """The settings of a subject, in the order they are written."""
    return (_description(item) for item in fields(subject))


def _description(item: Field[Any]) -> Description:
    words: _Words = item.metadata[_SETTING]
    return Description(
        name=words.name,
        attribute=item.name,
        description=words.description,
        wanted=words.wanted,
        parse=words.parse,
        required=item.default is MISSING and item.default_factory is MISSING,
        secret=words.secret,
        computed=item.default_factory is not MISSING,
        default=_default(item),
    )


def _default(item: Field[Any]) -> object:
    if item.default_factory is not MISSING:
        return item.default_factory()
    return None if item.default is MISSING else item.default

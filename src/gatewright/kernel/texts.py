"""English text that people read: marked where it is written, translated where a page shows it."""

from collections.abc import Mapping


def N_(text: str) -> str:  # noqa: N802  the name gettext tools look for
    """Returns ``text`` as it is; the mark lets the catalogs find it."""
    return text


class Phrase(str):
    """A marked text with its values in their places: a page shows it in its reader's language.

    To everybody else, a log or a JSON answer, it is the English text.
    ``pattern`` is the text as marked, ``values`` are what its ``%(name)s`` stand for.
    """

    __slots__ = ("pattern", "values")

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, /, **values: object) -> "Phrase":
        """The phrase; without ``values`` a percent sign is just that."""
        made = super().__new__(cls, pattern % values if values else pattern)
        made.pattern, made.values = pattern, values
        return made

"""The wire's query language, a part of Lucene's, read by recursive descent.

    query   = or
    or      = and *( "OR" and )                     AND binds closer than OR
    and     = not *( "AND" not )
    not     = [ "NOT" / "-" / "!" ] ( "(" query ")" / "_exists_:" field / field ":" value / value )
    value   = phrase / range / comparison / word / "(" values, joined like queries ")"
    range   = ( "[" / "{" ) end "TO" end ( "]" / "}" )          square: the end belongs to it; "*": open

``&&`` and ``||`` are other spellings. Two conditions without a word between them are refused: readers
differ in what they would mean. So are the parts of Lucene that are not here: ``~``, ``^``, ``+``, ``/…/``.
"""

from collections.abc import Callable
from typing import TypeVar

from gatewright.kernel.errors import Invalid
from gatewright.users.search.fields import USERS, Field, Vocabulary
from gatewright.users.search.query import EVERYBODY, And, Exists, Not, Or, Query
from gatewright.users.search.values import between, equal_to, matching
from gatewright.users.search.words import InvalidQuery, Reader, Word

__all__ = ["LONGEST", "InvalidQuery", "parse"]

LONGEST = 4_096
"""Characters of a query."""

MOST_CONDITIONS = 50
DEEPEST = 20
"""Brackets within brackets."""

_EXISTS = "_exists_"
_COMPARISONS = (">=", "<=", ">", "<")


def parse(text: str, vocabulary: Vocabulary = USERS) -> Query:
    """The query written as ``text`` about things of that ``vocabulary``; an empty one finds everybody.

    Raises ``InvalidQuery``, which names the position of the character that could not be read.
    """
    if len(text) > LONGEST:
        raise InvalidQuery(f"{len(text)} characters; wanted: at most {LONGEST}", LONGEST)
    return _Parser(text, vocabulary).whole()


class _Parser:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._reader = Reader(text)
        self._vocabulary = vocabulary
        self._conditions = 0
        self._depth = 0

    def whole(self) -> Query:
        if self._reader.at_end():
            return EVERYBODY
        query = self._either(None)
        if not self._reader.at_end():
            raise self._reader.unexpected("AND or OR; a value with spaces stands in quotes")
        return query

    def _either(self, field: Field | None) -> Query:
        found = [self._all(field)]
        while self._reader.takes("OR", "||"):
            found.append(self._all(field))
        return found[0] if len(found) == 1 else Or(tuple(found))

    def _all(self, field: Field | None) -> Query:
        found = [self._one(field)]
        while self._reader.takes("AND", "&&"):
            found.append(self._one(field))
        return found[0] if len(found) == 1 else And(tuple(found))

    def _one(self, field: Field | None) -> Query:
        if self._reader.takes("NOT", "-", "!"):
            return Not(self._deeper(lambda: self._one(field)))
        if self._reader.takes("("):
            return self._group(field)
        return self._condition(field)

    def _group(self, field: Field | None) -> Query:
        query = self._deeper(lambda: self._either(field))
        if not self._reader.takes(")"):
            raise self._reader.unexpected("AND, OR or a closing bracket")
        return query

    def _deeper(self, inner: Callable[[], Query]) -> Query:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._reader.error(f"wanted: at most {DEEPEST} brackets within brackets")
        query = inner()
        self._depth -= 1
        return query

    def _condition(self, field: Field | None) -> Query:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise self._reader.error(f"wanted: at most {MOST_CONDITIONS} conditions")
        start = self._reader.position()
        name = None if field else self._reader.field_name()
        if name is None:
            return self._value(field)
        if name == _EXISTS:
            return _at(
                start, lambda: Exists(self._vocabulary.named(self._reader.plain_word("the name of a field")))
            )
        named = _at(start, lambda: self._vocabulary.named(name))
        return self._group(named) if self._reader.takes("(") else self._value(named)

    def _value(self, field: Field | None) -> Query:
        """What is written for ``field``; without one it is looked for anywhere."""
        start = self._reader.position()
        if field is not None and (ends := self._range() or self._comparison()):
            low, high = ends
            return _at(start, lambda: between(field, low, high))
        word = self._reader.word()
        if field is not None:
            return _at(start, lambda: _condition(field, word))
        return _at(start, lambda: Or(tuple(_condition(each, word) for each in self._vocabulary.anywhere)))

    def _range(self) -> "_Ends | None":
        opened = self._reader.takes("[", "{")
        if not opened:
            return None
        low = self._reader.range_end()
        if not self._reader.takes("TO"):
            raise self._reader.unexpected("TO between the ends of a range")
        high = self._reader.range_end()
        closed = self._reader.takes("]", "}")
        if not closed:
            raise self._reader.unexpected("] or } after a range")
        return _end(low, inclusive=opened == "["), _end(high, inclusive=closed == "]")

    def _comparison(self) -> "_Ends | None":
        sign = self._reader.takes(*_COMPARISONS)
        if not sign:
            return None
        end = (self._reader.plain_word("a value"), sign.endswith("="))
        return (end, None) if sign.startswith(">") else (None, end)


_T = TypeVar("_T")
_Ends = tuple[tuple[str, bool] | None, tuple[str, bool] | None]


def _end(text: str | None, *, inclusive: bool) -> tuple[str, bool] | None:
    return None if text is None else (text, inclusive)


def _at(position: int, made: Callable[[], _T]) -> _T:
    """What ``made`` makes; its refusal gets the position."""
    try:
        return made()
    except InvalidQuery:
        raise
    except Invalid as error:
        raise InvalidQuery(error.message, position) from None


def _condition(field: Field, word: Word) -> Query:
    if word.pattern is not None:
        return matching(field, word.pattern)
    return equal_to(field, word.text)

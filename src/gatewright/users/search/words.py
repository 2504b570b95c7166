"""The characters of a query: words, phrases and signs, and where each of them stands."""

from dataclasses import dataclass

from gatewright.kernel.errors import Invalid
from gatewright.users.search.query import Pattern, Wild

_SPACE = " \t\r\n\u3000"
_ENDS_WORD = frozenset(_SPACE + '()[]{}"')
_NOT_HERE = {"~": "fuzzy matching", "^": "boosting", "+": "+", "/": "regular expressions"}
_KEYWORDS = ("AND", "OR", "NOT", "TO")
_WILD = {"*": Wild.MANY, "?": Wild.ONE}


class InvalidQuery(Invalid):
    """A query that cannot be read. ``position`` is the index of the character, counted from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"character {position + 1}: {message}", path="q")
        self.position = position


@dataclass(frozen=True, slots=True)
class Word:
    """A value as it was written. ``pattern`` is there when it has wild places."""

    text: str
    pattern: Pattern | None = None


class Reader:
    """Reads a query from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def at_end(self) -> bool:
        """Whether nothing but space is left."""
        return self.position() == len(self._text)

    def position(self) -> int:
        """Where the next thing stands."""
        while self._at < len(self._text) and self._text[self._at] in _SPACE:
            self._at += 1
        return self._at

    def error(self, message: str) -> InvalidQuery:
        """The refusal of what stands here."""
        return InvalidQuery(message, self.position())

    def unexpected(self, wanted: str) -> InvalidQuery:
        """The refusal that says what stands here and what was wanted."""
        start = self.position()
        seen = repr(self._text[start : start + 20]) if start < len(self._text) else "the end"
        return InvalidQuery(f"read {seen}; wanted: {wanted}", start)

    def takes(self, *signs: str) -> str:
        """The first of ``signs`` that stands here, which is read then; "" when none does."""
        start = self.position()
        for sign in signs:
            if self._text.startswith(sign, start) and (not sign.isalpha() or self._is_word(start, sign)):
                self._at = start + len(sign)
                return sign
        return ""

    def field_name(self) -> str | None:
        """The name before a colon, which is read with it; ``None``: there is none, and nothing is read."""
        end = self.position()
        name = ""
        while end < len(self._text) and self._text[end] not in _ENDS_WORD and self._text[end] != ":":
            end += self._escape(end)
            name += self._text[end]
            end += 1
        if self._text[end : end + 1] != ":":
            return None
        if not name:
            raise self.unexpected("the name of a field before the colon")
        self._at = end + 1
        return name

    def word(self) -> Word:
        """A phrase in quotes, or a word with its wild places. Raises ``InvalidQuery``."""
        start = self.position()
        if self.takes('"'):
            return Word(self._phrase(start))
        if self._text[start : start + 1] in _NOT_HERE:
            raise self._unsupported(start)
        pieces = self._pieces()
        text = "".join(piece.value if isinstance(piece, Wild) else piece for piece in pieces)
        if not pieces or (text in _KEYWORDS and self._text[start:].startswith(text)):
            self._at = start
            raise self.unexpected("a field, as email:jane@example.com, or a value")
        is_pattern = any(isinstance(piece, Wild) for piece in pieces)
        return Word(text, pieces if is_pattern else None)

    def plain_word(self, wanted: str) -> str:
        """A word or phrase without wild places; ``wanted`` says what it is to be."""
        start = self.position()
        word = self.word()
        if word.pattern is not None:
            self._at = start
            raise self.unexpected(f"{wanted}, without * and ?")
        return word.text

    def range_end(self) -> str | None:
        """One end of a range: a word, a phrase, or ``None`` for a star."""
        start = self.position()
        word = self.word()
        if word.pattern not in (None, (Wild.MANY,)):
            self._at = start
            raise self.unexpected("a value, or * for an open end")
        return word.text if word.pattern is None else None

    def _is_word(self, start: int, sign: str) -> bool:
        end = start + len(sign)
        return end >= len(self._text) or self._text[end] in _ENDS_WORD

    def _phrase(self, start: int) -> str:
        found = ""
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == '"':
                self._at += 1
                return found
            self._at += self._escape(self._at)
            found += self._text[self._at]
            self._at += 1
        raise InvalidQuery("wanted: a closing quote to the one here", start)

    def _pieces(self) -> Pattern:
        pieces: list[str | Wild] = []
        while self._at < len(self._text) and self._text[self._at] not in _ENDS_WORD:
            character = self._text[self._at]
            if character in ("~", "^"):
                raise self._unsupported(self._at)
            wild = _WILD.get(character)
            self._at += self._escape(self._at)
            _append(pieces, wild or self._text[self._at])
            self._at += 1
        return tuple(pieces)

    def _escape(self, at: int) -> int:
        """How many characters make the next one a plain one; a backslash at the very end is itself."""
        return 1 if self._text[at] == "\\" and at + 1 < len(self._text) else 0

    def _unsupported(self, at: int) -> InvalidQuery:
        sign = self._text[at]
        return InvalidQuery(f"{_NOT_HERE[sign]} is not known here; the character itself is \\{sign}", at)


def _append(pieces: list[str | Wild], piece: str | Wild) -> None:
    """Literal characters become one piece; two stars are one."""
    last = pieces[-1] if pieces else None
    if isinstance(piece, str) and isinstance(last, str):
        pieces[-1] = last + piece
    elif not (piece is Wild.MANY and last is Wild.MANY):
        pieces.append(piece)

"""How strong a new password must be: the wire's five levels, ``none`` to ``excellent``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gatewright.kernel.texts import N_

Level = Literal["none", "low", "fair", "good", "excellent"]

LONGEST = 256
"""Characters; more would only make hashing dear."""

_SHORTEST = {"none": 1, "low": 6, "fair": 8, "good": 8, "excellent": 10}
_Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """One demand: the wire's code, the words for people (``%(n)s`` is a number), and whether it is met.

    ``classes`` are the kinds of characters it speaks of, by the wire's codes, and whether each is there.
    """

    code: str
    text: str
    n: int
    satisfied: bool
    classes: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """A connection's demands on new passwords."""

    level: Level = "good"
    min_length: int | None = None
    refuse_personal_info: bool = False
    dictionary: frozenset[str] = frozenset()

    def judge(self, password: str, *, personal: tuple[str, ...] = ()) -> tuple[PasswordRule, ...]:
        """Every rule with its verdict. ``personal`` are the user's own name, e-mail and username."""
        rules = [
            PasswordRule(code, text, n, check(password), _classes_of(code, password))
            for code, text, n, check in (*self._length(), *self._classes())
        ]
        if self.refuse_personal_info:
            rules.append(_without("noUserInfo", _NO_PERSONAL, password, _tokens(personal)))
        if self.dictionary:
            rules.append(_without("notCommon", _NOT_COMMON, password, self.dictionary, whole=True))
        return tuple(rules)

    def accepts(self, password: str, *, personal: tuple[str, ...] = ()) -> bool:
        """Whether every rule is met."""
        return all(rule.satisfied for rule in self.judge(password, personal=personal))

    def _length(self) -> list[tuple[str, str, int, _Check]]:
        shortest = max(self.min_length or 0, _SHORTEST[self.level])
        return [
            ("lengthAtLeast", N_("At least %(n)s characters"), shortest, lambda p: len(p) >= shortest),
            ("lengthAtMost", N_("At most %(n)s characters"), LONGEST, lambda p: len(p) <= LONGEST),
        ]

    def _classes(self) -> list[tuple[str, str, int, _Check]]:
        if self.level == "fair":
            text = N_("Lower-case letters, upper-case letters and numbers")
            return [("shouldContain", text, 3, lambda p: _LOWER(p) and _UPPER(p) and _DIGIT(p))]
        if self.level not in ("good", "excellent"):
            return []
        text = N_("Three of these: lower-case letters, upper-case letters, numbers, special characters")
        rules: list[tuple[str, str, int, _Check]] = [("containsAtLeast", text, 3, _three_of_four)]
        if self.level == "excellent":
            repeated = N_("No more than %(n)s identical characters in a row")
            rules.append(("identicalChars", repeated, 2, lambda p: not _runs_of_three(p)))
        return rules


_NO_PERSONAL = N_("No part of your name, e-mail address or username")
_NOT_COMMON = N_("Not one of the passwords everybody tries first")


def _any_character(test: _Check) -> _Check:
    return lambda password: any(test(character) for character in password)


_LOWER, _UPPER, _DIGIT = map(_any_character, (str.islower, str.isupper, str.isdigit))
_SPECIAL = _any_character(lambda character: not character.isalnum())


_CLASSES = {"lowerCase": _LOWER, "upperCase": _UPPER, "numbers": _DIGIT, "specialCharacters": _SPECIAL}
_NAMED_BY = {"shouldContain": tuple(_CLASSES)[:3], "containsAtLeast": tuple(_CLASSES)}


def _classes_of(code: str, password: str) -> tuple[tuple[str, bool], ...]:
    return tuple((name, _CLASSES[name](password)) for name in _NAMED_BY.get(code, ()))


def _three_of_four(password: str) -> bool:
    return sum(test(password) for test in _CLASSES.values()) >= 3


def _runs_of_three(password: str) -> bool:
    return any(a == b == c for a, b, c in zip(password, password[1:], password[2:], strict=False))


def _tokens(personal: tuple[str, ...]) -> frozenset[str]:
    words = (word for text in personal for word in text.replace("@", " ").replace(".", " ").split())
    return frozenset(word.casefold() for word in words if len(word) > 3)


def _without(
    code: str, text: str, password: str, words: frozenset[str], *, whole: bool = False
) -> PasswordRule:
    folded = password.casefold()
    found = folded in words if whole else any(word in folded for word in words)
    return PasswordRule(code, text, 0, not found)

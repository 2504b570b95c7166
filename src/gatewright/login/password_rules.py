"""A password policy's rules as a page shows them."""

from collections.abc import Callable

from gatewright.users import PasswordPolicy, PasswordRule

Words = Callable[..., str]
"""Translates a marked text and fills in its values."""


def shown_rules(
    policy: PasswordPolicy, typed: str, *, personal: tuple[str, ...], words: Words
) -> list[tuple[str, bool | None]]:
    """Each rule worth a line, with its verdict on ``typed``; ``None`` while nothing was typed."""
    rules = policy.judge(typed, personal=personal)
    return [
        (words(rule.text, n=rule.n), rule.satisfied if typed else None)
        for rule in rules
        if not _goes_without_saying(rule)
    ]


def _goes_without_saying(rule: PasswordRule) -> bool:
    """A limit nobody reaches, and that a password is not empty."""
    return (rule.code == "lengthAtMost" and rule.satisfied) or (rule.code == "lengthAtLeast" and rule.n <= 1)

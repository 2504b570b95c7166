"""One normalised namespace of identifiers per connection, so that no two people can look like one."""

import importlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from gatewright.kernel.errors import Invalid

_PLAIN = re.compile(
    r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,20}"
)
"""Most addresses, which are well-formed at a glance: the library takes a hundred times as long to say so."""

_LONGEST_PLAIN = 64
"""Characters: no part of so short an address is too long."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """An e-mail address or username as it is compared: NFKC, case-folded."""

    kind: Literal["email", "username"]
    value: str


def folded(text: str) -> str:
    """NFKC and case-folded: two texts that look alike to people become one.

    Folding can undo the normal form and the other way round, so each is done again:
    the result is its own normal form.
    """
    for _ in range(3):
        text = unicodedata.normalize("NFKC", text.casefold())
    return text


def normalised(text: str) -> str:
    """Folded, without surrounding space (RFC 8265 §3.3 in spirit)."""
    return folded(text).strip()


def looks_like_email(text: str) -> bool:
    """Whether a person typed an address rather than a username."""
    return "@" in text


def identifier(text: str) -> Identifier:
    """The identifier a person typed at sign-in; never fails, for it only looks things up."""
    value = normalised(text)  # first: a full-width @ is one, too
    return Identifier("email" if looks_like_email(value) else "username", value)


def email_identifier(address: str) -> Identifier:
    """The identifier of a new e-mail address. Raises ``Invalid`` when it is not one (RFC 5321 §4.1.2).

    The domain may be one that only a private network knows (RFC 6761, RFC 6762, RFC 8375).
    """
    plain = address.strip()
    if not (len(plain) <= _LONGEST_PLAIN and _PLAIN.fullmatch(plain)):
        _validate(plain)
    return Identifier("email", normalised(address))


def _validate(address: str) -> None:
    email_validator = importlib.import_module("email_validator")  # 25 ms of a start that few addresses need
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        email_validator.validate_email(address, check_deliverability=False)
    except email_validator.EmailNotValidError:
        raise Invalid("not an e-mail address", path="email") from None


def username_identifier(name: str, *, shortest: int = 1, longest: int = 15) -> Identifier:
    """The identifier of a new username. Raises ``Invalid`` when its length or characters are refused."""
    value = normalised(name)
    if not shortest <= len(value) <= longest:
        raise Invalid(f"a username has {shortest} to {longest} characters", path="username")
    if "@" in value or not all(c.isalnum() or c in "_-.+!#$'^`~" for c in value):
        raise Invalid("a username has letters, digits and _ - . + only", path="username")
    return Identifier("username", value)

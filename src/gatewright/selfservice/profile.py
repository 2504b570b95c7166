"""What a person may say of themselves at sign-up, beyond address and password (the wire §2.13)."""

import re
from collections.abc import Mapping

from gatewright.kernel.urls import parse_absolute
from gatewright.selfservice.errors import InvalidSignUp, MalformedRequest
from gatewright.selfservice.fields import METADATA, Fields

MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 10, 100, 500
"""Limits of ``user_metadata``: keys, characters of a key, characters of a value."""

_LONGEST = {"name": 300, "nickname": 300, "given_name": 150, "family_name": 150, "picture": 1_024}
_PHONE = re.compile(r"\+[0-9]{1,15}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read_profile(fields: Fields) -> dict[str, object]:
    """Fields of a user, by the wire's names; only what was sent. Raises ``InvalidSignUp``."""
    profile: dict[str, object] = {}
    for name, longest in _LONGEST.items():
        value = fields.get(name)
        if len(value) > longest or _CONTROL.search(value):
            raise InvalidSignUp(f"Invalid sign up: {name} has more than {longest} or control characters")
        if value:
            profile[name] = value
    _check_picture(fields.get("picture"))
    if phone_number := fields.get("phone_number"):
        _check_phone(phone_number)
        profile["phone_number"] = phone_number
    if fields.metadata:
        profile[METADATA] = _metadata(fields.metadata)
    return profile


def _check_picture(picture: str) -> None:
    parts = parse_absolute(picture) if picture else None
    if picture and (parts is None or parts.scheme not in ("http", "https")):
        raise InvalidSignUp("Invalid sign up: picture is no http or https address")


def _check_phone(number: str) -> None:
    if not _PHONE.fullmatch(number):
        raise InvalidSignUp("Invalid sign up: phone_number is not + and at most 15 digits")


def _metadata(found: Mapping[str, object]) -> dict[str, str]:
    """Checked: what strangers may write into a user is short, and text."""
    if len(found) > MOST_KEYS:
        raise MalformedRequest(f"{METADATA} has more than {MOST_KEYS} keys")
    checked: dict[str, str] = {}
    for key, value in found.items():
        if len(key) > LONGEST_KEY or "\0" in key:
            raise MalformedRequest(f"a key of {METADATA} has more than {LONGEST_KEY} characters or a NUL")
        if not isinstance(value, str) or len(value) > LONGEST_VALUE or "\0" in value:
            raise MalformedRequest(
                f"a value of {METADATA} is not a string of at most {LONGEST_VALUE} characters without NUL"
            )
        checked[key] = value
    return checked

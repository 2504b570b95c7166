"""From the environment to ``Settings``, or to one line that says what is wrong."""

import difflib
import os
from collections.abc import Mapping
from typing import TypeVar

from gatewright.settings.errors import WrongSetting
from gatewright.settings.model import (
    SUBJECTS,
    Audit,
    Database,
    Issuer,
    Listen,
    Logging,
    Mail,
    Outbound,
    Secrets,
    Settings,
)
from gatewright.settings.secret_files import secret_from_file
from gatewright.settings.subject import Description, Subject, describe

PREFIX = "GATEWRIGHT_"
AnySubject = TypeVar("AnySubject", bound=Subject)

_LIKENESS = 0.8
_LONGEST_SHOWN = 80


def read_settings() -> Settings:
    """The settings of ``gatewright serve``, from ``GATEWRIGHT_*`` alone.

    Raises ``WrongSetting`` for the first one that is missing or wrong.
    """
    refuse_misspelt()
    settings = Settings(
        issuer=read_subject(Issuer),
        database=read_subject(Database),
        secrets=read_subject(Secrets),
        listen=read_subject(Listen),
        mail=read_subject(Mail),
        outbound=read_subject(Outbound),
        logging=read_subject(Logging),
        audit=read_subject(Audit),
    )
    require_pairs(settings)
    return settings


def read_subject(subject: type[AnySubject], **given: object) -> AnySubject:
    """One subject; what is ``given`` (by attribute) comes before the environment.

    Texts and numbers among the given are checked like the environment; other values are taken as they are.
    Raises ``WrongSetting`` for the first that is missing or wrong.
    """
    values = dict(given)
    for described in describe(subject):
        text = _text_of(described, given)
        if text is not None:
            values[described.attribute] = _value(described, text)
        elif described.required and described.attribute not in given:
            raise WrongSetting(f"not set; wanted: {described.wanted}", path=described.name)
    return subject(**values)


def is_set(name: str) -> bool:
    """Whether the variable ``name``, or the one that names a file with its value, is set and not empty."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def known_settings() -> dict[str, Description]:
    """Every setting there is, by its variable."""
    return {item.name: item for subject in SUBJECTS for item in describe(subject)}


def refuse_misspelt() -> None:
    """Raises ``WrongSetting`` for a variable that is not ours and nearly ours.

    Others are left alone: container platforms add variables of their own under our prefix.
    """
    known = known_settings()
    readable = known.keys() | {f"{item.name}_FILE" for item in known.values() if item.secret}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in readable and (meant := _meant(name, known)):
            raise WrongSetting(f"no such setting; did you mean {meant}?", path=name)


def require_pairs(settings: Settings) -> None:
    """Raises ``WrongSetting`` for a setting that is useless without another."""
    listen, mail = settings.listen, settings.mail
    if (listen.tls_certificate is None) != (listen.tls_key is None):
        missing = "GATEWRIGHT_TLS_CERT" if listen.tls_certificate is None else "GATEWRIGHT_TLS_KEY"
        raise WrongSetting(f"not set; wanted: {known_settings()[missing].wanted}", path=missing)
    if mail.smtp is not None and mail.sender is None:
        raise WrongSetting(
            "not set, and GATEWRIGHT_SMTP_URL names no sender; wanted: an e-mail address",
            path="GATEWRIGHT_MAIL_FROM",
        )


def _meant(name: str, known: Mapping[str, Description]) -> str:
    """The setting that ``name`` looks like, prefix and ``_FILE`` aside; empty when it looks like none."""
    word = name.removeprefix(PREFIX).removesuffix("_FILE")
    words = {item.removeprefix(PREFIX): item for item in known}
    for near in difflib.get_close_matches(word, words, n=1, cutoff=_LIKENESS):
        meant = known[words[near]]
        return f"{meant.name}_FILE" if meant.secret and name.endswith("_FILE") else meant.name
    return ""


def _text_of(described: Description, given: Mapping[str, object]) -> str | None:
    """What there is to parse; ``None`` when nothing is set, or code gave a value that needs no parsing."""
    if described.attribute in given:
        value = given[described.attribute]
        return str(value) if isinstance(value, str | int) else None
    from_file = secret_from_file(described.name) if described.secret else None
    return from_file or os.environ.get(described.name) or None


def _value(described: Description, text: str) -> object:
    try:
        return described.parse(text.strip())
    except ValueError:
        raise WrongSetting(
            f"{_seen(described, text)}; wanted: {described.wanted}", path=described.name
        ) from None


def _seen(described: Description, text: str) -> str:
    if described.secret:
        return f"read {len(text)} characters, not shown because they may be secret"
    if text.startswith("tcp://"):
        # Kubernetes adds NAME_PORT=tcp://… for a service called NAME
        return f"read {text!a}, a Kubernetes service link (turn them off with enableServiceLinks: false)"
    shortened = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return f"read {shortened!a}"

"""Kinds of attack protection that do not exist here: read as switched off, and not to be switched on."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import msgspec

from gatewright.management.attack_protection import READ, UPDATE
from gatewright.management.bodies import Body, entry_of
from gatewright.management.errors import NotSupported
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.provisioning import shown
from gatewright.provisioning.problems import inside


class BreachedPasswordDetection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Passwords that others lost: nobody looks for them here."""

    enabled: bool = False
    shields: tuple[str, ...] = ()
    admin_notification_frequency: tuple[str, ...] = ()
    method: str = "standard"
    stage: dict[str, Any] = msgspec.field(
        default_factory=lambda: {
            "pre-user-registration": {"shields": []},
            "pre-change-password": {"shields": []},
        }
    )


class BotDetection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Programs that pass for people: nobody is challenged here."""

    bot_detection_level: str = "low"
    challenge_password_policy: str = "never"
    challenge_passwordless_policy: str = "never"
    challenge_password_reset_policy: str = "never"
    allowlist: tuple[str, ...] = ()
    monitoring_mode_enabled: bool = False


class Captcha(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Riddles for people: none is posed here."""

    active_provider_id: str = ""
    policies: tuple[dict[str, Any], ...] = ()
    auth_challenge: dict[str, Any] | None = None
    recaptcha_v2: dict[str, Any] | None = None
    recaptcha_enterprise: dict[str, Any] | None = None
    hcaptcha: dict[str, Any] | None = None
    friendly_captcha: dict[str, Any] | None = None
    arkose: dict[str, Any] | None = None
    simple_captcha: dict[str, Any] | None = None


_KINDS: Mapping[str, type[msgspec.Struct]] = {
    "breached-password-detection": BreachedPasswordDetection,
    "bot-detection": BotDetection,
    "captcha": Captcha,
}


class AbsentProtectionResource:
    """See ``resource.Resource``."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return tuple(operation for name, kind in _KINDS.items() for operation in _of(name, kind))


def _of(name: str, kind: type[msgspec.Struct]) -> tuple[Operation, ...]:
    path, words = f"/attack-protection/{name}", name.replace("-", " ")
    lacks = f"{words} itself: it reads as switched off, and whoever switches it on is refused"
    return (
        Operation(
            method="GET",
            path=path,
            scopes=READ,
            summary=f"Read the settings of {words}, which is off.",
            run=_reading(kind),
            shows=kind,
            lacks=lacks,
        ),
        Operation(
            method="PATCH",
            path=path,
            scopes=UPDATE,
            summary=f"Leave {words} switched off.",
            run=_updating(words, kind),
            body=Body(kind, partial=True),
            shows=kind,
            lacks=lacks,
        ),
    )


def _reading(kind: type[msgspec.Struct]) -> Callable[[Call], Awaitable[Answer]]:
    async def read(call: Call) -> Answer:
        return call.one(_off(kind))

    return read


def _updating(words: str, kind: type[msgspec.Struct]) -> Callable[[Call], Awaitable[Answer]]:
    async def update(call: Call) -> Answer:
        sent = {name: value for name, value in (await call.body()).items() if value is not None}
        entry_of(kind, sent)
        off = _off(kind)
        call.check_unchanged(off)
        for path, value in _other(sent, off, ""):
            raise NotSupported(f"There is no {words} here, so {path} cannot be {shown(value)}.")
        return call.one(off)

    return update


def _off(kind: type[msgspec.Struct]) -> Shown:
    found: Shown = msgspec.json.decode(msgspec.json.encode(kind()))
    return {name: value for name, value in found.items() if value not in (None, "")}


def _other(sent: Mapping[str, Any], off: Mapping[str, Any], path: str) -> Iterator[tuple[str, object]]:
    """What was sent and is not as it is, by its path."""
    for name, value in sent.items():
        where, held = inside(path, name), off.get(name)
        if isinstance(value, dict):
            yield from _other(value, held if isinstance(held, dict) else {}, where)
        elif value != held and not (held is None and value in ("", [], False)):
            yield where, value

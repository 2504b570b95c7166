"""``/attack-protection``: how often somebody may guess passwords, or make accounts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import msgspec

from gatewright.management.bodies import Body, Sent, entry_of
from gatewright.management.drafts import Draft
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.state import TenantState
from gatewright.tenants import AttackProtection, Tenant
from gatewright.tenants.attack_protection import BruteForceProtection, SuspiciousIpThrottling

READ, UPDATE = ("read:attack_protection",), ("update:attack_protection",)
_NOTIFIED = "mails to people and administrators who are to be notified"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of the protections: where it stands in the wire's list, in the file, and in the tenant."""

    name: str
    section: str
    attribute: str
    shows: type[msgspec.Struct]
    lacks: str


_KINDS = (
    _Kind(
        "brute-force-protection",
        "bruteForceProtection",
        "brute_force",
        BruteForceProtection,
        f"{_NOTIFIED}, and form_submission_mode",
    ),
    _Kind(
        "suspicious-ip-throttling",
        "suspiciousIpThrottling",
        "suspicious_ip",
        SuspiciousIpThrottling,
        f"{_NOTIFIED}, and the stage pre-custom-token-exchange",
    ),
)


class AttackProtectionResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return tuple(operation for kind in _KINDS for operation in self._of(kind))

    def _of(self, kind: _Kind) -> tuple[Operation, ...]:
        path, words = f"/attack-protection/{kind.name}", kind.name.replace("-", " ")
        return (
            Operation(
                method="GET",
                path=path,
                scopes=READ,
                summary=f"Read the settings of {words}.",
                run=_reading(kind),
                shows=kind.shows,
            ),
            Operation(
                method="PATCH",
                path=path,
                scopes=UPDATE,
                summary=f"Change {words}; what is not sent stays as it is.",
                run=self._updating(kind),
                body=Body(kind.shows, partial=True),
                shows=kind.shows,
                lacks=kind.lacks,
            ),
        )

    def _updating(self, kind: _Kind) -> Callable[[Call], Awaitable[Answer]]:
        async def update(call: Call) -> Answer:
            sent = await call.body()

            def edit(state: TenantState) -> TenantState:
                assert state.tenant is not None, "editing knows the tenant"
                return replace(state, tenant=_changed(call, state, state.tenant, kind, sent))

            state = await self._editing.change(call.tenant_id, edit, call.tell("Update attack protection"))
            assert state.tenant is not None, "editing knows the tenant"
            return call.one(_shown(state.tenant, kind))

        return update


def _reading(kind: _Kind) -> Callable[[Call], Awaitable[Answer]]:
    async def read(call: Call) -> Answer:
        return call.one(_shown(call.tenant, kind))

    return read


def _changed(call: Call, state: TenantState, tenant: Tenant, kind: _Kind, sent: Sent) -> Tenant:
    """The tenant as it shall be, checked. Raises ``InvalidFile``."""
    held = _shown(tenant, kind)
    call.check_unchanged(held)
    read = entry_of(kind.shows, _laid_over(held, sent))
    changed: AttackProtection = msgspec.structs.replace(
        tenant.attack_protection, **{kind.attribute: read.value}
    )
    Draft(tenant, state, call.now).check(
        "attack_protection", replace(read, value=changed), below=kind.section
    )
    return msgspec.structs.replace(tenant, attack_protection=changed)


def _laid_over(held: Shown, sent: Sent) -> Sent:
    """What is held with what was sent laid over it, in mappings field by field; ``null`` says nothing."""
    result = dict(held)
    for name, value in sent.items():
        inner = result.get(name)
        if isinstance(value, dict) and isinstance(inner, dict):
            result[name] = _laid_over(inner, value)
        elif value is not None:
            result[name] = value
    return result


def _shown(tenant: Tenant, kind: _Kind) -> Shown:
    held = getattr(tenant.attack_protection, kind.attribute)
    shown: Shown = msgspec.json.decode(msgspec.json.encode(held))
    return shown

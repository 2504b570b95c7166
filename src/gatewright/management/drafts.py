"""One thing as a tenant file would describe it, checked by all that a file is checked by."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gatewright.management.bodies import check
from gatewright.provisioning.checks.references import Known, known_names
from gatewright.provisioning.checks.rules import check_document
from gatewright.provisioning.document import EMPTY
from gatewright.provisioning.entries import Names
from gatewright.provisioning.management import MANAGEMENT_SCOPES, reserved_identifiers
from gatewright.provisioning.problems import Problem
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish
from gatewright.tenants import Tenant

BY_ID = Names({}, {})
"""Entries written with it name everything by id, as the wire does, and not by name, as files do."""

_SINGLE = frozenset({"tenant", "branding", "prompts", "attack_protection"})
"""Sections that are one entry each, not a list of them."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A call's wish for one entry of a tenant that is ``state`` now; ``now`` is seconds UTC."""

    tenant: Tenant
    state: TenantState
    now: int

    def check(self, section: str, entry: Entry[Any], *, below: str = "") -> None:
        """Raises ``InvalidFile`` with everything that is wrong with the entry for this tenant.

        ``section`` is the attribute of ``Document`` that the entry would stand in, or would be;
        ``below`` is the field of it that the call is about.
        """
        written = entry if section in _SINGLE else (entry,)
        document = replace(EMPTY, **{section: written})  # type: ignore[arg-type]
        reserved = reserved_identifiers(self.tenant.issuer)
        found = check_document(document, self.state, self._known(), {}, reserved)
        check(self._problems(found, f"{below}." if below else ""))

    def wish(self) -> Wish:
        """The same for those who decide what an entry leaves open."""
        return Wish(tenant_id=self.tenant.tenant_id, issuer=self.tenant.issuer, document=EMPTY, now=self.now)

    def _known(self) -> Known:
        """What the entry may name: clients by id alone, since names of clients need not be unique."""
        system = {self.tenant.management_audience: frozenset(MANAGEMENT_SCOPES)}
        known = known_names(EMPTY, self.state, system)
        return replace(known, clients=frozenset(client.client_id for client in self.state.clients))

    def _problems(self, found: Iterator[Problem], prefix: str) -> Iterator[Problem]:
        """The paths as they are in the body, whose fields stand at the top."""
        return (Problem(each.path.lstrip(".").removeprefix(prefix), each.message) for each in found)

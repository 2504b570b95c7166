"""What provisioning does to a tenant, for the audit log, under the wire's code for administrative acts."""

from typing import ClassVar

from gatewright.kernel.events import Event


class TenantProvisioned(Event):
    """A tenant file was applied; ``details`` list what was made, changed and removed."""

    code: ClassVar[str] = "sapi"


class SigningKeysRotated(Event):
    """The next signing key signs from now on."""

    code: ClassVar[str] = "sapi"


class SigningKeyRevoked(Event):
    """A signing key left the key set for good; what it signed is void."""

    code: ClassVar[str] = "sapi"

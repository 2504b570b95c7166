"""An identity whose connection is gone, taken from a user who has another one to come in by."""

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, select

from gatewright.kernel.units import Unit
from gatewright.storage.schema import connections, identifiers, identities, passwords
from gatewright.storage.statement import Statement
from gatewright.storage.user_rows import updated
from gatewright.users import User

_TENANT: BindParameter[str] = bindparam("tenant_id")
_IDENTITY: BindParameter[str] = bindparam("identity_id")
_THERE = select(connections.c.connection_id).where(
    connections.c.tenant_id == _TENANT, connections.c.name == bindparam("connection")
)
_DROP_IDENTITY = Statement(
    delete(identities).where(
        identities.c.tenant_id == _TENANT,
        identities.c.identity_id == _IDENTITY,
        identities.c.user_id == bindparam("user_id"),
        ~_THERE.exists(),
    )
)
_DROP_IDENTIFIERS = Statement(
    delete(identifiers).where(identifiers.c.tenant_id == _TENANT, identifiers.c.identity_id == _IDENTITY)
)
_DROP_PASSWORD = Statement(
    delete(passwords).where(passwords.c.tenant_id == _TENANT, passwords.c.identity_id == _IDENTITY)
)


def without_identity(tenant_id: str, user: User, identity_id: str, connection: str) -> Unit:
    """The linked identity goes for good, while its connection is not there.

    It and the version of ``user`` must match.
    """
    kept = tuple(each for each in user.identities if each.identity_id != identity_id)
    return (
        updated(tenant_id, msgspec.structs.replace(user, identities=kept)),
        _DROP_IDENTITY.change(
            must_match=True,
            tenant_id=tenant_id,
            identity_id=identity_id,
            user_id=user.user_id,
            connection=connection,
        ),
        _DROP_IDENTIFIERS.change(tenant_id=tenant_id, identity_id=identity_id),
        _DROP_PASSWORD.change(tenant_id=tenant_id, identity_id=identity_id),
    )

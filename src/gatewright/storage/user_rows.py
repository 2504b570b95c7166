"""A user as a row: the columns that are looked for, and the document."""

from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, update

from gatewright.kernel.units import Change
from gatewright.storage.documents import encode
from gatewright.storage.schema import users
from gatewright.storage.statement import Statement
from gatewright.users import User
from gatewright.users.identifiers import normalised

FOLDED = ("email", "name", "username", "given_name", "family_name", "nickname")
"""Columns in which people look for people."""

_CHANGING = ("blocked", "last_login", "logins_count", "doc", *FOLDED)
_THIS_VERSION = (
    users.c.tenant_id == bindparam("tenant_id"),
    users.c.user_id == bindparam("user_id"),
    users.c.version == bindparam("old_version"),
)
_INSERT = Statement(
    insert(users).values(
        **{name: bindparam(name) for name in ("tenant_id", "user_id", "version", "created_at", *_CHANGING)}
    )
)
_UPDATE = Statement(
    update(users)
    .where(*_THIS_VERSION)
    .values(version=bindparam("new_version"), **{name: bindparam(name) for name in _CHANGING})
)
_DELETE_VERSION = Statement(delete(users).where(*_THIS_VERSION))


def inserted(tenant_id: str, user: User) -> Change:
    """The row of a new user."""
    return _INSERT.change(
        tenant_id=tenant_id,
        user_id=user.user_id,
        version=user.version,
        created_at=user.created_at,
        **_columns(user),
        doc=encode(user),
    )


def updated(tenant_id: str, user: User) -> Change:
    """Version ``user.version`` becomes the next; must match."""
    following = msgspec.structs.replace(user, version=user.version + 1)
    return _UPDATE.change(
        must_match=True,
        tenant_id=tenant_id,
        user_id=user.user_id,
        old_version=user.version,
        new_version=following.version,
        **_columns(user),
        doc=encode(following),
    )


def deleted(tenant_id: str, user: User) -> Change:
    """The row of this very version goes; must match."""
    return _DELETE_VERSION.change(
        must_match=True, tenant_id=tenant_id, user_id=user.user_id, old_version=user.version
    )


def _columns(user: User) -> dict[str, Any]:
    return {
        "blocked": user.blocked,
        "last_login": user.last_login,
        "logins_count": user.logins_count,
        **{name: normalised(getattr(user, name)) for name in FOLDED},
    }

"""What the protocol remembers: codes, opaque tokens, revoked grants; families are in ``token_families``."""

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, insert, literal, select, update

from gatewright.kernel.units import Change, Unit
from gatewright.oauth.model import AccessToken, Code
from gatewright.sessions import Session
from gatewright.storage.documents import decoder, encode
from gatewright.storage.schema import access_tokens, codes, revoked_grants, sessions, users
from gatewright.storage.statement import Statement, upsert
from gatewright.storage.token_families import SqlTokenFamilies
from gatewright.users import User


def _same_user(table: Table) -> ColumnElement[bool]:
    return and_(users.c.tenant_id == table.c.tenant_id, users.c.user_id == table.c.user_id)


def _same_grant(table: Table) -> ColumnElement[bool]:
    return and_(
        revoked_grants.c.tenant_id == table.c.tenant_id, revoked_grants.c.grant_id == table.c.grant_id
    )


_SIGNED_IN = Statement(
    select(sessions.c.doc, users.c.doc)
    .select_from(sessions.join(users, _same_user(sessions)))
    .where(
        sessions.c.tenant_id == bindparam("tenant_id"), sessions.c.session_hash == bindparam("session_hash")
    )
)
_PUT_CODE = Statement(
    insert(codes).values(
        tenant_id=bindparam("tenant_id"),
        code_hash=bindparam("code_hash"),
        user_id=bindparam("user_id"),
        used_at=literal(None),
        expires_at=bindparam("expires_at"),
        doc=bindparam("doc"),
    )
)
_THIS_CODE = and_(codes.c.tenant_id == bindparam("tenant_id"), codes.c.code_hash == bindparam("code_hash"))
_CODE = Statement(
    select(codes.c.doc, codes.c.used_at, users.c.doc)
    .select_from(codes.outerjoin(users, _same_user(codes)))
    .where(_THIS_CODE)
)
_SPEND = Statement(update(codes).where(_THIS_CODE, codes.c.used_at.is_(None)).values(used_at=bindparam("at")))
_PUT_TOKEN = upsert(
    access_tokens,
    keys=("tenant_id", "token_hash"),
    update=("grant_id", "user_id", "expires_at", "doc"),
)
_THIS_TOKEN = and_(
    access_tokens.c.tenant_id == bindparam("tenant_id"),
    access_tokens.c.token_hash == bindparam("token_hash"),
)
_TOKEN = Statement(
    select(access_tokens.c.doc, revoked_grants.c.grant_id, users.c.doc)
    .select_from(
        access_tokens.outerjoin(users, _same_user(access_tokens)).outerjoin(
            revoked_grants, _same_grant(access_tokens)
        )
    )
    .where(_THIS_TOKEN)
)
_FORGET_TOKEN = Statement(delete(access_tokens).where(_THIS_TOKEN))
_USER_OF_GRANT = Statement(
    select(users.c.doc, revoked_grants.c.grant_id)
    .select_from(
        users.outerjoin(
            revoked_grants,
            and_(
                revoked_grants.c.tenant_id == users.c.tenant_id,
                revoked_grants.c.grant_id == bindparam("grant_id"),
            ),
        )
    )
    .where(users.c.tenant_id == bindparam("tenant_id"), users.c.user_id == bindparam("user_id"))
)
_REVOKE = upsert(revoked_grants, keys=("tenant_id", "grant_id"), update=("expires_at",))
_decode_session = decoder(Session).decode
_decode_user = decoder(User).decode
_decode_code = decoder(Code).decode
_decode_token = decoder(AccessToken).decode


class SqlAuthorizations(SqlTokenFamilies):
    """See ``oauth.store.AuthorizationStore``."""

    async def signed_in(self, tenant_id: str, session_hash: str) -> tuple[Session, User] | None:
        """See ``AuthorizationStore.signed_in``."""
        row = await self._database.fetch_one(_SIGNED_IN, tenant_id=tenant_id, session_hash=session_hash)
        return (_decode_session(row[0]), _decode_user(row[1])) if row else None

    def put_code(self, tenant_id: str, code_hash: str, code: Code, *, forget_at: int) -> Change:
        """See ``AuthorizationStore.put_code``."""
        return _PUT_CODE.change(
            tenant_id=tenant_id,
            code_hash=code_hash,
            user_id=code.grant.user_id,
            expires_at=forget_at,
            doc=encode(code),
        )

    async def code(self, tenant_id: str, code_hash: str) -> tuple[Code, int | None, User | None] | None:
        """See ``AuthorizationStore.code``."""
        row = await self._database.fetch_one(_CODE, tenant_id=tenant_id, code_hash=code_hash)
        if row is None:
            return None
        return _decode_code(row[0]), row[1], _decode_user(row[2]) if row[2] else None

    def spend_code(self, tenant_id: str, code_hash: str, at: int) -> Change:
        """See ``AuthorizationStore.spend_code``."""
        return _SPEND.change(must_match=True, tenant_id=tenant_id, code_hash=code_hash, at=at)

    def put_access_token(self, tenant_id: str, token_hash: str, token: AccessToken) -> Change:
        """See ``AuthorizationStore.put_access_token``."""
        return _PUT_TOKEN.change(
            tenant_id=tenant_id,
            token_hash=token_hash,
            grant_id=token.grant.grant_id,
            user_id=token.grant.user_id,
            expires_at=token.expires_at,
            doc=encode(token),
        )

    async def access_token(
        self, tenant_id: str, token_hash: str
    ) -> tuple[AccessToken, bool, User | None] | None:
        """See ``AuthorizationStore.access_token``."""
        row = await self._database.fetch_one(_TOKEN, tenant_id=tenant_id, token_hash=token_hash)
        if row is None:
            return None
        return _decode_token(row[0]), row[1] is not None, _decode_user(row[2]) if row[2] else None

    def forget_access_token(self, tenant_id: str, token_hash: str) -> Change:
        """See ``AuthorizationStore.forget_access_token``."""
        return _FORGET_TOKEN.change(tenant_id=tenant_id, token_hash=token_hash)

    async def user_of_grant(self, tenant_id: str, grant_id: str, user_id: str) -> tuple[bool, User | None]:
        """See ``AuthorizationStore.user_of_grant``."""
        row = await self._database.fetch_one(
            _USER_OF_GRANT, tenant_id=tenant_id, grant_id=grant_id, user_id=user_id
        )
        return (row[1] is not None, _decode_user(row[0])) if row else (False, None)

    def revoke_grant(self, tenant_id: str, grant_id: str, *, at: int, forget_at: int) -> Unit:
        """See ``AuthorizationStore.revoke_grant``."""
        return (
            _REVOKE.change(tenant_id=tenant_id, grant_id=grant_id, expires_at=forget_at),
            self.revoke_family_of(tenant_id, grant_id, at),
        )

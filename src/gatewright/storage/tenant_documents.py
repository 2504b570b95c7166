"""Documents of a tenant by kind and key: configuration that only some requests read, and that may be long."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select

from gatewright.kernel.units import Change
from gatewright.storage.database import Database
from gatewright.storage.documents import encode
from gatewright.storage.schema import tenant_documents as documents
from gatewright.storage.statement import Statement, upsert

_OF_TENANT = documents.c.tenant_id == bindparam("tenant_id")
_ALL = Statement(
    select(documents.c.kind, documents.c.key, documents.c.doc)
    .where(_OF_TENANT)
    .order_by(documents.c.kind, documents.c.key)
)
_PUT = upsert(documents, keys=("tenant_id", "kind", "key"), update=("doc",))
_DELETE = Statement(
    delete(documents).where(
        _OF_TENANT, documents.c.kind == bindparam("kind"), documents.c.key == bindparam("key")
    )
)


async def documents_of(database: Database, tenant_id: str) -> Sequence[Sequence[Any]]:
    """Kind, key and document of each that the tenant has, in their order."""
    return await database.fetch(_ALL, tenant_id=tenant_id)


def put_document(tenant_id: str, kind: str, key: str, document: object) -> Change:
    """Inserts or replaces the document of that kind and key."""
    return _PUT.change(tenant_id=tenant_id, kind=kind, key=key, doc=encode(document))


def delete_document(tenant_id: str, kind: str, key: str) -> Change:
    """Removes the document, which must be there."""
    return _DELETE.change(must_match=True, tenant_id=tenant_id, kind=kind, key=key)

"""The tables on which the drivers are tested, and statements over them."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateTable

from gatewright.storage.statement import Statement, upsert

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "email"),
)

notes = Table(
    "notes",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("note_id", Text, primary_key=True),
    Column("text", Text),
)

pets = Table(
    "pets",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("pet", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "owner"], ["people.tenant_id", "people.name"]),
)

rooms = Table("rooms", metadata, Column("room", Text, primary_key=True))

beds = Table(
    "beds",
    metadata,
    Column("bed", Text, primary_key=True),
    Column("room", ForeignKey("rooms.room", ondelete="CASCADE"), nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)

_PERSON = (people.c.tenant_id == bindparam("tenant_id"), people.c.name == bindparam("name"))
_NOTE = (notes.c.tenant_id == bindparam("tenant_id"), notes.c.note_id == bindparam("note_id"))

ADD_PERSON = Statement(insert(people))
PUT_PERSON = upsert(people, keys=("tenant_id", "name"), update=("email", "version"))
KEEP_PERSON = upsert(people, keys=("tenant_id", "name"), update=())
GET_PERSON = Statement(select(people.c.email, people.c.version).where(*_PERSON))
ALL_PEOPLE = Statement(
    select(people.c.name, people.c.email, people.c.version)
    .where(people.c.tenant_id == bindparam("tenant_id"))
    .order_by(people.c.name)
)
GROW = Statement(update(people).where(*_PERSON).values(version=people.c.version + 1))
SWAP_VERSION = Statement(
    update(people).where(*_PERSON, people.c.version == bindparam("seen")).values(version=people.c.version + 1)
)
RENAME = Statement(update(people).where(*_PERSON).values(email=bindparam("email")))
REMOVE_PERSON = Statement(delete(people).where(*_PERSON))
TAKE_PERSON = Statement(delete(people).where(*_PERSON).returning(people.c.email))

ADD_NOTE = Statement(insert(notes))
GET_NOTE = Statement(select(notes.c.text).where(*_NOTE))
ALL_NOTES = Statement(
    select(notes.c.note_id, notes.c.text)
    .where(notes.c.tenant_id == bindparam("tenant_id"))
    .order_by(notes.c.note_id)
)
COUNT_NOTES = Statement(select(func.count()).select_from(notes))
TAKE_NOTE = Statement(delete(notes).where(*_NOTE).returning(notes.c.text))
REMOVE_NOTE = Statement(delete(notes).where(*_NOTE))
NOTE_FOR_EACH_PERSON = Statement(
    insert(notes).from_select(
        ["tenant_id", "note_id", "text"],
        select(people.c.tenant_id, people.c.name, people.c.email).where(
            people.c.tenant_id == bindparam("tenant_id")
        ),
    )
)

ADD_PET = Statement(insert(pets))
ADD_ROOM = Statement(insert(rooms))
ADD_BED = Statement(insert(beds))
REMOVE_ROOM = Statement(delete(rooms).where(rooms.c.room == bindparam("room")))
REMOVE_BED = Statement(delete(beds).where(beds.c.bed == bindparam("bed")))


def definitions(dialect: str) -> str:
    """The SQL that makes all tables."""
    made = registry.load(dialect)()
    return "".join(f"{CreateTable(table).compile(dialect=made)};" for table in metadata.sorted_tables)

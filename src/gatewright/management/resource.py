"""What an endpoint of the management API is, what it is told of a call, and how it answers."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import unquote_to_bytes

import msgspec
import orjson
from starlette.requests import Request

from gatewright.kernel import clock
from gatewright.management.access import Caller
from gatewright.management.bodies import Body, Sent, sent_object, sent_objects, sent_text
from gatewright.management.errors import Changed, InvalidPath
from gatewright.management.events import ConfigurationChanged, told
from gatewright.management.multipart import MultipartReader
from gatewright.management.query import Parameter, Query
from gatewright.provisioning.editing import Tell
from gatewright.tenants import Tenant
from gatewright.web.context import Context

Shown = dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a JSON value, or nothing. ``secrets_of`` names whose secrets it shows.

    ``pieces`` are a JSON value that is too large to be held. ``status`` is told where it is another one
    than the operation's.
    """

    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets_of: tuple[str, ...] = ()
    pieces: AsyncIterator[bytes] | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint: a row of the wire's list.

    ``path`` is relative to ``/api/v2`` and names ids in braces; one of ``scopes`` suffices.
    A ``form`` is sent as multipart/form-data, with a file beside the fields of that struct.
    ``shows`` is the struct that is answered, or that a list is of: one under ``plural`` where a page is asked
    for with its totals, or a ``bare_list`` always. Where ``may_be_empty``, 204 is answered instead of none.
    ``lacks`` says what of the wire's endpoint is not there.
    """

    method: Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
    path: str
    scopes: tuple[str, ...]
    summary: str
    run: Callable[["Call"], Awaitable[Answer]]
    status: int = 200
    query: tuple[Parameter, ...] = ()
    body: Body | None = None
    form: type[msgspec.Struct] | None = None
    shows: type[msgspec.Struct] | None = None
    plural: str = ""
    bare_list: bool = False
    may_be_empty: bool = False
    lacks: str = ""


class Resource(Protocol):
    """A kind of thing that the management API answers for."""

    @property
    def operations(self) -> Sequence[Operation]:
        """Its endpoints."""
        ...


class Call:
    """One call that may be made: who calls, about what, and when (``now``, seconds UTC)."""

    def __init__(
        self, context: Context, caller: Caller, request: Request, operation: Operation, now: int
    ) -> None:
        self.context = context
        self.caller = caller
        self.now = now
        self.query = Query.of(request, operation.query)
        self._request = request
        self._operation = operation

    @property
    def tenant(self) -> Tenant:
        """The tenant asked."""
        return self.context.tenant

    @property
    def tenant_id(self) -> str:
        """Its id, which every look-up names."""
        return self.context.tenant.tenant_id

    def id(self, name: str = "id") -> str:
        """An id in the path, as it was meant. Raises ``InvalidPath`` for what cannot be one."""
        try:
            text = unquote_to_bytes(self._request.path_params[name]).decode("utf-8")
        except UnicodeDecodeError:
            raise InvalidPath(f"{name} in the path is not UTF-8.") from None
        if not text.isprintable() or len(text) > 1_000:
            raise InvalidPath(f"{name} in the path has a character, or a length, that no id has.")
        return text

    async def body(self) -> Sent:
        """The object that was sent. Raises ``InvalidBody``."""
        assert self._operation.body is not None, "an endpoint says what it reads"
        return await sent_object(self._request, self._operation.body)

    def form(self, most: int) -> MultipartReader:
        """The form that was sent, of at most ``most`` bytes. Raises ``NoForm`` or ``TooLarge``."""
        return MultipartReader(self._request, most=most)

    async def items(self) -> list[Sent]:
        """The list of objects that was sent. Raises ``InvalidBody``."""
        assert self._operation.body is not None, "an endpoint says what it reads"
        return await sent_objects(self._request, self._operation.body)

    async def text(self, name: str) -> str:
        """The text that was sent: as ``text/html``, as JSON, or as the member ``name`` of an object.

        Raises ``InvalidBody``.
        """
        assert self._operation.body is not None, "an endpoint says what it reads"
        return await sent_text(self._request, self._operation.body, name)

    def check_unchanged(self, shown: Shown) -> None:
        """Raises ``Changed`` when ``If-Match`` names another state (RFC 9110 §13.1.1)."""
        wanted = self._request.headers.get("if-match")
        if wanted is None or wanted.strip() == "*":
            return
        if etag_of(shown) not in (each.strip() for each in wanted.split(",")):
            raise Changed("If-Match names another state: somebody changed it meanwhile. Read it again.")

    def selected(self, shown: Shown) -> Shown:
        """The fields of one thing that ``fields`` and ``include_fields`` ask for."""
        names = self.query.items("fields")
        if not names:
            return shown
        wanted = self.query.flag("include_fields") is not False
        return {name: value for name, value in shown.items() if (name in names) == wanted}

    def one(self, shown: Shown, *, secrets_of: tuple[str, ...] = ()) -> Answer:
        """The answer that shows one thing; whole, it carries the ``ETag`` for ``If-Match``."""
        if self.query.items("fields"):
            return Answer(self.selected(shown), secrets_of=secrets_of)
        return Answer(shown, {"etag": etag_of(shown)}, secrets_of)

    def tell(self, description: str) -> Tell:
        """Makes the event of a change that this caller makes."""

        return lambda plan: self.event(description, told(plan))

    def event(self, description: str, details: Mapping[str, object]) -> ConfigurationChanged:
        """The event of a change that this caller makes now; ``details`` hold no secret."""
        return ConfigurationChanged(
            tenant_id=self.tenant_id,
            at=self.now,
            origin=self.context.origin,
            client_id=self.caller.client_id,
            user_id=self.caller.user.user_id if self.caller.user else None,
            description=description,
            details=details,
        )


def etag_of(shown: Shown) -> str:
    """A strong validator of what is shown (RFC 9110 §8.8.3)."""
    return f'"{hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]}"'


def shown_as(value: msgspec.Struct) -> Shown:
    """A struct as the wire shows it, without what is not set."""
    plain: Shown = msgspec.to_builtins(value)
    return {name: held for name, held in plain.items() if held is not None and held != ""}


moment = clock.moment
"""Seconds UTC as the wire writes a time."""

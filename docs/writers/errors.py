"""The page of the errors: of the protocol, of the platform, of the guard."""

from collections.abc import Iterator

from gatewright.kernel.errors import GatewrightError
from gatewright.management.errors import Exists, Inexistent, Refusal
from gatewright.oauth.errors import OAuthError
from gatewright.selfservice.errors import DatabaseRefusal
from gatewright_guard import GuardError
from writers.markdown import docstring, table
from writers.rooms import family, load_all

_HEAD = """\
# Errors

<!-- Written by `make docs` from the error classes; change them there. -->

A refusal says what was seen, what was expected and what to change.
It never repeats a secret.
"""

_PROTOCOL = """\
## Of the protocol

The endpoints of OAuth 2 and OpenID Connect answer in JSON: `{"error": …, "error_description": …}` (RFC 6749 §5.2).
The authorization endpoint sends the same two names to the redirect URI, with `state` and `iss`, and the status does not apply there.
While client and redirect URI are not known to be good, it shows a page instead and redirects nowhere.
"""  # noqa: E501 - a sentence is a line

_PLATFORM = """\
## Of the platform

Rooms below the protocol raise these.
The protocol's endpoints tell them in the nearest word of their own; elsewhere the answer is JSON of the same shape.
"""  # noqa: E501 - a sentence is a line

_FORMS = """\
## Of own forms

The endpoints for [applications' own forms](../how-to/use-lock-or-your-own-form.md) answer in JSON: `{"name": …, "code": …, "description": …, "message": …, "statusCode": …}`.
"""  # noqa: E501 - a sentence is a line

_MANAGEMENT = """\
## Of the management API

Everything under `/api/v2/` answers in JSON: `{"statusCode": …, "error": …, "message": …, "errorCode": …}`, where `error` is the name of the status.
"""  # noqa: E501 - a sentence is a line

_GUARD = """\
## Of the guard

`gatewright-guard` refuses a request to an API with one of these.
`error` is what stands on the wire (RFC 6750 §3.1), `code` is our finer name of the cause.
[Protect an API](../how-to/protect-an-api.md#when-a-token-is-refused) says what to do about each.
"""


def protocol_errors() -> list[type[OAuthError]]:
    """Return every error with a wire code."""
    load_all()
    return sorted(family(OAuthError), key=lambda kind: (kind.code, kind.__name__))


def form_errors() -> list[type[DatabaseRefusal]]:
    """Return every refusal of own forms."""
    load_all()
    return sorted(family(DatabaseRefusal), key=lambda kind: (kind.code, kind.__name__))


def management_errors() -> list[type[Refusal]]:
    """Return every refusal of the management API."""
    load_all()
    return sorted(family(Refusal), key=lambda kind: (kind.status, kind.code, kind.__name__))


def platform_errors() -> list[type[GatewrightError]]:
    """Return the drawn family of the ground floor."""
    return [
        kind for kind in GatewrightError.__subclasses__() if kind.__module__ == GatewrightError.__module__
    ]


def guard_errors() -> list[type[GuardError]]:
    """Return every refusal of the guard."""
    return family(GuardError)


def errors_page() -> str:
    """Return the page, one section a family."""
    return "\n".join((_HEAD, *_protocol(), *_forms(), *_management(), *_platform(), *_guard()))


def _protocol() -> Iterator[str]:
    yield _PROTOCOL
    rows = ((f"`{kind.code}`", str(kind.status), docstring(kind)) for kind in protocol_errors())
    yield table(("error", "status", "meaning"), rows) + "\n"


def _forms() -> Iterator[str]:
    yield _FORMS
    rows = ((f"`{kind.name}`", f"`{kind.code}`", str(kind.status), docstring(kind)) for kind in form_errors())
    yield table(("name", "code", "status", "meaning"), rows) + "\n"


def _management() -> Iterator[str]:
    yield _MANAGEMENT
    rows = (
        (str(kind.status), f"`{_management_code(kind)}`" if _management_code(kind) else "", docstring(kind))
        for kind in management_errors()
    )
    yield table(("status", "errorCode", "meaning"), rows) + "\n"


def _management_code(kind: type[Refusal]) -> str:
    return {Inexistent: "inexistent_…", Exists: "…_conflict"}.get(kind, kind.code)


def _platform() -> Iterator[str]:
    yield _PLATFORM
    rows = ((f"`{kind.__name__}`", docstring(kind)) for kind in platform_errors())
    yield table(("error", "meaning"), rows) + "\n"


def _guard() -> Iterator[str]:
    yield _GUARD
    rows = (
        (f"`{kind.code}`", f"`{kind.error}`" if kind.error else "none", str(kind.status), docstring(kind))
        for kind in guard_errors()
    )
    yield table(("code", "error", "status", "meaning"), rows) + "\n"

"""Forms of the login pages: parsed, and proved to come from a page this browser was shown."""

from starlette.requests import Request

from gatewright.kernel.errors import Invalid
from gatewright.kernel.texts import N_, Phrase
from gatewright.kernel.urls import origin_of
from gatewright.login.browser import BrowserCookie
from gatewright.web.context import context_of
from gatewright.web.parameters import Parameters, from_form

LONGEST_FIELD = 1_024


async def parse(request: Request) -> Parameters:
    """The form's fields. Raises ``Invalid`` for a repeated, oversized or unstorable one, or another body."""
    form = await from_form(request)
    if form.repeated:
        raise Invalid(Phrase(N_("a field was sent more than once")))
    if any(len(value) > LONGEST_FIELD for value in form.values()):
        raise Invalid(Phrase(N_("a field has more than %(most)s characters"), most=LONGEST_FIELD))
    return form


def is_ours(request: Request, form: Parameters, purpose: str) -> bool:
    """Whether the form came from a page of ours shown to this browser for ``purpose``.

    The token proves it; an ``Origin`` header, where the browser sends one, must agree.
    """
    tenant = context_of(request).tenant
    origin = request.headers.get("origin")
    if origin not in (None, "null", origin_of(tenant.issuer)) and origin not in _own_origins(request):
        return False
    cookie = BrowserCookie.read(request, secure=tenant.is_https)
    return cookie is not None and cookie.allows(purpose, form.get("_csrf"))


def _own_origins(request: Request) -> tuple[str, ...]:
    tenant = context_of(request).tenant
    scheme = "https" if tenant.is_https else "http"
    return tuple(f"{scheme}://{host}" for host in tenant.hosts)

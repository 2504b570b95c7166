"""Pages in the look and language of the tenant asked: what every room renders through."""

import importlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gatewright import tenants
from gatewright.kernel.errors import Invalid
from gatewright.kernel.texts import N_, Phrase
from gatewright.tenants import BrandingTheme, Looks, PageTemplate, Tenant
from gatewright.web.context import context_of
from gatewright.web.custom_texts import place_of, texts_on
from gatewright.web.languages import choose, translator
from gatewright.web.own_page import OwnPage
from gatewright.web.pages import Pages
from gatewright.web.themes import Gradient, Theme

_OF_LOGIN = ("login/", "web/error.html")
"""Pages that people meet on their way in; the question whether to sign out is none of them."""

_log = logging.getLogger(__name__)
_BRAND = "gatewright.brand"

NONE = Phrase(N_("(none)"))
"""Stands on an error page where a value would, and there is none."""


@dataclass(frozen=True, slots=True)
class Brand:
    """What the pages of one request show in place of the tenant's own; "" leaves the tenant's."""

    name: str = ""
    logo_url: str = ""
    primary: str = ""
    page_background: str = ""


def wear(request: HTTPConnection, brand: Brand) -> None:
    """Every page that answers ``request`` from now on has this brand."""
    request.scope[_BRAND] = brand


class HostedPages:
    """Renders pages for requests that have a tenant."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def locale(self, request: Request, ui_locales: str | None = None) -> str:
        """The language to speak: asked for by the application, else by the browser, as far as enabled."""
        enabled = context_of(request).tenant.settings.enabled_locales
        return choose(ui_locales, request.headers.get("accept-language"), enabled)

    def show(
        self, request: Request, template: str, *, locale: str = "", status: int = 200, **context: object
    ) -> Response:
        """The page ``template``; ``context`` as the template documents it."""
        tenant, looks = context_of(request).tenant, context_of(request).looks
        locale = locale or self.locale(request)
        return self._pages.render(
            template,
            theme=theme_of(tenant, looks, request.scope.get(_BRAND, Brand())),
            locale=locale,
            texts=texts_on(template, locale, looks.texts) if looks.texts else None,
            around=_around(tenant, looks.page, template, {"locale": locale, **context}),
            status=status,
            framable=_may_be_framed(tenant, template),
            **context,  # type: ignore[arg-type]
        )

    def text(self, locale: str, text: str, **values: object) -> str:
        """``text``, marked with ``N_``, in the language of ``locale``."""
        return translator(locale).gettext(text, **values)

    def error(
        self,
        request: Request,
        *,
        title: str,
        message: str,
        facts: tuple[tuple[str, str], ...] = (),
        change: str = "",
        status: int = 400,
        back_url: str = "",
        locale: str = "",
    ) -> Response:
        """The error page: what was seen, what was expected, what to change.

        Marked texts are translated, values of ``facts`` that are no ``Phrase`` are shown as they were seen.
        """
        return self.show(
            request,
            "web/error.html",
            locale=locale,
            status=status,
            title=title,
            message=message,
            facts=facts,
            change=change,
            reference=context_of(request).request_id,
            back_url=back_url,
        )


def _around(
    tenant: Tenant, page: PageTemplate | None, template: str, shown: Mapping[str, object]
) -> OwnPage | None:
    """The tenant's own page around a page of login; none where it does not work: people have to get in."""
    if page is None or not template.startswith("login/"):
        return None
    templates: Any = importlib.import_module("gatewright.web.page_templates")
    try:
        found: OwnPage = templates.own_page(page.body, _values(tenant, template, shown))
    except Invalid as trouble:
        _log.warning("the page template of a tenant does not work: %s", trouble.message)
        return None
    return found


def _values(tenant: Tenant, template: str, shown: Mapping[str, object]) -> dict[str, Any]:
    """What the tenant's own page can say; see ``page_templates.SAMPLE``."""
    settings, branding = tenant.settings, tenant.branding
    prompt, screen = place_of(template)
    return {
        "locale": shown["locale"],
        "tenant": {
            "friendly_name": tenant.name,
            "support_email": settings.support_email,
            "support_url": settings.support_url,
        },
        "application": {"name": str(shown.get("client_name", ""))},
        "branding": {"logo_url": branding.logo_url, "colors": {"primary": branding.colors.primary}},
        "prompt": {"name": prompt, "screen": {"name": screen}},
    }


def _may_be_framed(tenant: Tenant, template: str) -> bool:
    """Whether other sites may frame the page: never, unless the tenant gives up the protection of login."""
    is_unprotected = tenant.settings.flags.disable_clickjack_protection_headers
    return is_unprotected and template.startswith(_OF_LOGIN)


def theme_of(tenant: Tenant, looks: Looks, brand: Brand = Brand()) -> Theme:
    """The tenant's branding and theme as the pages take them, under the ``brand`` of the request."""
    branding, settings, design = tenant.branding, tenant.settings, _branded(looks.theme, brand)
    wanted: dict[str, Any] = {
        "primary": brand.primary or branding.colors.primary,
        "page_background": brand.page_background or _background(branding.colors.page_background),
    }
    own_logo = (design.widget.logo_url if design else "") or branding.logo_url or settings.picture_url
    return Theme(
        name=brand.name or tenant.name,
        logo_url=brand.logo_url or own_logo,
        favicon_url=branding.favicon_url,
        font_url=(design.fonts.font_url if design else "") or branding.font.url,
        design=design,
        support_url=settings.support_url,
        support_email=settings.support_email,
        **{name: colour for name, colour in wanted.items() if colour},
    )


def _background(wanted: str | tenants.Gradient) -> str | Gradient:
    return wanted if isinstance(wanted, str) else Gradient(wanted.start, wanted.end, wanted.angle_deg)


def _branded(design: BrandingTheme | None, brand: Brand) -> BrandingTheme | None:
    """The tenant's theme in the colours of the brand."""
    if design is None:
        return None
    if brand.primary:
        colors = msgspec.structs.replace(design.colors, primary_button=brand.primary)
        design = msgspec.structs.replace(design, colors=colors)
    if brand.page_background:
        page = msgspec.structs.replace(
            design.page_background, background_color=brand.page_background, background_image_url=""
        )
        design = msgspec.structs.replace(design, page_background=page)
    return design

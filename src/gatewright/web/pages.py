"""Hosted pages: templates, the tenant's look, the reader's language and the headers that keep a page safe.

Pages carry their stylesheet, which is small, instead of linking to it: one request shows the page, and
the content security policy admits that very text by its hash. There is no script on them, but for a few
that speak to a window or frame of an application.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from gatewright.kernel.texts import Phrase
from gatewright.kernel.urls import origin_of
from gatewright.web.custom_texts import NAMED, filled
from gatewright.web.languages import SOURCE_LANGUAGE, Translator, translator
from gatewright.web.own_page import OwnPage
from gatewright.web.scripts import Script, sha256_source
from gatewright.web.themes import Theme, css_variables, link, monogram, picture

__all__ = ["Pages", "Theme"]

_HERE = Path(__file__).parent
_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_NEEDLESS = re.compile(r"/\*.*?\*/|\s+(?=[\s{}])|(?<=[{};:,])\s+|;(?=\s*\})", re.DOTALL)
_HOST_SOURCE = re.compile(r"https?://[a-z0-9.\-]+(?::\d{1,5})?")
_SCHEME_SOURCE = re.compile(r"[a-z][a-z0-9+.\-]*:")


class Pages:
    """Renders pages.

    ``folders`` are the rooms' ``templates`` folders; a template is named by its room and file, as in
    ``login/login.html``. Templates of this room, the layout among them, are always there.
    ``default_locale`` is spoken when a page is asked for in no language at all (``""``).
    """

    def __init__(self, *, folders: Sequence[Path], default_locale: str = SOURCE_LANGUAGE) -> None:
        self._default_locale = default_locale
        self._environment = _environment((_HERE / "templates", *folders))

    def render(
        self,
        template: str,
        *,
        theme: Theme,
        locale: str,
        status: int = 200,
        form_targets: Sequence[str] | None = (),
        foreign_styles: bool = False,
        framable: bool = False,
        framed_by: Sequence[str] | None = None,
        frames: Sequence[str] = (),
        script: Script | None = None,
        tells_origin: bool = False,
        texts: Mapping[str, str] | None = None,
        around: OwnPage | None = None,
        **context: object,
    ) -> HTMLResponse:
        """The page ``template`` with ``context``, in the look of ``theme`` and the language of ``locale``.

        ``form_targets``: addresses that answers to this page's forms may redirect to. Chromium holds every
        hop of such a redirect against the policy, so say ``None`` (no limit) where the answer goes to an
        application, which may send the browser on to anywhere. ``foreign_styles`` admits the styles of
        mail that is shown inside the page. ``framable``: any site may show the page inside its own, and so
        trick people into using it unseen (clickjacking); ``framed_by``: pages of these origins may, and ours.
        ``frames``: origins of the pages that it shows inside itself. ``script``: what it runs.
        ``texts``: a tenant's own words, as ``custom_texts.texts_on`` gives them. ``around``: its own page.
        ``tells_origin``: its forms tell us by which origin they are sent, which other pages leave out.
        Raises ``jinja2.TemplateNotFound`` for an unknown template and ``jinja2.UndefinedError`` for a value
        that the page shows and was not given.
        """
        style, digest = _style(theme)
        speaks = translator(locale or self._default_locale)
        text = self._environment.get_template(template).render(
            context,
            theme=theme,
            translator=speaks,
            texts=texts or {},
            locale=speaks.language,
            style=style,
            script=script.markup if script else "",
        )
        if around is not None:
            text, digest = around.around(text), " ".join((digest, *around.styles))
        ancestors = None if framable else ("'self'", *framed_by) if framed_by is not None else ("'none'",)
        policy = _policy(
            style="'unsafe-inline'" if foreign_styles else digest,
            script=script.source if script else "",
            frames=frames,
            ancestors=ancestors,
            form_targets=form_targets,
            font=theme.font,
        )
        headers = {**_HEADERS, "content-security-policy": policy}
        if ancestors == ("'none'",):
            headers["x-frame-options"] = "DENY"
        if tells_origin:
            headers["referrer-policy"] = "same-origin"
        # text from a request may hold halves of characters, which UTF-8 cannot write
        return HTMLResponse(text.encode("utf-8", "replace"), status, headers=headers)


def _environment(folders: Sequence[Path]) -> Environment:
    environment = Environment(
        loader=_loader(folders),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext, own=_named)
    environment.filters.update(
        link=link,
        picture=picture,
        monogram=monogram,
        translated=_translated,
        moment=_moment,
    )
    environment.tests["phrase"] = lambda value: isinstance(value, Phrase)
    return environment


def _loader(folders: Sequence[Path]) -> PrefixLoader:
    rooms: dict[str, list[Path]] = {}
    for folder in folders:
        rooms.setdefault(folder.parent.name, []).append(folder)
    return PrefixLoader({room: FileSystemLoader(places) for room, places in rooms.items()})


@pass_context
def _gettext(context: Context, text: str, **values: object) -> Markup:
    own = _own_words(context, text, values)
    if own is not None:
        return own
    translated = _translated(context, text)
    return translated % values if values else translated


@pass_context
def _ngettext(context: Context, singular: str, plural: str, number: int, **values: object) -> Markup:
    return Markup.escape(_translator_of(context).ngettext(singular, plural, number, **values))


@pass_context
def _translated(context: Context, text: object) -> Markup:
    """Text handed to a page: translated when it is one of the marked texts, as it is otherwise."""
    own = _own_words(context, text.pattern if isinstance(text, Phrase) else str(text), {})
    if own is not None:
        return own
    return Markup.escape(_translator_of(context).gettext(text if isinstance(text, Phrase) else str(text)))


def _own_words(context: Context, text: str, values: Mapping[str, object]) -> Markup | None:
    """The tenant's own words for a text of ours, escaped; ``None`` where it has none."""
    words = context["texts"].get(text)
    if words is None:
        return None
    known = {"companyName": context["theme"].name, "clientName": context.get("client_name", "")}
    known |= {"email": context.get("email", ""), "clientName": values.get("client", known["clientName"])}
    known |= {name: str(value) for name, value in values.items()}
    return Markup.escape(filled(words, {name: str(value) for name, value in known.items()}))


@pass_context
def _named(context: Context, name: str) -> Markup:
    """The tenant's own words for what the page does not say of itself; "" where it has none."""
    return _own_words(context, f"{NAMED}{name}", {}) or Markup("")


def _translator_of(context: Context) -> Translator:
    found = context["translator"]
    assert isinstance(found, Translator)
    return found


def _moment(at: object) -> str:
    """Seconds UTC as a date and time people read; text stays as it is."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC" if isinstance(at, int) else str(at)


@lru_cache(maxsize=64)
def _style(theme: Theme) -> tuple[Markup, str]:
    """The stylesheet in the tenant's colours, and the source expression that admits it."""
    style = _stylesheet() + css_variables(theme)
    return Markup(style), sha256_source(style)  # noqa: S704 - ours, and colours are hexadecimal by now


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    return _NEEDLESS.sub("", (_HERE / "static" / "pages.css").read_text(encoding="utf-8"))


def _policy(
    *,
    style: str,
    script: str,
    frames: Sequence[str],
    ancestors: Sequence[str] | None,
    form_targets: Sequence[str] | None,
    font: str = "",
) -> str:
    """The content security policy (CSP Level 3) of a page: what it may show, run, frame and be framed by."""
    directives = [
        "default-src 'none'",
        f"style-src {style}",
        "img-src https: data:",
        "base-uri 'none'",
    ]
    if script:
        directives.append(f"script-src {script}")
    if font:
        directives.append(f"font-src {_form_source(font)}")
    if frames:
        directives.append(f"frame-src {' '.join(map(_form_source, frames))}")
    if ancestors is not None:
        directives.append(f"frame-ancestors {' '.join(_ancestor(each) for each in ancestors)}".rstrip())
    if form_targets is not None:
        sources = dict.fromkeys(("'self'", *map(_form_source, form_targets)))
        directives.append("form-action " + " ".join(filter(None, sources)))
    return "; ".join(directives)


def _ancestor(source: str) -> str:
    return source if source.startswith("'") else _form_source(source)


def _form_source(url: str) -> str:
    # what a policy cannot name as a host (an IPv6 address, say) is named by its scheme
    origin = origin_of(url)
    if _HOST_SOURCE.fullmatch(origin):
        return origin
    scheme = _SCHEME_SOURCE.match(url.lower())
    return scheme.group() if scheme else ""

"""Which language a page speaks, and its texts in that language.

English is the source: the English text is itself the key (msgid) under which a catalog keeps its translation.
Texts stand in templates, or are marked with ``N_`` where they are written; they are translated when shown.
A catalog is ``locales/<language>.po``; putting one there is all it takes to add a language.
"""

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from gatewright.kernel.texts import N_, Phrase

__all__ = ["LANGUAGES", "N_", "SOURCE_LANGUAGE", "Translator", "choose", "translator"]

SOURCE_LANGUAGE = "en"
_CATALOGS = {file.stem: file for file in sorted((Path(__file__).parent / "locales").glob("*.po"))}
LANGUAGES: tuple[str, ...] = (SOURCE_LANGUAGE, *_CATALOGS)
"""Every language the pages speak, as BCP 47 tags."""

_MOST_RANGES = 32  # what a person wants is in the first few; the rest is somebody wasting our time
_RANGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_WEIGHT = re.compile(r"[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Translator:
    """Texts in one language. ``language`` is the BCP 47 tag of what is really spoken."""

    language: str
    catalog: NullTranslations

    def gettext(self, text: str, /, **values: object) -> str:
        """``text`` translated, its ``%(name)s`` replaced by ``values``; a ``Phrase`` brings its own.

        Text that no catalog knows stays as it is; without ``values`` a percent sign is just that.
        """
        if isinstance(text, Phrase):
            return self.gettext(text.pattern, **text.values)
        # "" is the key of a catalog's own header
        found = self.catalog.gettext(text) if text else ""
        return found % values if values else found

    def ngettext(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        """The form of ``singular`` that goes with ``number``, which is also the value ``%(num)d``."""
        return self.catalog.ngettext(singular, plural, number) % {"num": number, **values}


def translator(locale: str) -> Translator:
    """The translator that serves ``locale`` best; English for one nobody speaks. Reads a catalog once."""
    return _translator(_lookup(locale, {tag.lower(): tag for tag in LANGUAGES}) or SOURCE_LANGUAGE)


def choose(ui_locales: str | None, accept_language: str | None, enabled: Sequence[str]) -> str:
    """The one of ``enabled`` that a person reads best; its first when they read none of them.

    ``ui_locales`` (OpenID Connect Core §3.1.2.1: tags, best first, between spaces) goes before
    ``accept_language`` (RFC 9110 §12.5.4: tags with weights). Both are matched by lookup (RFC 4647 §3.4);
    what is malformed in them is passed over.
    """
    known = {tag.lower(): tag for tag in reversed(enabled)}
    for wanted in (*_listed(ui_locales or ""), *_weighted(accept_language or "")):
        found = _lookup(wanted, known)
        if found is not None:
            return found
    return enabled[0] if enabled else SOURCE_LANGUAGE


def _listed(ui_locales: str) -> list[str]:
    ranges = ui_locales.split(None, _MOST_RANGES)[:_MOST_RANGES]
    return [wanted for wanted in ranges if _RANGE.fullmatch(wanted)]


def _weighted(accept_language: str) -> list[str]:
    ranges = list(_ranges_with_weight(accept_language))
    ranges.sort(key=lambda pair: -pair[1])  # stable: the header's order decides among equals
    return [wanted for wanted, weight in ranges if weight > 0]


def _ranges_with_weight(accept_language: str) -> Iterator[tuple[str, float]]:
    for member in accept_language.split(",", _MOST_RANGES)[:_MOST_RANGES]:
        wanted, _, parameter = (part.strip(" \t") for part in member.partition(";"))
        weight = _WEIGHT.fullmatch(parameter or "q=1")
        if weight and _RANGE.fullmatch(wanted):
            yield wanted, float(weight.group(1))


def _lookup(wanted: str, known: Mapping[str, str]) -> str | None:
    subtags = wanted.lower().split("-")
    while subtags:
        found = known.get("-".join(subtags))
        if found is not None:
            return found
        subtags.pop()
        # a lone letter introduces what was just cut off and means nothing without it
        while subtags and len(subtags[-1]) == 1:
            subtags.pop()
    return None


@cache
def _translator(language: str) -> Translator:
    file = _CATALOGS.get(language)
    return Translator(language, NullTranslations() if file is None else _read(file, language))


def _read(file: Path, language: str) -> NullTranslations:
    catalogs = importlib.import_module("gatewright.web.catalogs")
    read: NullTranslations = catalogs.read_catalog(file, language)
    return read

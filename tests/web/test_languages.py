"""Which language a page speaks, and whether it can say everything in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.texts import Phrase
from gatewright.web.languages import LANGUAGES, N_, choose, translator

SOURCE = Path(__file__).parents[2] / "src" / "gatewright"
CATALOGS = sorted((SOURCE / "web" / "locales").glob("*.po"))
_METHODS = [("**/templates/**.*", "jinja2.ext:babel_extract"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.*": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[^( ]|\{\w*\}")

every_catalog = pytest.mark.parametrize("file", CATALOGS, ids=lambda file: file.stem)


def marked() -> dict[str | tuple[str, ...], str]:
    """Every text of the templates and every ``N_()`` of the code, with the place it stands at."""
    found = extract_from_dir(SOURCE, _METHODS, _OPTIONS, keywords=_KEYWORDS)
    return {text: f"{file}:{line}" for file, line, text, _, _ in found}


def catalog(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=file.stem, abort_invalid=True)


def ids(file: Path) -> set[str | tuple[str, ...]]:
    return {tuple(entry.id) if entry.pluralizable else entry.id for entry in catalog(file) if entry.id}


def test_texts_are_found_in_templates_and_code() -> None:
    """The scan sees texts of templates, singular and plural, and marked texts of the code."""
    found = marked()
    assert found["No account yet?"].startswith("login/templates/login.html")
    assert ("%(num)d message, newest first.", "%(num)d messages, newest first.") in found
    assert any(place.split(":")[0].endswith(".py") for place in found.values())


@every_catalog
def test_everything_is_translated(file: Path) -> None:
    """Every text that a person may read stands in every catalog."""
    assert {text: place for text, place in marked().items() if text not in ids(file)} == {}


@every_catalog
def test_nothing_is_translated_in_vain(file: Path) -> None:
    """A catalog keeps no text that nobody says."""
    assert ids(file) - set(marked()) == set()


@every_catalog
def test_translations_are_whole(file: Path) -> None:
    """Every entry has all its forms, none is marked doubtful, and each keeps the placeholders."""
    for entry in catalog(file):
        if not entry.id:
            continue
        texts = entry.string if entry.pluralizable else (entry.string,)
        original = entry.id[1] if entry.pluralizable else entry.id
        assert not entry.fuzzy
        assert all(texts), entry.id
        for text in texts:
            assert sorted(_PLACEHOLDER.findall(text)) == sorted(_PLACEHOLDER.findall(original)), entry.id


@every_catalog
def test_translations_carry_no_markup(file: Path) -> None:
    """Translations are plain text: pages escape them."""
    assert not [
        entry.id for entry in catalog(file) if entry.id and re.search(r"[<>]|&\w+;", str(entry.string))
    ]


def test_languages_are_those_with_a_catalog() -> None:
    """The languages spoken are English, in which the texts are written, and each with a catalog."""
    assert list(LANGUAGES) == ["en", *(file.stem for file in CATALOGS)]


def test_a_mark_changes_nothing() -> None:
    """N_ only marks: the English text itself is what it gives back."""
    assert N_("Sign in") == "Sign in"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE-1996-x-old", "de"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("", "en"),
        ("../de", "en"),
    ],
)
def test_translator_for_a_locale(locale: str, language: str) -> None:
    """The translator speaks the nearest language there is, and says which; English when there is none."""
    assert translator(locale).language == language


def test_a_catalog_is_read_once() -> None:
    """All who speak one language share one translator."""
    assert translator("de-AT") is translator("de-DE")


@pytest.mark.parametrize(("language", "loaded"), [("en", "False"), ("de", "True")])
def test_catalogs_are_loaded_when_spoken(language: str, loaded: str) -> None:
    """What reads catalogs is loaded by the first page that is not English, and by no start before it."""
    program = (
        "import sys; import gatewright.web.pages; from gatewright.web.languages import translator;"
        f"translator({language!r}).gettext('Sign in'); print('babel' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"{loaded}\n"


def test_gettext_translates_and_fills_in() -> None:
    """gettext translates and puts values in their places."""
    assert translator("de").gettext("Sign in to %(client)s", client="50 %") == "Anmelden bei 50 %"
    assert translator("en").gettext("Sign in to %(client)s", client="Timesheets") == "Sign in to Timesheets"


def test_gettext_translates_a_phrase_with_its_own_values() -> None:
    """A phrase is translated by the text it was made of, and its values stay as they are."""
    phrase = Phrase("Sign in to %(client)s", client="Sign in")
    assert (phrase, translator("de").gettext(phrase)) == ("Sign in to Sign in", "Anmelden bei Sign in")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["", "never marked", "100 %", "%(client)s"])
def test_gettext_leaves_unknown_text_alone(language: str, text: str) -> None:
    """Text that no catalog knows, and no text at all, comes back unchanged."""
    assert translator(language).gettext(text) == text


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("en", 1, "1 message, newest first."),
        ("en", 2, "2 messages, newest first."),
        ("de", 0, "0 Nachrichten, die neueste zuerst."),
        ("de", 1, "1 Nachricht, die neueste zuerst."),
        ("de", 2, "2 Nachrichten, die neueste zuerst."),
    ],
)
def test_ngettext_takes_the_form_of_the_number(language: str, number: int, text: str) -> None:
    """ngettext picks singular or plural as the language does."""
    forms = ("%(num)d message, newest first.", "%(num)d messages, newest first.")
    assert translator(language).ngettext(*forms, number) == text


@pytest.mark.parametrize(
    ("ui_locales", "accept_language", "chosen"),
    [
        (None, None, "en"),
        ("", "", "en"),
        ("de", None, "de"),
        (None, "de", "de"),
        ("de", "en", "de"),
        ("fr de", "en", "de"),
        ("fr", "de", "de"),
        ("DE-ch", None, "de"),
        ("de-Latn-DE-1996", None, "de"),
        ("de-x-private", None, "de"),
        ("zh-Hant-TW", None, "zh-Hant"),
        ("zh", None, "en"),
        ("pt-br", None, "pt-BR"),
        ("pt", None, "en"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "en;q=0.5, de;q=0.7", "de"),
        (None, "en;q=0.7,de;q=0.7", "en"),
        (None, "de;q=0.7,en;q=0.7", "de"),
        (None, "de;q=0, pt-BR;q=0.001", "pt-BR"),
        (None, "de;q=0", "en"),
        (None, "de ; q=0.3 , pt-BR;Q=0.4", "pt-BR"),
        (None, "*", "en"),
        (None, "fr, *;q=0.5, de;q=0.1", "de"),
        (None, "de;q=2, pt-BR;q=0.1", "pt-BR"),
        (None, "de;q=-1, pt-BR", "pt-BR"),
        (None, "de;q=0.1234, pt-BR;q=0.1", "pt-BR"),
        (None, "de;level=1, pt-BR", "pt-BR"),
        (None, "de_DE, ,;;, -de, d--e, 🙂, pt-BR;q=0.1", "pt-BR"),
        ("-- ' OR 1=1 de_DE \x00", "de", "de"),
        (None, "fr," * 31 + "de", "de"),
        (None, "fr," * 32 + "de", "en"),
    ],
)
def test_choose(ui_locales: str | None, accept_language: str | None, chosen: str) -> None:
    """The request's ui_locales, then the browser's list, are looked up as RFC 4647 §3.4 says."""
    assert choose(ui_locales, accept_language, ("en", "de", "pt-BR", "zh-Hant")) == chosen


def test_choose_without_a_match_takes_the_first_enabled() -> None:
    """Who reads none of the enabled languages gets the tenant's first."""
    assert choose("fr", "it", ("de", "en")) == "de"


def test_choose_with_nothing_enabled() -> None:
    """A tenant that enabled nothing speaks English."""
    assert choose("de", "de", ()) == "en"


def test_choose_cuts_a_lone_letter_with_what_followed_it() -> None:
    """A single-letter subtag is dropped together with what it introduced (RFC 4647 §3.4)."""
    assert choose("de-a-more", None, ("en", "de-a")) == "en"


def test_choose_gives_the_tag_as_enabled() -> None:
    """The answer is spelt as the tenant spelt it, the first spelling when there are two."""
    assert choose("DE", None, ("En", "De", "de")) == "De"


_HEADERS = st.text() | st.text(alphabet="denxq-=;,.*01 _\t")


@given(ui_locales=_HEADERS, accept_language=_HEADERS)
def test_choose_never_fails(ui_locales: str, accept_language: str) -> None:
    """Whatever a browser sends, the answer is one of the enabled languages."""
    assert choose(ui_locales, accept_language, ("en", "de")) in ("en", "de")


@given(locale=st.text())
def test_any_locale_has_a_translator(locale: str) -> None:
    """Whatever it is asked for, the translator speaks one of the languages there are."""
    assert translator(locale).language in LANGUAGES

"""What a tenant file may say of the pages of login and the words on them."""

from collections.abc import Iterator

from gatewright.provisioning.entry_kinds import PromptsEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry
from gatewright.web.custom_texts import is_language, wrong_texts


def check_prompts(entry: Entry[PromptsEntry]) -> Iterator[Problem]:
    """The section ``prompts``."""
    at = inside(entry.path, "customText")
    for language in entry.value.custom_text:
        if not is_language(language):
            message = f"read {shown(language)}; wanted: a language tag like en or pt-BR (RFC 5646)"
            yield Problem(inside(at, language), message)
    for text in entry.value.texts:
        place = f"{at}.{text.language}.{text.prompt}"
        for path, message in wrong_texts(text.prompt, text.screens):
            yield Problem(f"{place}.{path}", message)
    if entry.value.partials:
        yield Problem(inside(entry.path, "partials"), "there are none; wanted: nothing")

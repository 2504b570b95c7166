"""How tenants' pages look: stored, replaced, removed, each for itself, and seen at once."""

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.units import Unmatched
from gatewright.storage.database import revision_bump
from gatewright.tenants import BrandingTheme, CustomText, Looks, PromptSettings

pytestmark = pytest.mark.anyio


async def test_theme_comes_and_goes(place: Place) -> None:
    """A theme comes back as it was stored, is replaced, and is removed; another tenant's is another's."""
    looks = place.stores.looks
    assert await looks.get(TENANT) == Looks()
    first, second = (BrandingTheme(theme_id=name, display_name=name) for name in ("Ünï", "b"))
    await place.run(looks.put_theme(TENANT, first), revision_bump(TENANT))
    assert (await looks.get(TENANT)).theme == first
    assert await looks.get(OTHER) == Looks()
    await place.run(looks.put_theme(TENANT, second), revision_bump(TENANT))
    assert (await looks.get(TENANT)).theme == second
    with pytest.raises(Unmatched):
        await place.run(looks.delete_theme(OTHER))
    await place.run(looks.delete_theme(TENANT), revision_bump(TENANT))
    assert await looks.get(TENANT) == Looks()


async def test_words_come_and_go(place: Place) -> None:
    """Words of a prompt in a language come back as they were stored, and are removed alone."""
    looks, settings = place.stores.looks, PromptSettings(identifier_first=True)
    german = CustomText(language="de", prompt="login", screens={"login": {"title": "Grüß Gott"}})
    english = CustomText(language="en", prompt="login", screens={"login": {"title": "Hello"}})
    puts = (looks.put_text(TENANT, english), looks.put_text(TENANT, german))
    await place.run(*puts, looks.put_prompts(TENANT, settings), revision_bump(TENANT))
    assert await looks.get(TENANT) == Looks(prompts=settings, texts=(german, english))
    assert await looks.get(OTHER) == Looks()
    await place.run(looks.delete_text(TENANT, german), revision_bump(TENANT))
    assert (await looks.get(TENANT)).texts == (english,)

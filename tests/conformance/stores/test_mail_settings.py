"""What tenants decide about their mail: stored, replaced, removed, each for itself, and seen at once."""

import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.units import Unmatched
from gatewright.messages import EmailProvider, EmailTemplate, MailSettings, SmtpAddress
from gatewright.storage.database import revision_bump

pytestmark = pytest.mark.anyio

PROVIDER = EmailProvider(
    credentials=SmtpAddress(smtp_host="mail.example.test", smtp_port=25, smtp_user="Ünï"),
    enabled=False,
    default_from_address="a@b.test",
    settings={"a": [1]},
    sealed_password="sealed",
)


async def test_provider_comes_and_goes(place: Place) -> None:
    """A provider comes back as it was stored, is replaced, and is removed."""
    mail = place.stores.mail_settings
    assert await mail.get(TENANT) == MailSettings()
    await place.run(mail.put_provider(TENANT, PROVIDER), revision_bump(TENANT))
    assert await mail.get(TENANT) == MailSettings(provider=PROVIDER)
    assert await mail.get(OTHER) == MailSettings()
    other = EmailProvider(credentials=SmtpAddress(smtp_host="other.example.test"))
    await place.run(mail.put_provider(TENANT, other), revision_bump(TENANT))
    assert (await mail.get(TENANT)).provider == other
    await place.run(mail.delete_provider(TENANT), revision_bump(TENANT))
    assert await mail.get(TENANT) == MailSettings()


async def test_provider_of_another_tenant_is_not_removed(place: Place) -> None:
    """Removing what is not there aborts the unit, and another tenant's stays."""
    mail = place.stores.mail_settings
    await place.run(mail.put_provider(OTHER, PROVIDER), revision_bump(OTHER))
    with pytest.raises(Unmatched):
        await place.run(mail.delete_provider(TENANT))
    assert (await mail.get(OTHER)).provider == PROVIDER


async def test_templates_come_and_go(place: Place) -> None:
    """Templates come back by name as they were stored, are replaced, and are removed one by one."""
    mail = place.stores.mail_settings
    reset = EmailTemplate(
        template="reset_email", body="Ünï {{ x }}", from_="a@b.test", result_url="https://a/"
    )
    verify = EmailTemplate(template="verify_email", enabled=False)
    puts = (mail.put_template(TENANT, verify), mail.put_template(TENANT, reset))
    await place.run(*puts, mail.put_template(OTHER, verify), revision_bump(TENANT), revision_bump(OTHER))
    assert (await mail.get(TENANT)).templates == (reset, verify)
    other = EmailTemplate(template="reset_email", subject="x")
    await place.run(mail.put_template(TENANT, other), revision_bump(TENANT))
    assert (await mail.get(TENANT)).templates == (other, verify)
    await place.run(mail.delete_template(TENANT, "verify_email"), revision_bump(TENANT))
    assert (await mail.get(TENANT)).templates == (other,)
    assert (await mail.get(OTHER)).templates == (verify,)

"""The pages of login for an organization: whose looks, which connections, who may sign up, which one."""

import asyncio

import pytest
from tests.support.organizations import (
    ACME,
    ADA,
    denied,
    invite,
    let_organizations,
    organization_of,
    put_organization,
)
from tests.support.world import PASSWORD, World, answer, forms, text_of

from gatewright.organizations import EnabledConnection, OrganizationBranding, OrganizationColors
from gatewright.protection import TICKET_PER_IP

from .visits import heading, last_mail, link_in

pytestmark = [pytest.mark.anyio, pytest.mark.wire("organization and invitation")]

OPEN = EnabledConnection(connection_id="con_db", assign_membership_on_login=True, is_signup_enabled=True)


async def test_page_has_the_looks_of_the_organization(world: World) -> None:
    """Logo, colours and name on the pages are the organization's; what it leaves open is the tenant's."""
    colors = OrganizationColors(primary="#123456")
    branding = OrganizationBranding(logo_url="https://acme.example.test/logo.png", colors=colors)
    await world.change_tenant(support_email="help@example.test")
    await put_organization(world, display_name="Acme Ltd", branding=branding)
    await let_organizations(world)
    page = await world.browser().authorize(organization=ACME)
    assert "Acme Ltd" in text_of(page)
    assert '<img src="https://acme.example.test/logo.png" alt="Acme Ltd">' in page.text
    assert "--primary:#123456" in page.text
    assert "help@example.test" in page.text
    assert "acme.example.test" not in (await world.browser().authorize()).text


async def test_refused_form_keeps_the_looks(world: World) -> None:
    """A page shown again after a wrong password looks as before."""
    await put_organization(world, display_name="Acme Ltd")
    await let_organizations(world)
    page = await world.browser().sign_in(password="wrong", organization=ACME)
    assert "Acme Ltd" in text_of(page)


async def test_page_without_a_connection_of_the_organization(world: World) -> None:
    """Where none of the client's connections is enabled there, the page says what to change."""
    await put_organization(world, display_name="Acme Ltd", connections=())
    await let_organizations(world)
    page = await world.browser().authorize(organization=ACME)
    assert page.status_code == 400
    assert "Enable one of the application's connections for the organization." in text_of(page)


async def test_sign_up_is_the_organizations_to_offer(world: World) -> None:
    """An organization's page offers new accounts only where it says so; screen_hint opens no other way."""
    await put_organization(world)
    await put_organization(world, "open", connections=(OPEN,))
    await let_organizations(world)
    browser = world.browser()
    assert "signup-link" not in (await browser.authorize(organization=ACME)).text
    assert heading(await browser.authorize(organization=ACME, screen_hint="signup")) == "Sign in to Web App"
    page = await browser.authorize(organization="org_open", screen_hint="signup")
    assert heading(page) == "Create your account"


async def test_sign_up_by_force_is_closed(world: World) -> None:
    """A form sent to the sign-up page of an organization without sign-up makes no account."""
    await put_organization(world)
    await let_organizations(world)
    browser = world.browser()
    (form,) = forms(await browser.authorize(organization=ACME))
    fields = {"email": "cy@example.test", "password": PASSWORD}
    response = await browser.post(
        f"/u/signup?state={form['fields']['state']}", data={**form["fields"], **fields}
    )
    assert response.status_code == 403
    assert world.rows("SELECT user_id FROM users") == [(ADA,)]


async def test_newcomer_signs_up_and_is_a_member(world: World) -> None:
    """Whoever makes an account on the organization's page is its member once they sign in."""
    await put_organization(world, connections=(OPEN,))
    await let_organizations(world)
    browser = world.browser()
    page = await browser.authorize(organization=ACME, screen_hint="signup")
    await browser.submit(page, email="cy@example.test", password=PASSWORD)
    response = await browser.sign_in("cy@example.test", organization=ACME)
    assert await organization_of(browser, response) == ACME


async def test_organization_is_named_before_signing_in(world: World) -> None:
    """With pre_login_prompt a person names the organization, then signs in, then arrives for it."""
    await put_organization(world, members=(ADA,), display_name="Acme Ltd")
    await let_organizations(world, "require", organization_require_behavior="pre_login_prompt")
    browser = world.browser()
    page = await browser.authorize()
    assert "For which organization?" in text_of(page)
    page = await browser.submit(page, organization=" ACME ")
    assert "Acme Ltd" in text_of(page)
    response = await browser.submit(page, username="ada@example.test", password=PASSWORD)
    assert await organization_of(browser, response) == ACME


async def test_organization_that_is_none_is_asked_again(world: World) -> None:
    """A name that no organization has shows the page again, with what was typed."""
    await let_organizations(world, "require", organization_require_behavior="pre_login_prompt")
    browser = world.browser()
    page = await browser.submit(await browser.authorize(), organization="<nobody>")
    assert page.status_code == 400
    assert "There is no organization of that name." in text_of(page)
    assert "&lt;nobody&gt;" in page.text


async def test_session_still_has_to_name_one(world: World) -> None:
    """With a session the organization is asked for and no password; silently there is no answer."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    browser = world.browser()
    await browser.sign_in()
    await let_organizations(world, "require", organization_require_behavior="pre_login_prompt")
    assert denied(await browser.authorize(prompt="none"))[0] == "interaction_required"
    response = await browser.submit(await browser.authorize(), organization="acme")
    assert await organization_of(browser, response) == ACME


async def test_stranger_who_names_one_is_denied(world: World) -> None:
    """Naming an organization makes nobody its member."""
    await put_organization(world)
    await let_organizations(world, "require", organization_require_behavior="pre_login_prompt")
    browser = world.browser()
    page = await browser.submit(await browser.authorize(), organization="acme")
    response = await browser.submit(page, username="ada@example.test", password=PASSWORD)
    assert denied(response)[0] == "access_denied"


async def after(world: World) -> None:
    await let_organizations(world, "require", organization_require_behavior="post_login_prompt")


async def test_organization_is_chosen_after_signing_in(world: World) -> None:
    """With post_login_prompt a member of several chooses one of them, and is offered no other."""
    await put_organization(world, members=(ADA,), display_name="Zeta")
    await put_organization(world, "other", members=(ADA,), display_name="Alpha")
    await put_organization(world, "foreign")
    await after(world)
    browser = world.browser()
    page = await browser.sign_in()
    assert heading(page) == "Choose an organization"
    assert "Alpha Continue for Zeta" in text_of(page).replace(" A ", " ").replace(" Z ", " ")
    assert "foreign" not in page.text
    refused = await browser.submit(page, organization="org_foreign")
    assert "You do not belong to that organization." in text_of(refused)
    assert await organization_of(browser, await browser.submit(page, organization=ACME)) == ACME


async def test_only_organization_needs_no_choice(world: World) -> None:
    """Whoever belongs to one arrives for it, silently too; whoever belongs to none is denied."""
    await put_organization(world, members=(ADA,))
    await after(world)
    browser = world.browser()
    assert await organization_of(browser, await browser.sign_in()) == ACME
    assert await organization_of(browser, await browser.authorize(prompt="none")) == ACME
    await world.put_user("bob@example.test", subject="bob")
    assert denied(await world.browser().sign_in("bob@example.test"))[0] == "access_denied"


async def test_several_organizations_silently(world: World) -> None:
    """A member of several who may not be asked gets no answer."""
    for name in ("acme", "other"):
        await put_organization(world, name, members=(ADA,))
    await after(world)
    browser = world.browser()
    await browser.sign_in()
    assert denied(await browser.authorize(prompt="none"))[0] == "interaction_required"


async def test_invited_newcomer_makes_an_account(world: World) -> None:
    """An invitation begins with the sign-up page, its address filled in, though sign-up is closed."""
    await world.change_connection(disable_signup=True)
    await put_organization(world)
    await let_organizations(world)
    secret = await invite(world, "cy@example.test", roles=("rol_reader",), user_metadata={"team": "blue"})
    asked = {"organization": ACME, "invitation": secret, "organization_name": "acme"}
    browser = world.browser()
    page = await browser.authorize(**asked)
    assert heading(page) == "Create your account"
    assert forms(page)[0]["fields"]["email"] == "cy@example.test"
    refused = await browser.submit(page, email="eve@example.test", password=PASSWORD)
    assert "The invitation is for cy@example.test." in text_of(refused)
    await browser.submit(page, email="cy@example.test", password=PASSWORD)
    page = await browser.follow(await browser.get(link_in(await last_mail(world))))
    page = await browser.submit(page)
    response = await browser.sign_in("cy@example.test", **asked)
    assert await organization_of(browser, response) == ACME
    ((user_id,),) = world.rows("SELECT user_id FROM organization_members")
    assert world.rows("SELECT user_id, role_id FROM organization_roles") == [(user_id, "rol_reader")]
    user = await world.platform.users.get(world.tenant_id, user_id)
    assert user is not None
    assert user.user_metadata == {"team": "blue"}
    assert "si" in [entry.type for entry in await world.logs()]


async def test_invited_person_with_an_account_signs_in(world: World) -> None:
    """Somebody with an account is asked to sign in, becomes a member, and the invitation is spent."""
    await put_organization(world)
    await let_organizations(world)
    asked = {"organization": ACME, "invitation": await invite(world, "ada@example.test")}
    browser = world.browser()
    page = await browser.authorize(**asked)
    assert heading(page) == "Sign in to Web App"
    response = await browser.submit(page, username="ada@example.test", password=PASSWORD)
    assert await organization_of(browser, response) == ACME
    assert world.rows("SELECT * FROM invitations") == []
    again = denied(await browser.authorize(**asked))
    assert again == ("invalid_request", "invitation not found or already used")
    assert (await world.logs())[0].type == "fi"


async def test_invitation_is_for_its_address_alone(world: World) -> None:
    """Another account than the invited one is refused on the page, and its session asked to sign in."""
    await world.put_user("bob@example.test", subject="bob")
    await put_organization(world)
    await let_organizations(world)
    asked = {"organization": ACME, "invitation": await invite(world, "ada@example.test")}
    browser = world.browser()
    await browser.sign_in("bob@example.test")
    page = await browser.authorize(**asked)
    assert heading(page) == "Sign in to Web App"
    refused = await browser.submit(page, username="bob@example.test", password=PASSWORD)
    assert refused.status_code == 400
    assert world.rows("SELECT * FROM organization_members") == []
    assert len(world.rows("SELECT * FROM invitations")) == 1


async def test_invitation_that_does_not_stand(world: World) -> None:
    """An invitation of another organization or client, too old, unknown, or alone is refused."""
    await put_organization(world)
    await put_organization(world, "other")
    await let_organizations(world)
    secret = await invite(world, "ada@example.test")
    foreign = await invite(world, "ada@example.test", client_id="spa")
    browser = world.browser()
    for asked in (
        {"organization": "org_other", "invitation": secret},
        {"organization": ACME, "invitation": foreign},
        {"organization": ACME, "invitation": "unknown"},
        {"invitation": secret},
    ):
        assert denied(await browser.authorize(**asked))[0] == "invalid_request"
    world.clock.advance(3_600)
    asked = {"organization": ACME, "invitation": secret}
    assert denied(await browser.authorize(**asked))[0] == "invalid_request"


async def test_invitation_survives_consent(world: World) -> None:
    """Whoever accepts an invitation and then consents arrives, though the invitation is spent by then."""
    await put_organization(world)
    third = {"client_id": "third", "redirect_uri": "https://third.example.test/callback"}
    await world.change_client("third", organization_usage="allow")
    secret = await invite(world, "ada@example.test", client_id="third")
    browser = world.browser()
    page = await browser.sign_in(organization=ACME, invitation=secret, **third)
    assert "code" in answer(await browser.submit(page, action="accept"))
    assert world.rows("SELECT user_id FROM organization_members") == [(ADA,)]


async def test_secret_of_an_invitation_is_kept_nowhere(world: World) -> None:
    """While the invited signs in neither database nor address of a page has the secret."""
    await put_organization(world)
    await let_organizations(world)
    secret = await invite(world, "ada@example.test")
    page = await world.browser().authorize(organization=ACME, invitation=secret)
    assert secret not in page.text
    assert secret not in str(page.url)
    assert secret not in "".join(world.dump())


async def test_hash_of_an_invitation_opens_nothing(world: World) -> None:
    """Whoever reads the hash in the database cannot accept the invitation with it."""
    await put_organization(world)
    await let_organizations(world)
    await invite(world, "ada@example.test")
    ((stored,),) = world.rows("SELECT ticket_hash FROM invitations")
    browser = world.browser()
    for name in ("invitation", "invitation_hash"):
        asked = {"organization": ACME, name: stored}
        assert denied(await browser.authorize(**asked))[0] == "invalid_request"
    assert len(world.rows("SELECT * FROM invitations")) == 1


async def test_invitation_after_its_sign_in_expired(world: World) -> None:
    """Whoever took too long is told to open the mail again, where the invitation still stands."""
    await put_organization(world)
    await let_organizations(world)
    asked = {"organization": ACME, "invitation": await invite(world, "ada@example.test", lifetime=9_999)}
    browser = world.browser()
    page = await browser.authorize(**asked)
    world.clock.advance(3_600)
    error, told = denied(await browser.submit(page, username="ada@example.test", password=PASSWORD))
    assert error == "invalid_request"
    assert "link in the mail" in told


async def test_guessed_invitations_are_counted(world: World) -> None:
    """Guesses from one address are refused after a while, and so is the right one from there."""
    await put_organization(world)
    await let_organizations(world)
    secret = await invite(world, "ada@example.test")
    guesser = world.browser(address="198.51.100.9")
    for _ in range(TICKET_PER_IP.attempts):
        response = await guesser.authorize(organization=ACME, invitation="guess")
        assert denied(response)[0] == "invalid_request"
    for guess in ("guess", secret):
        assert (await guesser.authorize(organization=ACME, invitation=guess)).status_code == 429
    assert heading(await world.browser().authorize(organization=ACME, invitation=secret)) == (
        "Sign in to Web App"
    )


async def test_invitation_is_accepted_once_however_many_try(world: World) -> None:
    """Of two browsers that accept one invitation at once, one is a member by it (CVE-2025-64708)."""
    await put_organization(world)
    await let_organizations(world)
    asked = {"organization": ACME, "invitation": await invite(world, "ada@example.test")}
    browsers = [world.browser() for _ in range(3)]
    pages = [await browser.authorize(**asked) for browser in browsers]
    fields = {"username": "ada@example.test", "password": PASSWORD}
    answers = await asyncio.gather(
        *(browser.submit(page, **fields) for browser, page in zip(browsers, pages, strict=True))
    )
    outcomes = sorted("code" if "code" in answer(each) else answer(each)["error"] for each in answers)
    assert outcomes == ["code", "invalid_request", "invalid_request"]
    assert [entry.type for entry in await world.logs()].count("si") == 1


async def test_no_organization_is_chosen_before_signing_in(world: World) -> None:
    """The page to choose on is for whoever is signed in: by force it leads back to the step that is due."""
    await put_organization(world, members=(ADA,))
    await put_organization(world, "other", members=(ADA,))
    await after(world)
    browser = world.browser()
    (form,) = forms(await browser.authorize())
    state = form["fields"]["state"]
    data = {**form["fields"], "organization": ACME}
    for path in ("/u/select-organization", "/u/organization"):
        response = await browser.post(f"{path}?state={state}", data=data)
        assert response.headers["location"].startswith("/u/login")

"""auth0-spa-js in Chromium for an organization: sign-in, silent tokens, and who does not belong there."""

import pytest
from tests.clients.browser_app import SdkError
from tests.clients.spa import Spa
from tests.clients.tenant import ORGANIZATION, STRANGERS

pytestmark = pytest.mark.library(
    "auth0-spa-js", "loginWithRedirect with organization", "getTokenSilently with organization"
)


def test_sign_in_for_an_organization(spa: Spa) -> None:
    """The library accepts an id_token for the organization that it asked for, and finds it there."""
    spa.use("spa_companies", organization=ORGANIZATION)
    spa.sign_in()
    claims = spa.call("getIdTokenClaims")
    assert claims["org_name"] == ORGANIZATION
    assert claims["org_id"].startswith("org_")


def test_silent_tokens_stay_with_the_organization(spa: Spa) -> None:
    """What the library asks silently is for the organization too, by its id as well as by its name."""
    spa.use("spa_companies", organization=ORGANIZATION)
    spa.sign_in()
    organization_id = spa.call("getIdTokenClaims")["org_id"]
    assert spa.token()
    spa.use("spa_companies", organization=organization_id)
    assert spa.token()
    assert spa.call("getIdTokenClaims")["org_id"] == organization_id


def test_stranger_is_told_why(spa: Spa) -> None:
    """Whoever does not belong to the organization comes back with the refusal and its reason."""
    spa.use("spa_companies", organization=STRANGERS)
    with pytest.raises(SdkError) as refused:
        spa.sign_in()
    assert refused.value.code == "access_denied"
    assert "is not part of the org_" in str(refused.value)

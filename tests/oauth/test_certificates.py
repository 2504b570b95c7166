"""The certificate of the signing key, for those who want X.509."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs7
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /pem, /cer, /pb7 and /rawpem")]

READ = {
    "/pem": x509.load_pem_x509_certificate,
    "/cer": x509.load_der_x509_certificate,
    "/pb7": lambda body: pkcs7.load_der_pkcs7_certificates(body)[0],
    "/rawpem": lambda body: x509.load_der_x509_certificate(base64.b64decode(body, validate=True)),
}


@pytest.mark.parametrize("path", READ)
async def test_it_verifies_our_tokens(world: World, path: str) -> None:
    """In each of its forms the certificate holds the key that signed the newest token."""
    browser = world.browser()
    await browser.sign_in()
    token = (await browser.tokens(scope="openid"))["id_token"]
    response = await browser.get(path)
    assert response.status_code == 200
    signed, _, signature = token.rpartition(".")
    key = READ[path](response.content).public_key()
    key.verify(base64.urlsafe_b64decode(signature + "=="), signed.encode(), padding.PKCS1v15(), SHA256())


async def test_bare_means_bare(world: World) -> None:
    """The bare form has no header lines and no line breaks."""
    text = (await world.browser().get("/rawpem")).text
    assert "-----" not in text
    assert text == text.strip()
    assert len(text.split()) == 1


@pytest.mark.parametrize(
    ("path", "kind"), [("/pem", "application/x-pem-file"), ("/cer", "application/pkix-cert")]
)
async def test_any_page_may_read_it(world: World, path: str, kind: str) -> None:
    """It is public: any origin may read it, under its own media type."""
    response = await world.browser().get(path, headers={"origin": "https://anywhere.example"})
    assert response.headers["content-type"] == kind
    assert response.headers["access-control-allow-origin"] == "*"

"""The certificate of the key that signs now, in the wire's four forms: PEM, DER, PKCS #7, bare base64.

For people and products that take an X.509 certificate where others take a key set.
"""

import base64
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from starlette.requests import Request
from starlette.responses import Response

from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.errors import NotFound
from gatewright.web.context import context_of
from gatewright.web.routing import Endpoint

_CACHED = {"cache-control": "public, max-age=15"}
_ALG = "RS256"

Form = Callable[[x509.Certificate], bytes]


def certificate_endpoints(keys: SigningKeys) -> dict[str, Endpoint]:
    """Address → endpoint, one for each form."""
    return {path: CertificateEndpoint(keys, form, kind) for path, (form, kind) in _FORMS.items()}


class CertificateEndpoint:
    """Answers with the certificate in one form; ``media_type`` is that of the answer."""

    def __init__(self, keys: SigningKeys, form: Form, media_type: str) -> None:
        self._keys = keys
        self._form = form
        self._media_type = media_type

    async def __call__(self, request: Request) -> Response:
        """The certificate of the current RS256 key. Raises ``NotFound`` for a tenant without one."""
        ring = await self._keys.ring(context_of(request).tenant.tenant_id)
        key = ring.current(_ALG)
        if key is None:
            raise NotFound(f"this tenant has no {_ALG} key that signs")
        certificate = x509.load_pem_x509_certificate(key.certificate.encode())
        return Response(self._form(certificate), 200, _CACHED, self._media_type)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _pkcs7(certificate: x509.Certificate) -> bytes:
    return pkcs7.serialize_certificates([certificate], Encoding.DER)


def _bare(certificate: x509.Certificate) -> bytes:
    return base64.b64encode(_der(certificate))


_FORMS: dict[str, tuple[Form, str]] = {
    "/pem": (_pem, "application/x-pem-file"),
    "/cer": (_der, "application/pkix-cert"),
    "/pb7": (_pkcs7, "application/x-pkcs7-certificates"),
    "/rawpem": (_bare, "text/plain"),
}

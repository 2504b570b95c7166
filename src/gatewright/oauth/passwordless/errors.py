"""Refusals of ``/passwordless/start`` and ``/passwordless/verify``, in the wire's dotted words."""

from gatewright.oauth.errors import OAuthError


class BadRequest(OAuthError):
    """The request to send a code or link, or to verify one, lacks something or is malformed."""

    code = "bad.request"


class BadClientId(OAuthError):
    """The client of a request to sign in by mail is missing or unknown."""

    code = "bad.client_id"


class BadConnection(OAuthError):
    """The connection is no passwordless one, or not enabled for the client."""

    code = "bad.connection"


class BadEmail(OAuthError):
    """What a code or link was to be mailed to is no e-mail address."""

    code = "bad.email"


class BadAuthParams(OAuthError):
    """The link would lead to an authorization request that is refused."""

    code = "bad.authParams"

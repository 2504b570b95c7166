"""Endpoints that only clients of the legacy pipeline may use (``oidc_conformant: false``).

Owns ``/oauth/ro``, ``/oauth/access_token``, ``/delegation``, ``/tokeninfo`` and ``/user/ssodata``,
and what of an id_token sent back is believed.
Does not own which pipeline a request is in (``oauth.pipeline``), nor what legacy tokens say
(``oauth.attributes``, ``oauth.token_claims``).
"""

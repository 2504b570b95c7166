"""THE LIST of limits: what is counted, how much of it is too much, and for how long.

Of the first three a tenant can set its own, see ``policy``.
"""

from gatewright.protection.limiter import Limit

PASSWORD = Limit("password", attempts=10, window=900)
"""Wrong passwords for one identifier from one address; by the pair, so that nobody can lock out a victim."""

PASSWORD_PER_IP = Limit("password-ip", attempts=100, window=3_600)
"""Wrong passwords from one address, whoever they were for."""

SIGNUP_PER_IP = Limit("signup-ip", attempts=50, window=60)
"""New accounts from one address."""

RESET_PER_IP = Limit("reset-ip", attempts=50, window=3_600)
"""Requests for a reset link from one address."""

MAIL_TO_ADDRESS = Limit("mail", attempts=5, window=3_600)
"""Mails to one address that somebody else can cause."""

CODE = Limit("code", attempts=10, window=900)
"""Guesses of mailed codes for one address from one network; by the pair, like ``PASSWORD``."""

CODE_FOR_ADDRESS = Limit("code-address", attempts=50, window=86_400)
"""Guesses of mailed codes for one address from anywhere: of six digits one such day in 20,000 is lucky."""

CODE_PER_IP = Limit("code-ip", attempts=100, window=3_600)
"""Guesses of mailed codes from one network, whoever they were for."""

CODE_MAIL = Limit("code-mail", attempts=5, window=900)
"""Codes and links mailed to one address at the wish of one network."""

CODE_MAIL_TO_ADDRESS = Limit("code-mail-address", attempts=30, window=3_600)
"""Codes and links mailed to one address at whose wish ever: more than one network can cause alone."""

CODE_MAIL_PER_IP = Limit("code-mail-ip", attempts=50, window=3_600)
"""Codes and links mailed at the wish of one network."""

TICKET_PER_IP = Limit("ticket-ip", attempts=50, window=3_600)
"""Wrong mailed links from one address."""

DELEGATION = Limit("delegation", attempts=10, window=60)
"""Delegations for one user from one address, right ones as well: each is a token for somebody else.

Sign-ins at ``/oauth/ro`` by an id_token are counted with them.
"""

CLIENT_SECRET = Limit("client-secret", attempts=20, window=300)
"""Wrong secrets for one client from one address."""

TOKEN_PER_IP = Limit("token-ip", attempts=200, window=60)
"""Unknown codes, refresh tokens and access tokens from one address."""

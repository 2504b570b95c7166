"""FLOW floor: the protocol. OAuth 2 and OpenID Connect from request to answer.

Owns the endpoints, the grants, what is issued and how it is revoked.
Stands on ``login``, which knows nothing of it: a login transaction carries an opaque ``return_to``,
and this room reads the finished transaction.
"""

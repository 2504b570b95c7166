"""The endpoints by which an application lets people sign in by mail (the wire §2.14).

Codes and their proof belong to ``login``; the grant for a code is among the others in ``grants``.
"""

"""FLOW floor: what applications' own forms and login boxes ask on behalf of a person who is not signed in.

Owns sign-up and reset without pages of ours, the description of an application that Lock loads, and the
error shape of these endpoints. Knows nothing of OAuth and hands out no tokens and no sessions.
"""

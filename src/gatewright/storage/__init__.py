"""DOOR to the database: everything the platform remembers passes here.

Owns the ``Database`` port with its two drivers, the tables, their migrations and one store for every noun.
Decides nothing: what may change, and when, is the business of the rooms below.
Nouns own the protocols that the stores implement; nobody but ``app`` and ``cli`` imports this folder.
"""

"""DOOR floor: the door to the database, where the world is remembered.

Owns the database port and its two drivers, the schema and its migrations, and one file per store.
Does not own what is remembered: each room that needs a store says so with a protocol of its own.
"""

"""GROUND floor: clock, ids, hashes, errors, events and units of work.

Owns the vocabulary every other room speaks.
Imports the standard library and nothing else; knows no product rule.
"""

"""POWER floor: shared HTTP manners, no product rules.

Owns which tenant a request is for, how forms are parsed, pages rendered, errors answered and headers set.
"""

"""Servers of these tests take their signing keys from a pool."""

from tests.support.keys import quick_keys

__all__ = ["quick_keys"]

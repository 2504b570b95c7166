"""The steps of a journey, one file each; their order is in ``login.dispatch``."""

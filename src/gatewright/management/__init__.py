"""DOOR floor: the management API, version 2 of the wire, under ``/api/v2``.

Owns who may call, the manners of all resources and what each of them answers.
Does not own the rules of the things it changes: a change is decided by ``provisioning``, as a tenant file is.
Nothing of it is imported before the first request for it, for FastAPI costs time and memory.
"""

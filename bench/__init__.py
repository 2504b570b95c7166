"""The benchmark: our server and its peers, the same scenarios, one run; see README.md beside this file.

Stands outside the house: it starts `gatewright` as a process and speaks to it as any client would.
"""

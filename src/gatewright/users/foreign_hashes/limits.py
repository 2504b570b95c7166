"""How much work a hash that is brought may cost: about a second of one core, and 128 MiB.

Whoever writes the file would otherwise decide how long this server is busy with every sign-in.
"""

HIGHEST_BCRYPT_COST = 14
"""log2 of the rounds: 14 takes about a second; each step doubles it, and 31 takes two days."""

MOST_ITERATIONS = 2_000_000
"""Of PBKDF2; what is advised for SHA-1 is 1,300,000."""

MOST_MEMORY = 128 * 1024 * 1024
"""Bytes, of scrypt and argon2."""

MOST_SCRYPT_BLOCKS = 1 << 21
"""N · r · p: N = 131072 and r = 8 twice over."""

MOST_ARGON2_PASSES = 1024 * 1024
"""KiB · passes: 64 MiB sixteen times over."""

MOST_LANES = 16
"""Of argon2."""

LONGEST_KEY = 256
"""Bytes of what PBKDF2 and scrypt derive."""

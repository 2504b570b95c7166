"""THE LIST of algorithms whose hashes may be brought."""

from collections.abc import Mapping

from gatewright.users.foreign_hashes.format import Format
from gatewright.users.foreign_hashes.formats.argon2 import Argon2Hash
from gatewright.users.foreign_hashes.formats.bcrypt import BcryptHash
from gatewright.users.foreign_hashes.formats.hmac import HmacHash
from gatewright.users.foreign_hashes.formats.ldap import LdapHash
from gatewright.users.foreign_hashes.formats.pbkdf2 import Pbkdf2Hash
from gatewright.users.foreign_hashes.formats.salted_digest import SaltedDigest
from gatewright.users.foreign_hashes.formats.scrypt import ScryptHash
from gatewright.users.foreign_hashes.model import Algorithm

FORMATS: Mapping[Algorithm, Format] = {
    "argon2": Argon2Hash(),
    "bcrypt": BcryptHash(),
    "hmac": HmacHash(),
    "ldap": LdapHash(),
    "md4": SaltedDigest("md4"),
    "md5": SaltedDigest("md5"),
    "sha1": SaltedDigest("sha1"),
    "sha256": SaltedDigest("sha256"),
    "sha512": SaltedDigest("sha512"),
    "pbkdf2": Pbkdf2Hash(),
    "scrypt": ScryptHash(),
}

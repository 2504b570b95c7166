"""THE LIST of strategies a connection may have, and the words for each."""

STRATEGIES: dict[str, str] = {
    "auth0": "Database: users and passwords kept here",
    "email": "Passwordless: whoever reads the mail of an address, by a code or a link",
}

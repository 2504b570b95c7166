"""THE LIST of strategies a connection may have, and the words for each."""

STRATEGIES: dict[str, str] = {
    "auth0": "Database: users and passwords kept here",
}

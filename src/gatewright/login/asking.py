"""Who asks for something that is mailed: through which application, in which language."""

from dataclasses import dataclass

from gatewright.login.mailing import Addressee
from gatewright.login.transactions import Found
from gatewright.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Facts that every door knows of whoever asks, whether it has pages or not.

    ``home_url`` is where the application lives; ``state`` is the secret of the login transaction to come
    back to, if there is one.
    """

    client_id: str
    client_name: str
    locale: str
    home_url: str = ""
    state: str = ""

    @classmethod
    def in_login(cls, found: Found) -> "Asking":
        """Whoever asks on a page of login."""
        asked = found.transaction.asked
        return cls(
            client_id=asked.client_id,
            client_name=asked.client_name,
            locale=asked.locale,
            home_url=asked.home_url,
            state=found.secret,
        )

    def addressee(self, user: User, connection: str) -> Addressee:
        """``user`` as the addressee of what is mailed at this wish."""
        return Addressee(
            user=user,
            connection=connection,
            locale=self.locale,
            client_id=self.client_id,
            client_name=self.client_name,
            home_url=self.home_url,
            state=self.state,
        )

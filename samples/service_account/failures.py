"""What can go wrong, in words for the person who looks at the log of the script, each with an exit code."""


class Failure(Exception):
    """The script cannot go on. The message says what happened; `advice` says what to do about it."""

    exit_code = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class Misconfigured(Failure):
    """The script was started in a way that cannot work."""

    exit_code = 2


class CredentialsRefused(Failure):
    """The identity provider does not accept who the script says it is."""

    exit_code = 3


class Unreachable(Failure):
    """A server does not answer, or cannot be trusted."""

    exit_code = 4


class NotAllowed(Failure):
    """The script is known, and may not do this."""

    exit_code = 5


EXIT_CODES = """\
exit codes:
  0  done
  1  a server refused, for another reason than those below
  2  wrong arguments or settings
  3  the identity provider refused the credentials
  4  a server cannot be reached, or its certificate is not trusted
  5  a permission (scope) is missing
"""

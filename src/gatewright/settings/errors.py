"""The one error of this floor."""

from gatewright.kernel.errors import Invalid


class WrongSetting(Invalid):
    """A setting is missing or wrong: one line that names it, what was read and what is wanted."""

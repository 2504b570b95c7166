"""${message}"""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Makes the change; the transaction around it is somebody else's."""
    ${upgrades if upgrades else "pass"}

"""GROUND floor: the one door through which our own requests leave.

Owns which addresses may be asked, and the caps on time and size. Does not own what is asked or why.
``door`` has the client; whoever sends nothing does not import it.
"""

from gatewright.outbound.model import (
    OutboundAnswer,
    OutboundRefused,
    OutboundRequest,
    OutboundUnreachable,
    Sending,
)
from gatewright.outbound.policy import OutboundPolicy

__all__ = [
    "OutboundAnswer",
    "OutboundPolicy",
    "OutboundRefused",
    "OutboundRequest",
    "OutboundUnreachable",
    "Sending",
]

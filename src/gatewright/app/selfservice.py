"""The platform → the endpoints of applications' own forms."""

from gatewright.app.login import build_registration, build_reset_wish
from gatewright.app.platform import Platform
from gatewright.selfservice.applications import Applications
from gatewright.selfservice.change_password import ChangePasswordEndpoint
from gatewright.selfservice.directory import DirectoryEndpoint
from gatewright.selfservice.lock_scripts import LockScripts
from gatewright.selfservice.routes import SelfserviceEndpoints
from gatewright.selfservice.sign_up import SignUpEndpoint
from gatewright.selfservice.validate_user import ValidateUserEndpoint
from gatewright.web.hosting import HostedPages


def build_selfservice(platform: Platform, pages: HostedPages) -> SelfserviceEndpoints:
    """The endpoints of applications' own forms."""
    clients, connections, clock = platform.clients, platform.connections, platform.clock
    applications = Applications(clients, connections, pages)
    return SelfserviceEndpoints(
        sign_up=SignUpEndpoint(
            applications=applications, registration=build_registration(platform), clock=clock
        ),
        change_password=ChangePasswordEndpoint(
            applications=applications, wish=build_reset_wish(platform), pages=pages, clock=clock
        ),
        validate_user=ValidateUserEndpoint(applications=applications, proof=platform.proof, clock=clock),
        directory=DirectoryEndpoint(clients=clients, connections=connections, clock=clock),
        lock=LockScripts(clients, connections, clock),
    )

"""URL → endpoint of own forms and login boxes, on one page."""

from dataclasses import dataclass

from gatewright.selfservice.challenges import challenge
from gatewright.selfservice.change_password import ChangePasswordEndpoint
from gatewright.selfservice.country import country
from gatewright.selfservice.directory import DirectoryEndpoint
from gatewright.selfservice.lock_scripts import LockScripts
from gatewright.selfservice.sign_up import SignUpEndpoint
from gatewright.selfservice.validate_user import ValidateUserEndpoint
from gatewright.web.cors import CrossOrigin
from gatewright.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfserviceEndpoints:
    """Every endpoint, ready to serve."""

    sign_up: SignUpEndpoint
    change_password: ChangePasswordEndpoint
    validate_user: ValidateUserEndpoint
    directory: DirectoryEndpoint
    lock: LockScripts


def selfservice_routes(has: SelfserviceEndpoints) -> tuple[Route, ...]:
    """The addresses of ``has``."""
    any_origin, of_client = CrossOrigin.ANY, CrossOrigin.CLIENT
    return (
        Route("/dbconnections/signup", {"POST": has.sign_up}, of_client),
        Route("/dbconnections/change_password", {"POST": has.change_password}, of_client),
        Route("/dbconnections/signup/challenge", {"POST": challenge}, any_origin),
        Route("/dbconnections/change_password/challenge", {"POST": challenge}, any_origin),
        Route("/passwordless/challenge", {"POST": challenge}, any_origin),
        Route(
            "/public/api/users/validate_userpassword",
            {"POST": has.validate_user},
            of_client,
            checks_secret="password",
        ),
        Route("/public/api/{client_id}/connections", {"GET": has.directory}, any_origin),
        Route("/client/{client_id}.js", {"GET": has.lock.client}),
        Route("/info-v1.js", {"GET": has.lock.info}),
        Route("/user/geoloc/country", {"GET": country}, any_origin),
    )

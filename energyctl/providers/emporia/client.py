"""One method per remote operation of Emporia's gRPC service. Answers are yielded as data, with the proto's names."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from energyctl.core.errors import AuthenticationFailed, BadAnswer, ConfigProblem
from energyctl.core.limits import Budget
from energyctl.core.messages import as_dict
from energyctl.core.profiles import Section, is_loopback
from energyctl.core.rpc import PLAINTEXT, Call, Rpc
from energyctl.core.tokens import Token, TokenKey
from energyctl.providers.emporia.settings import SETTINGS
from energyctl.providers.emporia.wire import partner_api2_pb2 as pb

if TYPE_CHECKING:
    from energyctl.core.session import Session

PATH = "/emporiaenergy.partner_api_2.PartnerApi/"
#: Contract, "Transport": the port of the version that is gone.
GONE_PORT = 50051


#: Method to request and answer, for ``call`` and its list.
METHODS: dict[str, tuple[Any, Any]] = {
    "Authenticate": (pb.AuthenticationRequest, pb.AuthenticationResponse),
    "GetDevices": (pb.DeviceInventoryRequest, pb.DeviceInventoryResponse),
    "GetUsageData": (pb.DeviceUsageRequest, pb.DeviceUsageResponse),
    "ListUtilityConnects": (pb.ListDevicesRequest, pb.UtilityConnectsResponse),
    "ListOutlets": (pb.ListDevicesRequest, pb.OutletsResponse),
    "UpdateOutlets": (pb.UpdateOutletsRequest, pb.OutletsResponse),
    "ListEVChargers": (pb.ListDevicesRequest, pb.EVChargersResponse),
    "UpdateEVChargers": (pb.UpdateEVChargersRequest, pb.EVChargersResponse),
    "ListBatteries": (pb.ListDevicesRequest, pb.BatteriesResponse),
    "UpdateBatteries": (pb.UpdateBatteriesRequest, pb.BatteriesResponse),
}


def connect(session: Session) -> EmporiaClient:
    """Make a client for the profile in force.

    :raises ConfigProblem: when the profile lacks what Emporia needs.
    """
    return EmporiaClient(session, session.profile.section(SETTINGS))


def checked_target(section: Section) -> str:
    """Return the service's host and port.

    :raises ConfigProblem: for V1's port, for plaintext to another machine, and for what is not host:port.
    """
    target = section.text("target")
    bare = target.removeprefix(PLAINTEXT)
    host, colon, port = bare.rpartition(":")
    if "/" in bare or not colon or not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise ConfigProblem(
            f"emporia.target is '{target}', which is not host:port.",
            hint="Write it as partner.emporiaenergy.com:50052, without https://.",
            provider="emporia",
        )
    if int(port) == GONE_PORT:
        raise ConfigProblem(
            f"emporia.target names port {GONE_PORT}: that was version 1 of the API, in clear text, and it is gone.",
            hint="Use port 50052, which speaks TLS.",
            provider="emporia",
            code="version_gone",
        )
    if target.startswith(PLAINTEXT) and not is_loopback(host.strip("[]")):
        raise ConfigProblem(
            f"emporia.target is '{target}': without TLS the password would travel in clear text.",
            hint="Leave plaintext:// out. It is accepted for this machine alone.",
            provider="emporia",
            code="plaintext_refused",
        )
    if section.is_sandbox and not is_loopback(host.strip("[]")):
        raise ConfigProblem(
            f"emporia.environment is sandbox, but emporia.target is '{target}' "
            f"({section.setting('target').source}): writes would not ask there.",
            hint="Take emporia.target away, or name the real environment.",
            provider="emporia",
            code="not_a_sandbox",
        )
    return target


class EmporiaClient:
    """The partner API, version 2 (contract, "Methods")."""

    def __init__(self, session: Session, section: Section) -> None:
        self.session = session
        self.section = section
        self.target = checked_target(section)
        self.email = section.text("email")
        limit = section.setting("calls_per_hour").value
        self.budget = Budget(
            session, provider="emporia", account=f"{self.email} at {self.target}", limit=max(int(limit), 1)
        )
        ca_file = section.setting("ca_file").value
        self.rpc = Rpc(
            session,
            provider="emporia",
            title=SETTINGS.title,
            target=self.target,
            path=PATH,
            ca_file=str(ca_file) if ca_file else None,
            before=self.budget.take,
        )

    # -- token ----------------------------------------------------------------------------------------

    def key(self) -> TokenKey:
        """Return the key under which the token is kept."""
        mark = self.section.secret_mark("password")
        return TokenKey(self.section.profile.name, "emporia", f"{self.target} {self.email} {mark}")

    def token(self, rejected: str | None = None) -> str:
        """Return the token; asked for by Authenticate when none is kept, or the kept one was refused."""
        secret = self.session.credentials.secret
        return self.session.tokens.get(
            self.key(), lambda: self.authenticate(secret(self.section, "password")), rejected=rejected
        )

    def authenticate(self, password: str) -> Token:
        """Ask for a token. Its lifetime is not documented; it serves until it is refused.

        :raises AuthenticationFailed: for a wrong e-mail or password.
        """
        asked_at = time.time()
        call = Call(
            "Authenticate",
            pb.AuthenticationRequest(partner_email=self.email, password=password),
            pb.AuthenticationResponse,
            subject="the sign-in",
        )
        try:
            answer = self.rpc.send(call)
        except AuthenticationFailed as error:
            error.message = f"Emporia does not accept the password of {self.email}."
            error.hint = "It is the partner portal's. Store the right one with: energyctl auth login emporia"
            error.code = "invalid_credentials"
            raise
        if not answer.auth_token:
            raise BadAnswer(
                "Emporia answered the sign-in without a token.",
                hint="Is emporia.target the right address? -v shows the call.",
                provider="emporia",
                operation="Authenticate",
            )
        return Token(answer.auth_token, asked_at, None)

    # -- calls ------------------------------------------------------------------------------------------

    def call(self, method: str, message: Any, *, reads: bool = True, subject: str | None = None) -> Any:
        """Make a call with the token filled in; a refused token is asked for anew once, and the call repeated."""
        answer_type = METHODS[method][1]
        token = self.token()
        message.auth_token = token
        call = Call(method, message, answer_type, reads=reads, subject=subject)
        try:
            return self.rpc.send(call)
        except AuthenticationFailed:
            message.auth_token = self.token(rejected=token)
            return self.rpc.send(call)

    def devices(self) -> list[dict[str, Any]]:
        """Return all devices of the partner (GetDevices)."""
        answer = self.call("GetDevices", pb.DeviceInventoryRequest(), subject="the device list")
        return [as_dict(one) for one in answer.devices]

    def usage(self, ids: Sequence[str], start: int, end: int, scale: Any, channels: Any) -> Any:
        """Return usage in watt-hours per bucket (GetUsageData); the answer stays a message, for it can be large."""
        message = pb.DeviceUsageRequest(
            start_epoch_seconds=start,
            end_epoch_seconds=end,
            scale=scale,
            channels=channels,
            manufacturer_device_ids=ids,
        )
        return self.call("GetUsageData", message, subject=f"the usage of {len(ids)} devices")

    def listed(self, method: str, field: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the state of devices by one of the List methods. No ids give no rows: there is no "all"."""
        if not ids:
            return []
        answer = self.call(
            method, pb.ListDevicesRequest(manufacturer_device_ids=ids), subject="the state of devices"
        )
        return [as_dict(one) for one in getattr(answer, field)]

    def update(self, method: str, message: Any, field: str) -> list[dict[str, Any]]:
        """Send one of the Update methods once; return the devices that it says it changed."""
        answer = self.call(method, message, reads=False, subject="the change")
        return [as_dict(one) for one in getattr(answer, field)]


def counted(calls: int, session: Session, what: str) -> None:
    """Say beforehand how many calls of the budget a command will make."""
    if calls > 1:
        session.notice(f"{what}: {calls} calls.")

"""The partner's devices as last listed: kept for an hour, and the place where names become ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from energyctl.core.cache import Cache, CompletionList
from energyctl.core.errors import NotFound, UsageProblem

if TYPE_CHECKING:
    from energyctl.core.profiles import Section
    from energyctl.core.session import Session
    from energyctl.providers.emporia.client import EmporiaClient

#: Contract, "Limits": an hourly list is enough. Who is about to switch something wants to know it fresher.
KEPT_S = 3600.0
KEPT_FOR_CONTROL_S = 300.0

OUTLET, CHARGER, BATTERY, UTILITY_CONNECT = "Outlet", "EVCharger", "Battery", "UtilityConnect"
#: What completion offers for devices of a model; None stands for all.
OFFERED = {
    None: CompletionList("emporia-devices"),
    OUTLET: CompletionList("emporia-outlets"),
    CHARGER: CompletionList("emporia-chargers"),
    BATTERY: CompletionList("emporia-batteries"),
}
#: Mains channels of a monitor; expansions lie behind them (contract, "Channels").
MAINS = (1, 2, 3)
MONITORS = ("Vue1", "Vue2", "Vue3")
#: What measures one thing alone. A model that is not known yet may be a monitor.
ONE_CHANNEL = (OUTLET, CHARGER, BATTERY, UTILITY_CONNECT)


class Inventory:
    """Devices by id and by name."""

    def __init__(self, devices: list[dict[str, Any]], age_s: float) -> None:
        self.devices = devices
        self.age_s = age_s
        self.by_id = {str(one.get("manufacturer_device_id")): one for one in devices}

    @classmethod
    def load(cls, client: EmporiaClient, *, refresh: bool = False, max_age_s: float = KEPT_S) -> Inventory:
        """Return the devices: those kept when young enough, else asked for. An age of over a minute is said."""
        cache = device_cache(client.session, client.section)
        found = None if refresh else cls.kept(client.session, cache, max_age_s)
        if found is not None:
            return found
        devices = client.devices()
        cache.write(devices)
        fresh = cls(devices, 0.0)
        for model, offered in OFFERED.items():
            offered.write(client.session, fresh.described(model))
        return fresh

    @classmethod
    def kept(cls, session: Session, cache: Cache, max_age_s: float = KEPT_S) -> Inventory | None:
        """Return the devices as kept, without asking anybody; None when they are too old or not there."""
        found = cache.read(max_age_s)
        if found is None or not isinstance(found[0], list):
            return None
        devices, age = found
        if age > 60:
            from energyctl.core.times import wait_text

            session.notice(
                f"Devices as listed {wait_text(age)} ago; energyctl emporia devices list --refresh asks again."
            )
        return cls([one for one in devices if isinstance(one, dict)], age)

    @classmethod
    def having(
        cls,
        client: EmporiaClient,
        wanted: Sequence[str],
        *,
        model: str | None = None,
        refresh: bool = False,
        max_age_s: float = KEPT_S,
    ) -> Inventory:
        """Return the devices; asked for anew when a kept list does not know what is wanted, by id or by name."""
        found = cls.load(client, refresh=refresh, max_age_s=max_age_s)
        if found.age_s > 0 and any(found.resolve(one, model) not in found.by_id for one in wanted):
            return cls.load(client, refresh=True)
        return found

    def described(self, model: str | None) -> Iterator[tuple[str, str]]:
        """Yield the id of each device of a model, or of all, with its name and model."""
        for key, one in self.by_id.items():
            if model in (None, one.get("model")):
                name = one.get("device_name")
                yield key, f"{name} ({one.get('model')})" if name else str(one.get("model"))

    def of_model(self, model: str) -> list[str]:
        """Return the ids of all devices of a model."""
        return [key for key, one in self.by_id.items() if one.get("model") == model]

    def name(self, device_id: str) -> str | None:
        """Return a device's name, None when it has none or is unknown."""
        return (self.by_id.get(device_id) or {}).get("device_name") or None

    def connected(self, device_id: str) -> bool | None:
        """Whether a device was connected to the cloud; None when it is unknown."""
        known = self.by_id.get(device_id)
        return bool(known.get("device_connected")) if known else None

    def zone(self, device_id: str) -> str:
        """Return the IANA name of a device's zone; UTC when its owner never chose one."""
        return str((self.by_id.get(device_id) or {}).get("timezone") or "UTC")

    def resolve(self, wanted: str, model: str | None = None) -> str:
        """Return the id that an id or a name stands for; what is neither comes back as it is.

        A name is looked for among the devices of ``model`` first.

        :raises UsageProblem: when a name fits several devices.
        """
        if wanted in self.by_id:
            return wanted
        folded = wanted.casefold()
        named = [
            key for key, one in self.by_id.items() if str(one.get("device_name", "")).casefold() == folded
        ]
        fitting = [key for key in named if model is None or self.by_id[key].get("model") == model] or named
        if len(fitting) > 1:
            listed = ", ".join(f"{key} ({self.by_id[key].get('model')})" for key in fitting[:5])
            raise UsageProblem(
                f"'{wanted}' is the name of {len(fitting)} devices: {listed}.", hint="Name the one by its id."
            )
        return fitting[0] if fitting else wanted

    def device(self, wanted: str) -> dict[str, Any]:
        """Return the device of an id or a name.

        :raises NotFound: when there is none, with near ones.
        """
        found = self.by_id.get(self.resolve(wanted))
        if found is None:
            names = [str(one.get("device_name")) for one in self.devices if one.get("device_name")]
            near = get_close_matches(wanted, {**self.by_id, **dict.fromkeys(names)}, n=3)
            raise NotFound(
                f"Emporia lists no device '{wanted}'.",
                hint=f"Did you mean {', '.join(near)}?"
                if near
                else "See: energyctl emporia devices list --refresh",
                provider="emporia",
                operation="GetDevices",
            )
        return found

    def circuits(self, device_id: str) -> dict[int, str]:
        """Return the names of a device's channels by number."""
        infos = (self.by_id.get(device_id) or {}).get("circuit_infos") or []
        return {
            int(one["channel_number"]): str(one.get("name") or "") for one in infos if "channel_number" in one
        }

    def channels(self, device_id: str, *, all_channels: bool) -> list[int]:
        """Return the channels that usage is expected for."""
        device = self.by_id.get(device_id) or {}
        numbers = sorted(self.circuits(device_id))
        if device.get("model") in ONE_CHANNEL:
            return [1]
        if not all_channels:
            return [one for one in numbers if one in MAINS] or [1]
        return numbers or [1]

    def counts_in_sums(self, device_id: str, channel: int) -> bool:
        """Whether a channel counts in the sum of its device: circuits are part of the mains and would count twice.

        Mains count whether or not the device's list of circuits names them.
        """
        device = self.by_id.get(device_id) or {}
        return channel == 1 if device.get("model") in ONE_CHANNEL else channel in MAINS


def device_cache(session: Session, section: Section) -> Cache:
    """Return where the list of a partner's devices is kept."""
    account = f"{section.identity()} {section.text('email')}"
    return Cache(session, provider="emporia", name="devices", account=account)


def check_chosen(given: Sequence[str], *, everything: bool, what: str) -> None:
    """Refuse a choice of devices that no list of them can make good.

    :raises UsageProblem: when nothing was named, or both forms were.
    """
    if everything and given:
        raise UsageProblem(f"--all and named {what} contradict each other.", hint="Give one of them.")
    if not everything and not given:
        raise UsageProblem(
            f"No {what} were named.", hint="Give ids or names, --ids-file FILE, - for stdin, or --all."
        )


def chosen_ids(
    inventory: Inventory, given: Sequence[str], *, everything: bool, model: str | None
) -> list[str]:
    """Return the ids that the user named by id or name, or all of a model."""
    if everything:
        return inventory.of_model(model) if model else list(inventory.by_id)
    return list(dict.fromkeys(inventory.resolve(one, model) for one in given))

"""What the control server can set on this Organisation, with the values that a reset goes back to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from energyctl.sandbox.provider import ControlError

_LONGEST_S = 600.0
_LONGEST_LIFE_S = 10 * 365 * 86_400


@dataclass
class Settings:
    """``bankid_approves_after_s`` None: a BankID order waits for a person or the control server.

    ``qr``: secret (the auth answer brings token and secret for codes of the client's own) or image (only the
    image endpoint makes them). ``bankid_errors``: kit (the Kit's error shape) or bankid (BankID's own).
    ``query_only_refresh``: refresh_token reads the query alone, as behind a proxy that drops the body of a GET.
    """

    not_built: tuple[str, ...] = ()
    token_ttl_s: int = 3599
    refresh_ttl_s: int = 30 * 86_400
    refresh_rotates: bool = True
    query_only_refresh: bool = False
    bankid_approves_after_s: float | None = None
    qr: str = "secret"
    bankid_errors: str = "kit"
    slow_s: float = 30.0


_CHOICES = {"qr": ("secret", "image"), "bankid_errors": ("kit", "bankid")}
_LIVES = ("token_ttl_s", "refresh_ttl_s")
_FLAGS = ("refresh_rotates", "query_only_refresh")


class SettingsDesk:
    """The settings in force, and the check of new ones. ``operations``: the ids that may be left unbuilt."""

    def __init__(self, token_ttl_s: int) -> None:
        self._token_ttl_s = token_ttl_s
        self.operations: tuple[str, ...] = ()
        self.now = Settings(token_ttl_s=token_ttl_s)

    def reset(self) -> None:
        """Go back to the values at start."""
        self.now = Settings(token_ttl_s=self._token_ttl_s)

    def change(self, given: dict[str, Any]) -> dict[str, Any]:
        """Set what is given and return all. ControlError leaves everything as it was."""
        names = [field.name for field in fields(Settings)]
        if unknown := sorted(set(given) - set(names)):
            raise ControlError(400, f"Unknown setting {unknown[0]!r}; known: {', '.join(names)}.")
        checked = {name: self._checked(name, value) for name, value in given.items()}
        for name, value in checked.items():
            setattr(self.now, name, value)
        return self.listing()

    def listing(self) -> dict[str, Any]:
        """Return all settings."""
        return {**asdict(self.now), "not_built": list(self.now.not_built)}

    def _checked(self, name: str, value: Any) -> Any:
        if name == "not_built":
            return self._unbuilt(value)
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise ControlError(400, f"{name} must be one of {', '.join(_CHOICES[name])}.")
            return value
        if name in _FLAGS:
            if not isinstance(value, bool):
                raise ControlError(400, f"{name} must be true or false.")
            return value
        if name == "bankid_approves_after_s" and value is None:
            return None
        most = _LONGEST_LIFE_S if name in _LIVES else _LONGEST_S
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise ControlError(400, f"{name} must be 0 to {most:g} seconds.")
        return int(value) if name in _LIVES else float(value)

    def _unbuilt(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or any(each not in self.operations for each in value):
            raise ControlError(400, f"not_built must be a list of operations: {', '.join(self.operations)}.")
        return tuple(value)

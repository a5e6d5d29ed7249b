"""Time zones: finding them by name, what their clocks show, and instants as machines write them.

Every instant handed out carries the zone's offset at that instant as a fixed offset. Python compares and
subtracts two times of one ``ZoneInfo`` by their wall clocks, which is wrong around a clock change; with fixed
offsets comparing, subtracting and adding are always about real time.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path

from energyctl.core.errors import UsageProblem

STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"(?: ?(Z|[+-][0-9]{2}(?::?[0-5][0-9])?))?)?",
    re.IGNORECASE,
)
_WORDS = ("local", "utc", "site")


def parse_zone(name: str, *, site: str | None = None) -> tzinfo:
    """Return the zone that ``local``, ``utc``, ``site`` or an IANA name (any capitalisation) means.

    ``site`` is the IANA name of the zone of the place the data is about, when there is one. Raises
    ``UsageProblem`` for an unknown name, with the nearest ones, and for ``site`` when no site zone is known.
    """
    word = name.strip()
    if word.lower() == "local":
        return local_zone()
    if word.lower() in ("utc", "z"):
        return UTC
    if word.lower() == "site":
        if not site:
            raise UsageProblem(
                "the time zone of the site is not known here",
                hint="name the zone, such as Europe/Berlin, or use local or utc",
            )
        word = site.strip()
    found = _iana(word)
    if found is None:
        right, near = _nearest(word)
        found = _iana(right) if right else None
        if found is None:
            choice = f"did you mean {' or '.join(near)}? " if near else ""
            raise UsageProblem(
                f'unknown time zone "{word[:60]}"',
                hint=f"{choice}use local, utc, site, or an IANA name such as Europe/Berlin",
                details={"nearest": near},
            )
    return found


def local_zone(etc: Path = Path("/etc")) -> tzinfo:
    """Return the machine's zone: the TZ variable, else ``/etc/localtime`` or ``/etc/timezone``.

    Where none of them names a zone, the rules in ``/etc/localtime`` are read; without those, the offset of
    this moment holds for all times.
    """
    from zoneinfo import ZoneInfo

    setting = os.environ.get("TZ")
    if setting is not None:
        setting = setting.removeprefix(":")
        found = _iana(_after_zoneinfo(setting)) if setting else UTC
        return found or _offset_of_now()
    localtime = etc / "localtime"
    names = [_after_zoneinfo(os.path.realpath(localtime))]
    with suppress(OSError, UnicodeError):
        names.append((etc / "timezone").read_text(encoding="utf-8").strip())
    for name in names:
        if found := _iana(name):
            return found
    try:
        with localtime.open("rb") as rules:
            return ZoneInfo.from_file(rules)
    except (OSError, ValueError):
        return _offset_of_now()


def zone_label(zone: tzinfo) -> str:
    """Return the zone's name for people: ``Europe/Berlin``, ``UTC``, ``+02:00``, or ``local``."""
    key = getattr(zone, "key", None)
    if isinstance(key, str):
        return key
    if zone is UTC:
        return "UTC"
    if isinstance(zone, timezone):
        return datetime(2000, 1, 1, tzinfo=zone).isoformat()[19:]
    return "local"


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """Return the same instant as the zone's clocks show it, carrying the offset as a fixed one.

    At the ends of the calendar, where the zone's clocks would leave it, the instant comes back as it was.
    """
    try:
        there = instant.astimezone(UTC).astimezone(
            zone
        )  # by way of UTC: to its own zone nothing would change
    except OverflowError:
        return instant
    return there.replace(tzinfo=timezone(there.utcoffset() or timedelta()), fold=0)


def readings(wall: datetime, zone: tzinfo) -> list[datetime]:
    """Return the 0, 1 or 2 instants at which the zone's clocks show ``wall``, a time without zone."""
    both = {in_zone(wall.replace(tzinfo=zone, fold=fold), zone) for fold in (0, 1)}
    return sorted(instant for instant in both if instant.replace(tzinfo=None) == wall)


def the_reading(wall: datetime, zone: tzinfo, *, field: str) -> datetime:
    """Return the one instant at which the zone's clocks show ``wall``.

    Raises ``UsageProblem`` when there are two or none, with both readings as texts to paste back; ``field``
    is the option's name, for the message.
    """
    found = readings(wall, zone)
    if len(found) == 1:
        return found[0]
    how, change = ("exists twice", "back") if found else ("does not exist", "forward")
    texts = [rfc3339(instant) for instant in sorted(from_wall(wall, zone, fold=fold) for fold in (0, 1))]
    raise UsageProblem(
        f"{field}: {wall.isoformat(' ')} {how} in {zone_label(zone)}, where the clocks go {change} then",
        hint=f"write {texts[0]} or {texts[1]}",
        details={"readings": texts},
    )


def from_wall(wall: datetime, zone: tzinfo, *, fold: int = 0) -> datetime:
    """Return the instant of a wall-clock time, deciding by itself where that is not clear.

    Of a time that exists twice the first (the second with ``fold=1``); one that never exists is read with the
    offset in force before the change, and so lies as much later as the clocks were put forward.
    """
    return in_zone(wall.replace(tzinfo=zone, fold=fold), zone)


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the first instant of a local day, also where the clocks skip or repeat midnight.

    Of a day that a zone left out when it moved across the date line: the start of the day after it.
    """
    midnight = datetime.combine(day, time())
    first = from_wall(midnight, zone)
    if first.replace(tzinfo=None) != midnight:
        minute = timedelta(minutes=1)
        while (earlier := in_zone(first - minute, zone)).date() == day:
            first = earlier
    return first


def rfc3339(instant: datetime, zone: tzinfo | None = None) -> str:
    """Return ``2026-03-29T12:00:00+02:00``, in the given zone or with the instant's own offset.

    UTC is written ``+00:00``. Fractions appear only when there are any. Offsets with seconds, which zones had
    long ago, cannot be written: such an instant appears in UTC.
    """
    there = in_zone(instant, zone) if zone is not None else instant
    if (there.utcoffset() or timedelta()) % timedelta(minutes=1):
        there = in_zone(there, UTC)
    return there.isoformat()


def parse_wire(text: object, assume: tzinfo, *, previous: datetime | None = None) -> datetime | None:
    """Return the instant a provider wrote, or None when it is not one of the known forms; never raises.

    Known: ``yyyy-MM-dd``, ``yyyy-MM-dd HH:mm[:ss[.f]]`` with a space or ``T``, up to nine digits of fraction
    (those beyond microseconds are cut), and ``Z`` or an offset. Without an offset the zone ``assume`` holds.
    ``previous`` is the time of the row before: of a local time that exists twice the one that lies after it
    is taken, so that a series goes forward.
    """
    stamp = STAMP.fullmatch(text.strip()) if isinstance(text, str) else None
    if stamp is None:
        return None
    wall, offset = read_stamp(stamp)
    if wall is None:
        return None
    if offset is not None:
        return wall.replace(tzinfo=offset)
    try:
        first, second = from_wall(wall, assume), from_wall(wall, assume, fold=1)
    except (OverflowError, ValueError):
        return None
    return second if previous is not None and first <= previous < second else first


def read_stamp(stamp: re.Match[str]) -> tuple[datetime | None, tzinfo | None]:
    """Return a matched text's wall-clock time (None when there is no such time) and its offset, if any."""
    day, minutes, seconds, fraction, offset = stamp.groups()
    micros = (fraction or "").ljust(6, "0")[:6]
    try:
        wall = datetime.fromisoformat(f"{day}T{minutes or '00:00'}:{seconds or '00'}.{micros}")
        if offset is None:
            return wall, None
        if offset in ("Z", "z"):
            return wall, UTC
        hours, rest = int(offset[1:3]), int(offset[3:].removeprefix(":") or 0)
        shift = timedelta(hours=hours, minutes=rest)
        return wall, timezone(-shift if offset[0] == "-" else shift)
    except ValueError:
        return None, None


def _offset_of_now() -> tzinfo:
    return datetime.now(UTC).astimezone().tzinfo or UTC


def _after_zoneinfo(path: str) -> str:
    name = path.rpartition("zoneinfo/")[2]
    return name.removeprefix("posix/").removeprefix("right/")


def _iana(name: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None


def _nearest(word: str) -> tuple[str | None, list[str]]:
    """Return the name that differs in capitals only, if any, and up to three names that look like it."""
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    wanted = word[:60].lower().replace(" ", "_")
    known: dict[str, str] = {}
    for name in sorted(available_timezones(), reverse=True):
        known[name.lower()] = name
        known.setdefault(name.lower().rpartition("/")[2], name)
    known.update({name: name for name in _WORDS})
    exact = known.get(wanted)
    near = dict.fromkeys(known[match] for match in get_close_matches(wanted, known, n=6, cutoff=0.7))
    same = exact if exact is not None and exact.lower() == wanted else None
    return same, list(near)[:3]

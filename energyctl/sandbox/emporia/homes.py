"""Eight homes that a fleet repeats: where they stand, what is installed, and which circuits their monitors measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["Vue1", "Vue2", "Vue3", "UtilityConnect", "Outlet", "EVCharger", "Battery"]
MONITORS: frozenset[Kind] = frozenset({"Vue1", "Vue2", "Vue3"})
EXPANSIONS: dict[Kind, int] = {"Vue1": 8, "Vue2": 16, "Vue3": 16}


@dataclass(frozen=True)
class Place:
    """Where a home stands. ``volts`` is what a charger gets; ``legs`` how many mains conductors carry load."""

    zone: str
    latitude: float
    longitude: float
    volts: int
    legs: int
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


@dataclass(frozen=True)
class Fitting:
    """One device of a home. ``load`` is the profile an outlet feeds; ``on`` how it is switched at first."""

    kind: Kind
    name: str
    offline: bool = False
    load: str = ""
    watts: float = 0.0
    on: bool = True
    car: bool = True


@dataclass(frozen=True)
class Plan:
    """One of the homes. ``zone_chosen``: whether the user set a time zone; ``people``: how many share the devices.

    ``mail``: whether the partner sees their e-mail addresses. ``owner``: another home whose people own this one.
    """

    place: Place
    fittings: tuple[Fitting, ...]
    solar: bool = False
    zone_chosen: bool = True
    people: int = 1
    mail: bool = True
    owner: int | None = None


@dataclass(frozen=True)
class Appliance:
    """What a circuit usually feeds: the user's name for it, the provider's, its load profile and size in watts."""

    name: str
    sub_type: str
    profile: str
    watts: float


_AMERICAN = (
    ("Olivia", "Liam", "Maria", "Noah", "Grace", "Ethan", "Chloe", "Marcus", "Elena", "Walter"),
    ("Ramirez", "Johnson", "Nguyen", "O'Neill", "Patel", "Miller", "Garcia", "Whitfield", "Kim", "Brooks"),
)
_GERMAN = (
    ("Anja", "Jürgen", "Sibel", "Tobias", "Renate", "Matthias"),
    ("Müller", "Schäfer", "Groß", "Öztürk", "Weiß", "Lindner"),
)
_INDIAN = (
    ("Priya", "Arjun", "Ananya", "Rohan", "Kavita", "Sanjay"),
    ("Banerjee", "Chatterjee", "Ghosh", "Sen", "Mukherjee", "Das"),
)
_ISLAND = (("Isla", "Cooper", "Matilda", "Darcy"), ("Wilson", "Thompson", "McFadyen", "Shick"))

LOS_ANGELES = Place("America/Los_Angeles", 34.06, -118.36, 240, 2, *_AMERICAN)
NEW_YORK = Place("America/New_York", 40.72, -73.95, 240, 2, *_AMERICAN)
BERLIN = Place("Europe/Berlin", 52.49, 13.42, 230, 3, *_GERMAN)
KOLKATA = Place("Asia/Kolkata", 22.54, 88.36, 230, 1, *_INDIAN)
LORD_HOWE = Place("Australia/Lord_Howe", -31.53, 159.07, 230, 1, *_ISLAND)

PLANS = (
    Plan(
        LOS_ANGELES,
        (
            Fitting("Vue2", "Main panel"),
            Fitting("EVCharger", "Driveway charger"),
            Fitting("Battery", "House battery"),
            Fitting("Outlet", "Garage", load="freezer", watts=140),
            Fitting("Outlet", "Christmas lights", load="outdoor", watts=85, on=False),
        ),
        solar=True,
        people=2,
    ),
    Plan(
        NEW_YORK,
        (
            Fitting("Vue3", "Basement panel"),
            Fitting("EVCharger", "Garage", car=False),
            Fitting("Outlet", "Dehumidifier", load="dehumidifier", watts=420),
        ),
    ),
    Plan(
        BERLIN,
        (
            Fitting("Vue3", "Zählerschrank"),
            Fitting("EVCharger", "Wallbox", on=False),
            Fitting("Outlet", "Garage", load="workshop", watts=600),
        ),
        solar=True,
        people=2,
    ),
    Plan(
        KOLKATA, (Fitting("Vue1", "Ground floor"), Fitting("Outlet", "Air cooler", load="cooling", watts=230))
    ),
    Plan(
        LORD_HOWE,
        (
            Fitting("Vue2", "Lodge"),
            Fitting("Battery", "Battery shed"),
            Fitting("Outlet", "Pool pump", load="pool-pump", watts=1100),
        ),
        solar=True,
    ),
    Plan(
        NEW_YORK,
        (
            Fitting("UtilityConnect", "Smart meter"),
            Fitting("EVCharger", "Carport"),
            Fitting("Outlet", "Office", load="office", watts=180),
        ),
        zone_chosen=False,
        mail=False,
    ),
    Plan(
        LOS_ANGELES,
        (
            Fitting("UtilityConnect", "Cabin meter", offline=True),
            Fitting("Battery", "Cabin battery", offline=True),
            Fitting("EVCharger", "Cabin charger", offline=True),
        ),
        owner=0,
    ),
    Plan(
        NEW_YORK,
        (
            Fitting("Vue2", "Loft", offline=True),
            Fitting("Outlet", "Window AC", offline=True, load="cooling", watts=900),
        ),
        people=3,
    ),
)
"""Together they have 24 devices."""

APPLIANCES = (
    Appliance("Refrigerator", "Refrigerator", "fridge", 150),
    Appliance("Range", "Range", "cooking", 2600),
    Appliance("Water heater", "WaterHeater", "hot-water", 3400),
    Appliance("Air conditioner", "AirConditioner", "cooling", 2400),
    Appliance("Living room", "LightsAndOutlets", "living", 280),
    Appliance("Washer", "Washer", "laundry", 480),
    Appliance("Bedrooms", "LightsAndOutlets", "bedroom", 140),
    Appliance("Network", "Other", "base", 45),
    Appliance("Dryer", "Dryer", "dryer", 2900),
    Appliance("Dishwasher", "Dishwasher", "dishwasher", 1250),
    Appliance("Microwave", "Microwave", "snack", 1050),
    Appliance("Office", "LightsAndOutlets", "office", 240),
    Appliance("Bathroom", "LightsAndOutlets", "bathroom", 650),
    Appliance("Garage", "LightsAndOutlets", "workshop", 350),
    Appliance("Outdoor lights", "Lights", "outdoor", 90),
)
"""In the order in which the circuits of a panel get them; what is left over is a spare without a name."""

"""Made-up customers, homes and meters of the retailers, drawn from dice the caller brings."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from energyctl.sandbox.emulate.stockholm import wire

_FIRST = (
    "Astrid", "Björn", "Elsa", "Erik", "Freja", "Gunnar", "Ingrid", "Jörg", "Karin", "Lars", "Linnéa", "Magnus",
    "Maja", "Nils", "Oskar", "Pia", "Ragnhild", "Sigrid", "Sören", "Tove", "Ulrike", "Veikko", "Wiebke", "Åsa",
)  # fmt: skip
_LAST = (
    "Andersson", "Bergström", "Dahl", "Eklund", "Forsberg", "Grönwall", "Hansen", "Holmqvist", "Jørgensen", "Krüger",
    "Lindqvist", "Mäkinen", "Nyström", "Öberg", "Petersen", "Rasmussen", "Schäfer", "Söderlund", "Thoresen", "Virtanen",
    "Wallin", "Weiß", "Åkesson",
)  # fmt: skip
_STREETS = (
    "Björkvägen", "Kungsgatan", "Skolgatan", "Strandvägen", "Storgatan", "Tallstigen", "Åkervägen", "Ängsvägen",
)  # fmt: skip
_TOWNS = (
    ("972 38", "Luleå", "SE1"), ("981 31", "Kiruna", "SE1"), ("903 26", "Umeå", "SE2"), ("852 30", "Sundsvall", "SE2"),
    ("111 22", "Stockholm", "SE3"), ("411 05", "Göteborg", "SE3"), ("753 20", "Uppsala", "SE3"),
    ("211 22", "Malmö", "SE4"), ("352 30", "Växjö", "SE4"),
)  # fmt: skip
_FUSES = (16, 16, 20, 20, 25, 35)
_FIRST_DAY = datetime(2023, 1, 9, 9, tzinfo=UTC)
_JOINED_OVER_H = 24 * 600
_PLAIN = str.maketrans({"å": "a", "ä": "a", "ö": "o", "ø": "o", "é": "e", "ü": "u", "ß": "ss"})


@dataclass(frozen=True)
class Customer:
    """One customer of a retailer; ``at`` is the position in the retailer's book."""

    at: int
    id: str
    name: str
    email: str
    phone: str
    created_at: datetime

    def shown(self) -> dict[str, Any]:
        """Return the customer as the API shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "language": "sv",
            "created_at": wire(self.created_at),
        }


@dataclass(frozen=True)
class Facility:
    """One place with a meter."""

    id: str
    customer_id: str
    name: str
    street: str
    postal_code: str
    city: str
    price_area: str
    meter_id: str
    main_fuse_amps: int

    def shown(self) -> dict[str, Any]:
        """Return the facility as the API shows it."""
        return {
            "id": self.id,
            "customer_id": self.customer_id,
            "name": self.name,
            "address": {
                "street": self.street,
                "postal_code": self.postal_code,
                "city": self.city,
                "country": "SE",
            },
            "price_area": self.price_area,
            "meter_id": self.meter_id,
            "main_fuse_amps": self.main_fuse_amps,
        }


def uuid(thrown: random.Random) -> str:
    """Return a UUID from the dice."""
    return str(UUID(int=thrown.getrandbits(128), version=4))


def customer(thrown: random.Random, at: int, customer_id: str) -> Customer:
    """Return a person."""
    first, last = thrown.choice(_FIRST), thrown.choice(_LAST)
    mail = f"{first}.{last}.{customer_id[2:]}".lower().translate(_PLAIN)
    return Customer(
        at=at,
        id=customer_id,
        name=f"{first} {last}",
        email=f"{mail}@kund.example.org",
        phone=f"+4670{thrown.randrange(10**7):07d}",
        created_at=_FIRST_DAY + timedelta(hours=thrown.randrange(_JOINED_OVER_H)),
    )


def facility(thrown: random.Random, customer_id: str, name: str) -> Facility:
    """Return a home."""
    postal_code, city, area = thrown.choice(_TOWNS)
    return Facility(
        id=uuid(thrown),
        customer_id=customer_id,
        name=name,
        street=f"{thrown.choice(_STREETS)} {thrown.randint(1, 90)}{thrown.choice(('', '', 'A', 'B'))}",
        postal_code=postal_code,
        city=city,
        price_area=area,
        meter_id=f"735999{thrown.randrange(10**12):012d}",
        main_fuse_amps=thrown.choice(_FUSES),
    )

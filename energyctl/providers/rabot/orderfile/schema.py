"""The fields of an order: names, types and whether null is documented (contract rabot.md 4.3 and 5).

Only what one field is by itself. Rules between fields live in ``rules``, text forms in ``forms``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["object", "text", "choice", "date", "moment", "integer", "boolean"]

INT32_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Field:
    """One documented field. ``means`` is the comment a template shows beside it."""

    kind: Kind
    means: str = ""
    nullable: bool = False
    read_only: bool = False
    choices: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)


def _object(means: str, *, nullable: bool = False, **fields: Field) -> Field:
    return Field("object", means, nullable=nullable, fields=fields)


def _text(means: str) -> Field:
    return Field("text", means)


def _text_or_null(means: str) -> Field:
    return Field("text", means, nullable=True)


def _date_or_null(means: str) -> Field:
    return Field("date", means, nullable=True)


def _choice(means: str, *choices: str, nullable: bool = False) -> Field:
    return Field("choice", means, nullable=nullable, choices=choices)


def _flag(means: str) -> Field:
    return Field("boolean", means)


_SERVER_SETS_IT = Field("text", read_only=True)


def _gender() -> Field:
    return _choice("Male, Female or Other", "Male", "Female", "Other", nullable=True)


def _address(means: str, *, nullable: bool = False) -> Field:
    return _object(
        means,
        nullable=nullable,
        title=_text_or_null("such as Dr."),
        firstName=_text_or_null("first name"),
        lastName=_text_or_null("last name"),
        businessName=_text_or_null("name of the company"),
        gender=_gender(),
        extension=_text_or_null("addition such as a floor or rear building"),
        streetName=_text("street without the number"),
        houseNumber=_text("with its letter, such as 5a"),
        postCode=_text("five digits, in quotes so that a leading zero stays"),
        city=_text("town"),
        countryCode=_text("two capital letters (ISO 3166)"),
    )


ORDER = _object(
    "the order",
    tariffKey=_text("key of the tariff; energyctl rabot tariffs list shows them"),
    offerDate=Field("date", "day of the offer the customer accepted"),
    campaignCode=_text_or_null("only when a campaign was agreed"),
    userAccount=_object(
        "the customer's login",
        emailAddress=_text("login name, confirmed by the customer"),
        phoneNumber=_text_or_null("with country code, no spaces"),
        password=_text_or_null("better left out: the customer then sets one"),
        firstName=_text_or_null("first name"),
        lastName=_text_or_null("last name"),
        businessName=_text_or_null("name of the company"),
        gender=_gender(),
        dateOfBirth=_date_or_null("yyyy-mm-dd"),
        customerNumber=_SERVER_SETS_IT,
    ),
    contract=_object(
        "the contract",
        externalId=_text_or_null("your own number for this order"),
        type=_choice("Private or Business", "Private", "Business"),
        contractReason=_choice(
            "NewDeliveryLocation or ChangeOfSupplier", "NewDeliveryLocation", "ChangeOfSupplier"
        ),
        deliveryAddress=_address("where the electricity is delivered"),
        billingAddress=_address("only when bills go elsewhere", nullable=True),
        bankDetails=_object(
            "SEPA direct debit; without it: by invoice",
            nullable=True,
            accountHolder=_text_or_null("whose account it is"),
            iban=_text("spaces are allowed here and removed before sending"),
            bic=_text_or_null("8 or 11 characters"),
            bankName=_text_or_null("name of the bank"),
            hasAcceptedDirectDebit=_flag("true: the customer signed the mandate"),
        ),
        deliveryDetails=_object(
            "the metering point",
            meterNumber=_text_or_null("as printed on the meter; this, maLoIdentifier or both"),
            maLoIdentifier=_text_or_null("market location, 11 digits"),
            meLoIdentifier=_text_or_null("metering location, 33 characters"),
            desiredTransitionDate=_date_or_null("wished start; RABOT cancels the old contract"),
            moveInDate=_date_or_null("day of moving in; supply starts then"),
            previousSelfCancelledDate=_date_or_null(
                "day to which the customer cancelled the old contract; supply starts then"
            ),
            previousSupplierCode=_text_or_null("BDEW code of the previous supplier, 13 digits"),
            previousAnnualConsumptionKwh=Field("integer", "kWh a year, whole number"),
            capabilities=_object(
                "what stands at the metering point",
                hasElectricVehicle=_flag("true or false"),
                hasSmartMeter=_flag("true or false"),
                hasHeatPump=_flag("true or false"),
            ),
        ),
        agreements=_object(
            "what the customer agreed to; all must be true",
            termsAndConditions=_flag("terms and conditions accepted"),
            privacyPolicy=_flag("privacy policy accepted"),
            revocationPolicy=_flag("told of the right to revoke"),
        ),
        transactionDateTime=Field("moment", "time of signing; without it the time of sending", nullable=True),
        state=_SERVER_SETS_IT,
        number=_SERVER_SETS_IT,
        deliveryState=_SERVER_SETS_IT,
        validFromDate=_SERVER_SETS_IT,
        validToDate=_SERVER_SETS_IT,
    ),
)

# Left: spelt small, without "_" and "-". Names from older texts, from other answers of the same API
# (4.2, 4.4, 4.9) and from everyday language.
OTHER_NAMES: Mapping[str, str] = {
    "previousannualconsumption": "previousAnnualConsumptionKwh",
    "previousyearconsumption": "previousAnnualConsumptionKwh",
    "estimatedyearlyconsumption": "previousAnnualConsumptionKwh",
    "yearlyconsumptionkwh": "previousAnnualConsumptionKwh",
    "annualconsumption": "previousAnnualConsumptionKwh",
    "consumption": "previousAnnualConsumptionKwh",
    "zipcode": "postCode",
    "zip": "postCode",
    "postalcode": "postCode",
    "plz": "postCode",
    "street": "streetName",
    "country": "countryCode",
    "town": "city",
    "email": "emailAddress",
    "mail": "emailAddress",
    "phone": "phoneNumber",
    "telephone": "phoneNumber",
    "birthdate": "dateOfBirth",
    "birthday": "dateOfBirth",
    "companyname": "businessName",
    "company": "businessName",
    "contracttype": "type",
    "customertype": "type",
    "reason": "contractReason",
    "bankdetail": "bankDetails",
    "bank": "bankDetails",
    "contractsignedat": "transactionDateTime",
    "contractsignaturedate": "transactionDateTime",
    "signedat": "transactionDateTime",
    "malo": "maLoIdentifier",
    "maloid": "maLoIdentifier",
    "marketlocationid": "maLoIdentifier",
    "melo": "meLoIdentifier",
    "meloid": "meLoIdentifier",
    "meteringlocationid": "meLoIdentifier",
    "meter": "meterNumber",
    "meterid": "meterNumber",
    "meterserialnumber": "meterNumber",
    "externalidentifier": "externalId",
    "tariff": "tariffKey",
    "campaign": "campaignCode",
    "directdebit": "hasAcceptedDirectDebit",
    "smartmeter": "hasSmartMeter",
    "ev": "hasElectricVehicle",
    "heatpump": "hasHeatPump",
}


def join(path: str, name: str) -> str:
    """Return the path of ``name`` inside ``path`` ("" is the order itself); an empty name shows as quotes."""
    name = name or '""'
    return f"{path}.{name}" if path else name


def parent(path: str) -> str:
    """Return the path one step up; "" for a field of the order itself."""
    return path.rpartition(".")[0]


def walk(of: Field = ORDER, path: str = "") -> Iterator[tuple[str, Field]]:
    """Yield every documented field below ``of`` with its path, parents first."""
    for name, inner in of.fields.items():
        here = join(path, name)
        yield here, inner
        yield from walk(inner, here)


def field_at(path: str) -> Field | None:
    """Return the documented field of a dotted path, or None."""
    found: Field | None = ORDER
    for name in path.split("."):
        found = found.fields.get(name) if found else None
    return found

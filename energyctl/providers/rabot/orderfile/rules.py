"""Rules between the fields of an order (contract rabot.md 4.3): what is mandatory when, what is plausible."""

from __future__ import annotations

from datetime import date

from . import forms
from .view import View

ACCOUNT = "userAccount"
DELIVERY = "contract.deliveryAddress"
BILLING = "contract.billingAddress"
BANK = "contract.bankDetails"
DETAILS = "contract.deliveryDetails"

_POSTAL = ("streetName", "houseNumber", "postCode", "city", "countryCode")
_AGREEMENTS = ("termsAndConditions", "privacyPolicy", "revocationPolicy")
_GERMAN_POST_CODE = 5
_MALO = 11
_MELO = 33
_SUPPLIER_CODE = 13
_ADULT = 18
_OLDEST = 120
_LOW_KWH = 50
_HIGH_KWH = 100_000
_DAYS_AHEAD = 2 * 366
_DAYS_ABSURD = 10 * 366
_DAYS_OLD_OFFER = 366


def apply(view: View, today: date) -> None:
    """Run every rule; problems go to the view's findings."""
    view.require("tariffKey", "take a key from energyctl rabot tariffs list")
    _account(view, today)
    view.require("contract.type", "write Private or Business")
    view.require("contract.contractReason", "write NewDeliveryLocation or ChangeOfSupplier")
    view.require(DELIVERY, "add the full postal address of the delivery location")
    for address in (DELIVERY, BILLING):
        if view.group(address):
            _address(view, address)
    if view.group(BANK):
        _bank(view)
    _metering_point(view)
    _use_case(view)
    for name in _AGREEMENTS:
        _must_be_true(
            view, f"contract.agreements.{name}", "the customer has to agree before the order is sent"
        )
    _days(view, today)


def _must_be_true(view: View, path: str, why: str) -> None:
    view.require(path, f"write true; {why}")
    if view.values.get(path) is False:
        view.findings.error(path, "is false", f"write true only when it is so; {why}", value=False)


def _customer_names(view: View, group: str) -> None:
    kind = view.text("contract.type")
    if kind == "Private":
        view.require(f"{group}.firstName", "a private customer needs it", "is missing for a private customer")
        view.require(f"{group}.lastName", "a private customer needs it", "is missing for a private customer")
    elif kind == "Business":
        view.require(
            f"{group}.businessName", "a business customer needs it", "is missing for a business customer"
        )


def _account(view: View, today: date) -> None:
    view.require(f"{ACCOUNT}.emailAddress", "the customer logs in with it")
    _customer_names(view, ACCOUNT)
    email = view.text(f"{ACCOUNT}.emailAddress")
    if email is not None and not forms.is_email(email):
        view.findings.error(
            f"{ACCOUNT}.emailAddress", "is not an e-mail address", "write one, as in name@example.org", email
        )
    phone = view.text(f"{ACCOUNT}.phoneNumber")
    if phone is not None and not forms.is_phone(phone):
        fix = "write +, country code and number without spaces, as in +4930123456"
        view.findings.warning(f"{ACCOUNT}.phoneNumber", "is not in international form", fix, phone)
    if view.has(f"{ACCOUNT}.password"):
        view.findings.warning(
            f"{ACCOUNT}.password",
            "is a secret in a file",
            "leave it out (the customer then sets one), or keep the file where others cannot read it",
        )
    born = view.days.get(f"{ACCOUNT}.dateOfBirth")
    if born is not None:
        _birth(view, born, today)


def _birth(view: View, born: date, today: date) -> None:
    path = f"{ACCOUNT}.dateOfBirth"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if born >= today:
        view.findings.error(path, "is not in the past", "check the year", born.isoformat())
    elif age > _OLDEST:
        view.findings.error(
            path, f"would make the customer {age} years old", "check the year", born.isoformat()
        )
    elif age < _ADULT:
        view.findings.warning(path, f"makes the customer {age} years old", "check the date", born.isoformat())


def _address(view: View, group: str) -> None:
    _customer_names(view, group)
    for name in _POSTAL:
        view.require(f"{group}.{name}", "the full postal address is needed")
    findings = view.findings
    country = view.text(f"{group}.countryCode")
    if country is not None and not (
        len(country) == len("DE") and country.isascii() and country.isalpha() and country.isupper()
    ):
        german = country.strip().lower() in ("de", "deu", "ger", "d", "germany", "deutschland")
        fix = "write DE" if german else "write the two capital letters of ISO 3166, such as DE"
        findings.error(f"{group}.countryCode", "is not a country code", fix, country)
    elif country not in (None, "DE") and group == DELIVERY:
        findings.warning(
            f"{group}.countryCode", "is not Germany", "check that the tariff is sold there", country
        )
    post_code = view.text(f"{group}.postCode")
    if (
        post_code is not None
        and country in (None, "DE")
        and not forms.is_digits(post_code, _GERMAN_POST_CODE)
    ):
        fix = "write five digits"
        if forms.is_digits(post_code, _GERMAN_POST_CODE - 1):
            fix = f'is a leading zero lost? Write "0{post_code}"'
        findings.error(f"{group}.postCode", "is not a German postcode", fix, post_code)


def _bank(view: View) -> None:
    findings = view.findings
    view.require(f"{BANK}.iban", "give the IBAN, or remove bankDetails for payment by invoice")
    iban = view.text(f"{BANK}.iban")
    if iban is not None and (wrong := forms.iban_problem(iban)):
        findings.error(f"{BANK}.iban", wrong, "ask the customer for the IBAN again", iban)
    bic = view.text(f"{BANK}.bic")
    if bic is not None and not forms.is_bic(bic):
        large = "".join(bic.split()).upper()
        fix = (
            f"write {large}"
            if forms.is_bic(large)
            else "it has 8 or 11 letters and digits, as in COBADEFFXXX"
        )
        findings.error(f"{BANK}.bic", "is not a BIC", fix, bic)
    for name in ("accountHolder", "bic", "bankName"):
        if not view.has(f"{BANK}.{name}"):
            fix = "better give it: the provider's texts disagree whether a direct debit needs it"
            findings.warning(f"{BANK}.{name}", "is not given", fix)
    _must_be_true(
        view,
        f"{BANK}.hasAcceptedDirectDebit",
        "the customer has to sign the mandate; without one remove bankDetails for payment by invoice",
    )


def _metering_point(view: View) -> None:
    findings = view.findings
    meter, malo = f"{DETAILS}.meterNumber", f"{DETAILS}.maLoIdentifier"
    if not view.has(malo):
        view.require(meter, "give meterNumber or maLoIdentifier", "is missing, and maLoIdentifier too")
    elif not view.has(meter):
        fix = "give it when it is known: without it the order may wait in the state Open"
        findings.warning(meter, "is not given", fix)
    number = view.text(malo)
    if number is not None and not forms.is_digits(number, _MALO):
        fix = "it has 11 digits"
        if forms.is_melo(number):
            fix = "this is a metering location; it belongs in meLoIdentifier"
        findings.error(malo, "is not a market location", fix, number)
    elif number is not None and int(number[-1]) != forms.malo_check_digit(number[:-1]):
        findings.warning(malo, "has a check digit that does not fit", "compare it with the bill", number)
    melo = view.text(f"{DETAILS}.meLoIdentifier")
    if melo is not None and not forms.is_melo(melo):
        fix = f"it has {_MELO} capital letters and digits and begins with DE; this has {len(melo)} characters"
        if forms.is_digits(melo, _MALO):
            fix = "this is a market location; it belongs in maLoIdentifier"
        findings.error(f"{DETAILS}.meLoIdentifier", "is not a metering location", fix, melo)
    if (serial := view.text(meter)) is not None and forms.is_melo(serial):
        findings.warning(meter, "looks like a metering location", "does it belong in meLoIdentifier?", serial)
    code = view.text(f"{DETAILS}.previousSupplierCode")
    if code is not None and not forms.is_digits(code, _SUPPLIER_CODE):
        fix = "a BDEW code has 13 digits"
        findings.error(f"{DETAILS}.previousSupplierCode", "is not a supplier's code", fix, code)
    _consumption(view)


def _consumption(view: View) -> None:
    path = f"{DETAILS}.previousAnnualConsumptionKwh"
    view.require(path, "give the consumption of a year in kWh")
    kwh = view.values.get(path)
    if not isinstance(kwh, int):
        return
    if kwh <= 0:
        view.findings.error(path, "must be more than 0", "give the consumption of a year in kWh", kwh)
    elif kwh < _LOW_KWH:
        view.findings.warning(path, "is very little for a year", "kWh, not MWh?", kwh)
    elif kwh > _HIGH_KWH and view.text("contract.type") == "Private":
        view.findings.warning(path, "is very much for a household", "kWh, not Wh?", kwh)


def _use_case(view: View) -> None:
    reason = view.text("contract.contractReason")
    if reason is None or not view.group(DETAILS):
        return
    cancelled, wished = f"{DETAILS}.previousSelfCancelledDate", f"{DETAILS}.desiredTransitionDate"
    moved_in, supplier = f"{DETAILS}.moveInDate", f"{DETAILS}.previousSupplierCode"
    if reason == "NewDeliveryLocation":
        view.require(moved_in, "a new delivery location needs the day of moving in")
        out_of_place = [cancelled, wished]
    else:
        out_of_place = [moved_in]
        if view.has(cancelled) and view.has(wished):
            fix = "keep it when the customer has cancelled, else keep desiredTransitionDate"
            view.findings.error(cancelled, "stands beside desiredTransitionDate; only one can be", fix)
        elif not view.has(cancelled):
            fix = "give it when RABOT shall cancel the old contract, else give previousSelfCancelledDate"
            view.require(wished, fix, "is missing, and previousSelfCancelledDate too")
        if not view.has(supplier):
            fix = "give the previous supplier's BDEW code; the provider's texts disagree whether it is needed"
            view.findings.warning(supplier, "is not given", fix)
    for path in out_of_place:
        if view.has(path):
            view.findings.warning(path, f"does not belong to {reason}", "remove it, or is the reason wrong?")


def _days(view: View, today: date) -> None:
    for name in ("moveInDate", "desiredTransitionDate", "previousSelfCancelledDate"):
        path = f"{DETAILS}.{name}"
        if day := view.days.get(path):
            ahead = (day - today).days
            if abs(ahead) > _DAYS_ABSURD:
                view.findings.error(path, "is more than ten years away", "check the year", day.isoformat())
            elif ahead < 0:
                view.findings.warning(path, "lies in the past", "check the date", day.isoformat())
            elif ahead > _DAYS_AHEAD:
                view.findings.warning(path, "is more than two years ahead", "check the year", day.isoformat())
    for path in ("offerDate", "contract.transactionDateTime"):
        if day := view.days.get(path):
            ahead = (day - today).days
            # A day of slack: the time may be given in a zone where it is tomorrow already.
            if ahead > 1:
                view.findings.warning(path, "lies in the future", "check the date", view.values[path])
            elif ahead < -_DAYS_OLD_OFFER:
                view.findings.warning(path, "is more than a year old", "check the year", view.values[path])

"""BankID's states and errors in plain words, Swedish and English (contract 5.2); no call is made here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Language(StrEnum):
    """The languages that BankID's hints are told in."""

    SV = "sv"
    EN = "en"


#: Hints of an order that nobody has taken up yet.
UNTOUCHED = frozenset({"outstandingTransaction", "noClient"})
#: Failures that mean no more than that time has passed.
EXPIRED = frozenset({"expiredTransaction", "startFailed"})

_SCAN = ("Start the BankID app and scan the QR code.", "Starta BankID-appen och skanna QR-koden.")
_START = ("Start the BankID app.", "Starta BankID-appen.")
_PENDING = {
    "started": (
        "The app has started and looks for a BankID.",
        "Appen har startat och söker efter ett BankID.",
    ),
    "userMrtd": (
        "Read the passport or the identity card with the BankID app.",
        "Läs av passet eller id-kortet med BankID-appen.",
    ),
    "userCallConfirm": (
        "Answer in the BankID app who has called.",
        "Svara i BankID-appen på vem som har ringt.",
    ),
    "userSign": (
        "Check what the BankID app shows, and enter the security code there.",
        "Kontrollera vad BankID-appen visar och ange säkerhetskoden där.",
    ),
}
_ANY_PENDING = ("BankID is at work.", "BankID arbetar.")

_FAILED = {
    "expiredTransaction": (
        "The BankID app was not used in time.",
        "BankID-appen användes inte i tid.",
    ),
    "certificateErr": (
        "This BankID is blocked or too old; use another, or get a new one from the bank.",
        "Detta BankID är spärrat eller för gammalt; använd ett annat eller skaffa ett nytt hos banken.",
    ),
    "userCancel": (
        "The person cancelled in the BankID app.",
        "Personen avbröt i BankID-appen.",
    ),
    "cancelled": (
        "Another order for the same person was started, and BankID ended both.",
        "En annan begäran för samma person startades, och BankID avbröt båda.",
    ),
    "startFailed": (
        "Nobody started the BankID app or scanned the code in time.",
        "Ingen startade BankID-appen eller skannade koden i tid.",
    ),
    "userDeclinedCall": (
        "The person said in the BankID app that it was not they who called.",
        "Personen angav i BankID-appen att samtalet inte var med hen.",
    ),
    "notSupportedByUserApp": (
        "The person's BankID app is too old for this; it must be updated.",
        "Personens BankID-app är för gammal för detta; den måste uppdateras.",
    ),
    "transactionRiskBlocked": (
        "BankID took the risk for too high and stopped it.",
        "BankID bedömde risken som för hög och stoppade det.",
    ),
}
_ANY_FAILED = ("BankID did not complete it.", "BankID slutförde det inte.")

#: BankID's error codes, in lower case: what to do about them.
_ADVICE = {
    "alreadyinprogress": (
        "BankID has ended the other order too; start again.",
        "BankID har avbrutit även den andra begäran; börja om.",
    ),
    "invalidparameters": (
        "Check --ip and --sign; the order may also have ended already.",
        "Kontrollera --ip och --sign; begäran kan också redan ha avslutats.",
    ),
    "unauthorized": (
        "The Organisation's BankID certificate has no access to the service.",
        "Organisationens BankID-certifikat har inte tillgång till tjänsten.",
    ),
    "notfound": (
        "The relay calls a path that BankID does not have.",
        "Reläet anropar en sökväg som BankID inte har.",
    ),
    "methodnotallowed": (
        "The relay must call BankID with POST.",
        "Reläet måste anropa BankID med POST.",
    ),
    "requesttimeout": (
        "The call took too long to reach BankID; try again.",
        "Anropet tog för lång tid till BankID; försök igen.",
    ),
    "unsupportedmediatype": (
        "The relay must send BankID application/json without a charset.",
        "Reläet måste skicka application/json till BankID, utan charset.",
    ),
    "internalerror": (
        "BankID has an internal fault; try again.",
        "BankID har ett internt fel; försök igen.",
    ),
    "maintenance": (
        "BankID is not available for the moment; try again later.",
        "BankID är inte tillgängligt just nu; försök igen senare.",
    ),
}

#: The codes, in lower case, that a relay can only have from BankID; the others may as well be about the relay itself.
BANKIDS_OWN = frozenset({"alreadyinprogress", "invalidparameters", "maintenance"})


def language_of(env: Mapping[str, str], wished: Language | None) -> Language:
    """Return the language to speak: the wished one, else that of the locale, else English."""
    if wished is not None:
        return wished
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := env.get(name))), "")
    return (
        Language.SV
        if locale.casefold().startswith(("sv_", "sv.", "swedish")) or locale == "sv"
        else Language.EN
    )


def _in(language: Language, both: tuple[str, str]) -> str:
    return both[1] if language is Language.SV else both[0]


def pending_words(hint: str | None, language: Language, *, scans: bool) -> str:
    """Return what a person is to do while an order is pending; an unknown hint is pending all the same.

    :param scans: whether there is a QR code to scan.
    """
    if hint in UNTOUCHED:
        return _in(language, _SCAN if scans else _START)
    return _in(language, _PENDING.get(hint or "", _ANY_PENDING))


def failed_words(hint: str | None, language: Language) -> str:
    """Return why an order has failed; an unknown hint has failed all the same."""
    return _in(language, _FAILED.get(hint or "", _ANY_FAILED))


def advice(code: str | None, language: Language) -> str | None:
    """Return what to do about one of BankID's error codes; None for any other."""
    both = _ADVICE.get((code or "").casefold())
    return None if both is None else _in(language, both)

"""Pseudonyms: what is replaced by name, by pattern and by value, what stays, and that nothing planted gets through."""

from __future__ import annotations

import io
import json
import stat
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.core import pseudonyms
from energyctl.core.config import Config
from energyctl.core.errors import ConfigProblem, NotFound
from energyctl.core.output import Output, error_text
from energyctl.core.personal import PERSONAL, classified, is_iban, is_personal_number
from energyctl.core.pseudonyms import Pseudonyms, kept_key
from energyctl.core.redact import Redactor
from energyctl.core.session import OUTPUT_FORMATS, Session
from tests.properties import examples

KEY = b"k" * 32
MAIL = "mail-1f86a1c1bd@redacted.example"


@pytest.fixture
def people() -> Pseudonyms:
    return Pseudonyms(KEY)


def _session(home: Path, **options: Any) -> Session:
    env = {"ENERGYCTL_STATE_DIR": str(home / "state"), "ENERGYCTL_CONFIG": str(home / "config.yaml")}
    session = Session(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), env=env)
    for name, value in options.items():
        session.options.set(name, value)
    return session


# -- names of fields -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("person", "firstName last_name fullName given-name surname accountHolder customerName contactPerson userName"),
        ("firm", "businessName company_name"),
        ("mail", "email e_mail eMail emailAddress customer_emails mail"),
        ("tel", "phone phoneNumber mobile mobile_number telephone msisdn phoneNumbers"),
        ("pnr", "ssn personalNumber personal_identity_number customerSSN personnummer"),
        ("org", "orgNumber organisation_number organizationNumber vatId"),
        ("birth", "birthDate date_of_birth dateOfBirth dob"),
        ("iban", "iban payoutIBAN bankAccountNumber"),
        ("meter", "meterId meter_number maLo meLo MaLo maLoIdentifier malo gsrn meteringPointId marketLocationId"),
        ("street", "street streetName street_address addressLine1 address_line_2"),
        ("house", "houseNumber"),
        ("postcode", "zip zipCode postalCode postal_code postCode"),
        ("address", "address deliveryAddress"),
        ("id", "id customerNumber accountId device_id contractNumber invoiceId facility_id accountNumber uuid"),
        ("kept", "tariffName product_name circuitName channel_name bankName providerName timezone state currency"),
        ("", "emailVerified phoneStatus ipAddress animalOrder meterReading amps energy_wh start_at mailing"),
    ],
)  # fmt: skip
def test_a_field_is_known_by_its_name(kind: str, names: str) -> None:
    found = {name: classified(name) for name in names.split()}
    if kind:
        assert set(found.values()) == {kind}, found
    else:
        assert not PERSONAL.intersection(found.values()), found


@pytest.mark.parametrize(
    ("parent", "name", "kind"),
    [("phone", "number", "tel"), ("name", "first", "person"), ("customer", "name", "person"), ("meter", "id", "meter"),
     ("customers", "name", "person"), ("tariff", "name", "kept"), ("email", "verified", ""),
     ("address", "line1", "street"),
     ("deliveryAddress", "countryCode", "kept"), ("circuit_infos", "name", "kept"), ("email", "value", "mail")],
)  # fmt: skip
def test_a_field_is_known_by_what_it_is_in(parent: str, name: str, kind: str) -> None:
    assert classified(name, parent) == kind


def test_a_bare_name_is_a_persons_beside_other_personal_data(people: Pseudonyms) -> None:
    shown = people.data(
        [
            {"name": "Nils Grönwall", "phone": "+46702282477"},
            {"name": "Smart 24", "price": 3},
            {"name": "Nils"},
        ]
    )
    assert shown[0]["name"].startswith("person-")
    assert shown[1] == {"name": "Smart 24", "price": 3}
    assert shown[2]["name"].startswith("person-")


def test_a_town_is_personal_beside_a_street_alone(people: Pseudonyms) -> None:
    shown = people.data(
        {"a": {"city": "Kiel"}, "b": {"city": "Köln", "street": "Ring 3", "zone": "Europe/Köln"}}
    )
    assert shown["a"] == {"city": "Kiel"}
    assert shown["b"]["city"].startswith("addr-")
    assert shown["b"]["zone"] == "Europe/Köln"


def test_the_name_of_a_device_goes_when_it_holds_a_persons(people: Pseudonyms) -> None:
    devices = [
        {"device_name": "Ethans Garage", "customers": [{"first_name": "Ethan"}]},
        {"device_name": "Garage", "circuit_infos": [{"name": "Ethan"}]},
    ]
    first, second = people.data(devices)
    assert first["device_name"].startswith("person-")
    assert " " not in first["device_name"]
    assert second == devices[1]


def test_what_an_object_tells_about_a_personal_field(people: Pseudonyms) -> None:
    change = people.data(
        {"field": "user.phoneNumber", "before": "0701", "after": "0702", "message": "'0702' is odd"}
    )
    assert change["field"] == "user.phoneNumber"
    assert change["before"].startswith("tel-")
    assert change["message"] == f"'{change['after']}' is odd"
    charger = {"name": "Phone charger", "value": "5 A", "from": "12:00"}
    assert people.data(charger) == charger


def test_structure_numbers_and_nulls_stay(people: Pseudonyms) -> None:
    row = {
        "id": "1212121212", "email": None, "phone": "", "emailVerified": True, "price": 1.5, "energy_wh": 10,
        "at": "2026-03-29T02:00:00+02:00", "list": [], "none": {}, "tariffName": "Nils Flex", "latitude": 59.1,
        "customer": {"firstName": "Nils", "ssn": 191212121212},
    }  # fmt: skip
    shown = people.data(row)
    assert {**shown, "customer": None} == {**row, "customer": None}
    assert list(shown) == list(row)
    assert shown["customer"]["ssn"] == people.token("pnr", "19121212-1212")
    assert row["customer"] == {"firstName": "Nils", "ssn": 191212121212}


# -- texts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ask m.b@x.de, please", f"ask {MAIL}, please"),
        ("GET /a?email=m.b%40x.de&n=1", f"GET /a?email={MAIL}&n=1"),
        ("{'email': 'm.b@x.de', 'n': 1}", f"{{'email': '{MAIL}', 'n': 1}}"),
        ('{"e": "{\\"email\\": \\"m.b@x.de\\"}"', f'{{"e": "{{\\"email\\": \\"{MAIL}\\"}}"'),
        ("pnr 191212121212.", "pnr pnr-ab56c65c4c."),
        ("/f/faktura_121212-1212.pdf", "/f/faktura_pnr-ab56c65c4c.pdf"),
        ("pnr 191212121213", "pnr 191212121213"),
        ("call +46 70 174 06 05 now", "call tel-0c1815d54c now"),
        ("pay DE89370400440532013000 paid", "pay iban-279af0ae50 paid"),
        ("pay DE89 3704 0044 0532 0130 00 now", "pay iban-279af0ae50 now"),
        ("at 735999123456789012", "at meter-023d2d5d59"),
        ("uuid d28db9a7-4cde-429e-a983-191212121212", "uuid d28db9a7-4cde-429e-a983-191212121212"),
        (
            "2026-03-29T12:00:00+02:00 12.5 kWh 1212121212.5",
            "2026-03-29T12:00:00+02:00 12.5 kWh 1212121212.5",
        ),
        ("Europe/Berlin 10115 Berlin", "Europe/Berlin 10115 Berlin"),
        ("  Phone:   +46701740605", "  Phone:   tel-0c1815d54c"),
        ("  phone: (none) -> +46701740605", "  phone: (none) -> tel-0c1815d54c"),
        ('"email": "is required here"', '"email": "is required here"'),
        ("", ""),
    ],
)
def test_text(people: Pseudonyms, text: str, shown: str) -> None:
    assert people.text(text) == shown
    assert people.text(shown) == shown


@pytest.mark.parametrize(
    "text",
    ["for Anna Groß <a@x.de>", "for Café Groß, Anna von Groß <a@x.de>, private",
     "for Anna Groß (no e-mail address)", "'lastName': 'Groß…",
     "  Customer:     Anna Groß (no e-mail)", "account of Anna Groß, x", "?lastName=Gro%C3%9F&a=1"],
)  # fmt: skip
def test_a_name_is_known_by_where_it_stands(people: Pseudonyms, text: str) -> None:
    shown = people.text(text)
    assert "person-" in shown
    assert not any(part in shown for part in ("Anna", "Gro", "Café"))


@pytest.mark.parametrize(
    "text",
    ["Jürgen Müller", "juergen.mueller", "JURGEN_MULLER/x.pdf", "Müllers home", "Ju\u0308rgen", "Bahnhofstr. 5",
     "bahnhofstr", "+49 301 234567", "1ESY 5116495728"],
)  # fmt: skip
def test_a_value_is_found_again_however_it_is_spelt(people: Pseudonyms, text: str) -> None:
    people.data({"name": "Jürgen von Müller", "street": "Bahnhofstr. 5", "phone": "+49 301 234567"})
    people.token("meter", "1ESY 5116495728")
    shown = people.text(f"on {text} von")
    assert text.split(maxsplit=1)[0] not in shown
    assert shown.startswith("on ")
    assert shown.endswith(" von")


def test_values_known_are_limited_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pseudonyms, "MOST_KNOWN", 3)
    people = Pseudonyms(KEY)
    for name in ("Anna", "Berta", "Clara", "Anna", "Dora"):
        people.data({"firstName": name})
    assert people.text("Berta").startswith("Berta")
    assert all(people.text(name).startswith("person-") for name in ("Anna", "Clara", "Dora"))
    assert people._first == {"anna": 1, "clara": 1, "dora": 1}


def test_odd_values(people: Pseudonyms) -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert "too deeply" in people.text(_innermost(people.data(deep)))
    place = Path("/home/a@x.de")
    shown = people.data({"p": place, "b": b"x", 5: ("a@x.de",), "a@x.de": "k\ud800", "ssn": Path("8001")})
    assert [*shown] == ["p", "b", 5, people.token("mail", "a@x.de"), "ssn"]
    assert shown["b"] == b"x"
    assert "a@x.de" not in str(shown)
    assert shown["ssn"].startswith("pnr-")


def _innermost(value: Any) -> str:
    while isinstance(value, list):
        (value,) = value
    return str(value)


@pytest.mark.parametrize(
    "part", ["a.", "'", '"email": "', "?a=b&", "ab12 ", "<a@b>", "a'", "+1", '\\"', "Anna "]
)
def test_a_huge_text_takes_time_in_proportion(people: Pseudonyms, part: str) -> None:
    people.data({"firstName": "Anna"})
    assert people.text(part * 30_000)  # a quadratic pattern would not end here


# -- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [("191212121212", "pnr"), ("121212-1212", "pnr"), ("121212+1212", "pnr"), ("7010632391", "pnr"), ("1212121213", ""),
     ("556036-0793", "org"), ("5560360793", ""), ("121399-0004", "")],
)  # fmt: skip
def test_personal_numbers(text: str, kind: str) -> None:
    assert is_personal_number(text) == kind


def test_ibans() -> None:
    assert is_iban("DE89 3704 0044 0532 0130 00")
    assert is_iban("no9386011117947")
    assert not is_iban("DE89370400440532013001")
    assert not is_iban("DE89")


def test_spellings_of_one_value_have_one_pseudonym(people: Pseudonyms) -> None:
    for kind, first, second in (
        ("mail", "A@x.de", "a@X.de"),
        ("tel", "+46 70-174 06 05", "0046701740605"),
        ("pnr", "19121212-1212", "1212121212"),
        ("iban", "DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
        ("person", "Anna  Groß", "ANNA GROSS"),
    ):
        assert people.token(kind, first) == people.token(kind, second)
    assert people.token("person", "x") != people.token("street", "x")
    assert Pseudonyms(b"l" * 32).token("person", "x") != people.token("person", "x")


# -- the key ---------------------------------------------------------------------------------------------------------


def test_the_key_is_kept_and_private(tmp_path: Path) -> None:
    key = kept_key(tmp_path / "state")
    path = tmp_path / "state" / "pseudonyms.key"
    path.chmod(0o644)
    assert kept_key(tmp_path / "state") == key == path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept_key(tmp_path / "other") != key
    path.write_bytes(b"short")
    with pytest.raises(ConfigProblem, match="damaged"):
        kept_key(tmp_path / "state")
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigProblem, match="symbolic link"):
        kept_key(tmp_path / "state")


def test_without_a_key_to_keep_the_run_goes_on_with_one_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "state" / "pseudonyms.key").write_bytes(b"short")
    session = _session(tmp_path, redact=True, output="json")
    session.out.one({"email": "a@x.de"})
    assert "warning: " in session.stderr.getvalue()  # type: ignore[attr-defined]
    assert "a@x.de" not in session.stdout.getvalue()  # type: ignore[attr-defined]


# -- who asks for it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "flag", "redacts"),
    [
        (None, None, False), (None, True, True), ("profiles: {a: {redact: true}}", None, True),
        ("profiles: {a: {redact: true}}", False, False), ("profiles:\n  a:\n    # redact: true\n", None, False),
        ("profiles: {a: {redact: false}}", None, False), ("profiles: {a: {redact: 'no'}}", None, True),
        ("profiles: {a: {redact: true}, b: {}}", None, True), ("redact: [", None, True),
    ],
)  # fmt: skip
def test_the_flag_wins_over_the_profile(
    tmp_path: Path, text: str | None, flag: bool | None, redacts: bool
) -> None:
    if text is not None:
        (tmp_path / "config.yaml").write_text(text)
    session = _session(tmp_path, redact=flag)
    if text is None:
        del session.env["ENERGYCTL_CONFIG"]  # type: ignore[attr-defined]
        session.env["XDG_CONFIG_HOME"] = str(tmp_path)  # type: ignore[index]
    assert (session.pseudonyms is not None) is redacts


def test_the_profiles_key_is_true_or_false(tmp_path: Path) -> None:
    config = Config(
        tmp_path, "profiles:\n  a:\n    redact: sometimes\n  b:\n    redact: true\n  c:\n    redat: true\n"
    )
    found = [(issue.line, issue.key, issue.fix) for issue in config.issues({})]
    assert found == [
        (3, "profiles.a.redact", "Use true or false."),
        (7, "profiles.c.redat", "Did you mean 'redact'?"),
    ]


# -- through session and output ----------------------------------------------------------------------------------


def test_errors_notices_and_direct_writes(tmp_path: Path) -> None:
    session = _session(tmp_path, redact=True)
    details = {"user": {"lastName": "Groß"}}
    text = error_text(NotFound("No Groß a@x.de.", hint="Ask Groß.", details=details), session)
    session.say("Groß is away\nand a@x.de")
    session.stderr.write("Go on with a@x.de? ")
    print(text, file=session.stderr)
    assert not any(one in session.stderr.getvalue() for one in ("Groß", "a@x.de"))  # type: ignore[attr-defined]
    assert text in session.stderr.getvalue()  # type: ignore[attr-defined]
    session.options.output = "json"
    error = json.loads(error_text(NotFound("No Groß.", details=details), session))["error"]
    assert error["message"] == f"No {error['details']['user']['lastName']}."


def test_records_keep_what_only_is_shown_otherwise(tmp_path: Path) -> None:
    session = _session(tmp_path, redact=True)
    session.redactor.learn("hush-a@x.de")
    assert session.redactor.text("a@x.de hush-a@x.de") == "a@x.de [redacted]"
    assert (
        session.shown.text("a@x.de hush-a@x.de") == f"{session.pseudonyms.token('mail', 'a@x.de')} [redacted]"
    )  # type: ignore[union-attr]
    assert session.shown.data({"email": "a@x.de", "pin": "1"})["pin"] == "[redacted]"
    assert dict(session.shown.headers([("X-Last-Name", "Groß")]))["X-Last-Name"].startswith("person-")


def test_an_iban_has_one_pseudonym_whether_it_was_shortened_before_or_not(tmp_path: Path) -> None:
    session = _session(tmp_path, redact=True)
    iban = "DE89370400440532013000"
    short = session.redactor.data({"iban": iban})
    assert short == {"iban": "DE89…00"}
    assert session.pseudonyms.data(short) == session.pseudonyms.data({"iban": iban})  # type: ignore[union-attr]
    assert Redactor().data({"iban": iban}) == short


def test_a_query_sees_the_values_and_its_result_is_redacted(tmp_path: Path) -> None:
    rows = [
        {"lastName": "Ek", "houseNumber": "12", "id": "12"},
        {"lastName": "Öberg", "houseNumber": "9", "id": "13"},
    ]
    session = _session(tmp_path, redact=True, output="json", query="[?lastName=='Ek'].[lastName, {id: id}]")
    session.out.rows(rows)
    ((name, ids),) = json.loads(session.stdout.getvalue())  # type: ignore[attr-defined]
    assert name.startswith("person-")
    assert ids == {"id": "12"}


def test_saved_files_are_told_of_once(tmp_path: Path) -> None:
    session = _session(tmp_path, redact=True, output="ids")
    session.out.rows([{"id": str(one), "outcome": "saved", "path": "x.pdf"} for one in range(3)])
    with pytest.raises(AttributeError):  # a StringIO has no bytes
        _ = session.stdout.buffer
    assert session.stderr.getvalue().count("--redact does not reach into them") == 1  # type: ignore[attr-defined]
    assert session.stdout.getvalue() == "0\n1\n2\n"  # type: ignore[attr-defined]


# -- whatever the data ----------------------------------------------------------------------------------------------

_LETTERS = st.text(string.ascii_letters + "äöüßåéøŁ", min_size=5, max_size=12)
_DIGITS = st.text(string.digits, min_size=9, max_size=9)
_PLANTED = st.fixed_dictionaries(
    {
        "firstName": _LETTERS.map(lambda text: f"Qx{text}"),
        "last_name": _LETTERS.map(lambda text: f"Zv{text}"),
        "emailAddress": _LETTERS.map(lambda text: f"wj{text}@example.org"),
        "phone": _DIGITS.map(lambda text: f"+467{text}"),
        "street": _LETTERS.map(lambda text: f"Hq{text} 5"),
        "iban": _DIGITS.map(lambda text: f"GB33BUKB{text}"),
        "meterId": _DIGITS.map(lambda text: f"735999123{text}"),
    }
)
_SHAPES = st.sampled_from(
    [
        lambda who: [who],
        lambda who: [{"id": "7", "customer": {"deep": [who, None]}, "note": " ".join(who.values())}],
        lambda who: [{"path": f"/x/{who['firstName']}_{who['last_name']}.pdf", "customers": [who]}],
        lambda who: [{"body": json.dumps(who), "a": 1}, {"text": str(who), "flag": False}],
        lambda who: [
            {who["emailAddress"]: 1.5, "who": who, "message": f"no {who['street']} for {who['firstName']}"}
        ],
    ]
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("place")


@examples(20)
@given(_PLANTED, _SHAPES)
def test_nothing_planted_is_in_any_format_and_the_structure_stays(place: Path, who: Any, shape: Any) -> None:
    rows = shape(who)
    hidden = [
        who["firstName"],
        who["last_name"],
        who["emailAddress"],
        who["phone"],
        who["street"],
        who["meterId"],
    ]
    for wish in OUTPUT_FORMATS:
        session = _session(place, redact=True, output=wish)
        Output(session).rows([{"id": "1", **row} for row in rows])
        text = session.stdout.getvalue()  # type: ignore[attr-defined]
        assert not [one for one in hidden if one.casefold() in text.casefold()], wish
        assert text.strip()
    shown = Pseudonyms(KEY).data(rows)
    assert _skeleton(shown) == _skeleton(rows)
    assert Pseudonyms(KEY).data(rows) == shown == Pseudonyms(KEY).data(shown)


def _skeleton(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key if key.isidentifier() else "", _skeleton(one)) for key, one in value.items()]
    if isinstance(value, list):
        return [_skeleton(one) for one in value]
    return "text" if isinstance(value, str) else value

"""What hides secrets and persons: the forms of a secret, queries, drawings, tracebacks, and images of the memory."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyctl.__main__ import _bug
from energyctl.core.errors import EnergyctlError
from energyctl.core.output import error_text
from energyctl.core.redact import HIDDEN, Redactor
from energyctl.core.session import Session
from energyctl.core.trace import _body
from tests.conftest import Run, Sandbox
from tests.secrecy.echo import forms

resource = pytest.importorskip("resource")

SECRET = "planted/client+secret=1234567890"
PEM = "\n".join(
    [
        "-----BEGIN PRIVATE KEY-----",
        *(f"{n}MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj+/{n}" for n in range(9)),
        "-----END",
    ]
)
CUSTOMERS = [
    {"id": 1, "firstName": "Anna", "lastName": "Svensson", "email": "anna@example.se", "meterNumber": 735999},
    {"id": 2, "firstName": "Erik", "lastName": "Lund", "email": "erik@example.se", "meterNumber": 735111},
]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=16, max_size=60), st.text(max_size=5))
def test_a_secret_shows_in_no_form(secret: str, around: str) -> None:
    redactor = Redactor()
    redactor.learn(secret)
    for name, form in forms(secret).items():
        shown = redactor.text(f"{around}{form}{around}")
        assert form not in shown, name
        assert form not in str(redactor.data({"a": [f"{around}{form}"], "b": {"c": form}})), name


def test_the_lines_of_a_key_are_secrets_and_its_first_is_none() -> None:
    redactor = Redactor()
    redactor.learn(PEM)
    lines = PEM.splitlines()
    for line in lines[1:-1]:
        assert redactor.text(f"x {line} y {line[:20]} z") == f"x {HIDDEN} y {HIDDEN} z"
    assert redactor.text(f"{lines[0]} is missing") == f"{lines[0]} is missing"
    folded = Redactor()
    folded.learn(PEM.replace("\n", "\\n"))
    assert folded.text(lines[4]) == HIDDEN


def test_of_secrets_that_begin_alike_each_is_hidden_whole() -> None:
    redactor = Redactor()
    for end in ("one-0987654321", "two"):
        redactor.learn(f"token-of-a-kind-{end}")
    for text in (
        "token-of-a-kind-one-0987654321",
        "token-of-a-kind-two",
        "token-of-a-kind-one-09",
        "token-of-a-k",
    ):
        assert redactor.text(f"<{text}>") == f"<{HIDDEN}>"
    assert redactor.text("token-of-a- kind") == "token-of-a- kind"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"access_token": "new", "n": 1', f'{{"access_token": "{HIDDEN}", "n": 1'),
        ("{'clientSecret': 'new'}", f"{{'clientSecret': '{HIDDEN}'}}"),
        (r'"{\"password\": \"new\"}"', rf'"{{\"password\": \"{HIDDEN}\"}}"'),
        ('{"password": "cut off', f'{{"password": "{HIDDEN}'),
        ('{"name": "new", "token_type": "Bearer"}', '{"name": "new", "token_type": "Bearer"}'),
    ],
)
def test_an_unknown_secret_is_told_by_the_name_beside_it(text: str, shown: str) -> None:
    assert Redactor().text(text) == shown


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", "text/html; charset=utf-8"])
@pytest.mark.parametrize(
    "body",
    [b'{"pin": 1234, "credentials": {"name": "new"}}', b'[{"secret": ["new"]}]', b"a=1&refresh_token=new"],
)
def test_a_trace_tells_secrets_by_name_whatever_the_body_is_called(content_type: str, body: bytes) -> None:
    shown = _body(body, content_type, Redactor())
    assert HIDDEN in shown
    assert "new" not in shown
    assert "1234" not in shown


def test_whoever_holds_a_secret_leaves_no_image_of_the_memory() -> None:
    former = resource.getrlimit(resource.RLIMIT_CORE)
    if former[1] == 0:
        pytest.skip("there are no core dumps here anyway")
    resource.setrlimit(resource.RLIMIT_CORE, (former[1], former[1]))
    try:
        redactor = Redactor()
        redactor.text("nothing secret yet")
        assert resource.getrlimit(resource.RLIMIT_CORE) == (former[1], former[1])
        redactor.learn(SECRET)
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, former[1])
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, former)


# -- persons ---------------------------------------------------------------------------------------------------


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session with --redact."""
    streams = {name: io.StringIO() for name in ("stdin", "stdout", "stderr")}
    env = {"ENERGYCTL_STATE_DIR": str(tmp_path / "state"), "ENERGYCTL_CONFIG": str(tmp_path / "none.yaml")}
    session = Session(**streams, env=env)
    session.options.redact = True
    session.options.output = "json"
    return session


def _queried(session: Session, expression: str) -> Any:
    import json

    session.options.query = expression
    session.out.rows(CUSTOMERS)
    return json.loads(session._stdout.getvalue())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "expression",
    [
        "[].join('', [firstName, lastName])",
        "[].join('', [lastName, to_string(meterNumber)])",
        "[].reverse(lastName)",
        "join(',', [].email)",
        "[].{a: join('x', [email, 'y'])}",
        "[].to_string(@)",
        "[].values(@)",
        "to_string([].meterNumber)",
    ],
)
def test_what_a_query_makes_of_persons_shows_none(session: Session, expression: str) -> None:
    shown = str(_queried(session, expression)).casefold()
    for customer in CUSTOMERS:
        for value in list(customer.values())[1:]:
            text = str(value).casefold()
            assert text not in shown
            assert text[::-1] not in shown
            assert text.partition("@")[0] not in shown


def test_a_query_measures_and_compares_pseudonyms(session: Session) -> None:
    assert len(set(_queried(session, "[].length(email)"))) == 1, "all are of one length"


@pytest.mark.parametrize(
    "expression",
    ["[?lastName=='Lund'].id", "[?meterNumber==`735111`].id", "[?firstName!='Anna'].id", "[?id==`2`].id"],
)
def test_a_value_that_the_query_names_is_found(session: Session, expression: str) -> None:
    assert _queried(session, expression) == [2]


def test_a_qr_code_is_not_drawn_of_what_would_be_hidden(run: Run, sandbox: Sandbox) -> None:
    link = ("emulate", "onboarding", "link", "C-100001", "--qr", "--yes", "-o", "json")
    done = run(*link, "--redact")
    assert (done.code, done.out, "--no-redact" in done.error["hint"]) == (2, "", True)
    assert sandbox.requests(method="POST") == []
    assert "▀" in run(*link).err


def _fail(local: str) -> None:
    raise KeyError(f"{SECRET} of anna@example.se\x1b[2J", {"password": "unknown"}, len(local))


def test_a_traceback_shows_neither_secrets_nor_persons(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENERGYCTL_DEBUG", "1")
    session.redactor.learn(SECRET)
    with pytest.raises(KeyError) as caught:
        _fail("erik@example.se")
    told = error_text(_bug(caught.value, session), session)  # type: ignore[arg-type]
    shown = session._stderr.getvalue() + told  # type: ignore[attr-defined]
    assert "Traceback" in shown
    assert "test_redaction.py" in shown
    assert HIDDEN in shown
    for hidden in (SECRET, SECRET[:12], "anna@", "erik@", "unknown", "\x1b"):
        assert hidden not in shown


def test_a_notice_shows_no_secret(session: Session) -> None:
    session.options.redact = False
    session.say("before")
    session.redactor.learn(SECRET)
    session.notice(f"the server said: {SECRET}")
    assert session._stderr.getvalue() == f"before\nthe server said: {HIDDEN}\n"  # type: ignore[attr-defined]


def test_a_bug_is_told_without_what_it_happened_with(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ENERGYCTL_DEBUG", raising=False)
    session.redactor.learn(SECRET)
    problem = _bug(ValueError("x" * 280 + SECRET), session)
    assert isinstance(problem, EnergyctlError)
    assert SECRET[:12] not in error_text(problem, session)
    assert session._stderr.getvalue() == ""  # type: ignore[attr-defined]

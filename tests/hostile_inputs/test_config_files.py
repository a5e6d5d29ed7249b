"""Config files of any kind: read, or refused with the place and the fix; what the tool writes it reads back."""

from __future__ import annotations

import os
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from energyctl.commands.config import _made, _settings_in_force
from energyctl.core import config as config_module
from energyctl.core.config import LARGEST_CONFIG, Config
from energyctl.core.endpoints import Endpoints
from energyctl.core.errors import ConfigProblem, EnergyctlError
from energyctl.core.zones import parse_zone
from energyctl.providers import PROVIDERS, settings_of
from energyctl.providers.bright.operations import OPERATIONS as BRIGHT
from energyctl.providers.emulate.operations import OPERATIONS as EMULATE
from energyctl.providers.emulate.tokens import Tokens
from tests.core.test_config import FULL as EXAMPLE
from tests.hostile_inputs.mutations import YAML_VALUES, as_bytes, bomb, changed, spliced
from tests.hostile_inputs.promise import HOME, SECRET, new_session, soon, taken_or_refused
from tests.properties import few

ALL = {name: settings_of(name) for name in PROVIDERS}
#: Each provider's section with its address, and a secret where none may stand once it is read.
FULL = EXAMPLE.replace("client_secret: keyring\n    emporia", f"client_secret: {SECRET}\n    emporia")
DATA = yaml.safe_load(EXAMPLE)
FILE = HOME / "config.yaml"


def use(content: bytes | str) -> None:
    """Do all that the tool does with a config file."""
    FILE.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    session = new_session()
    found = taken_or_refused(lambda: session.config)
    if isinstance(found, EnergyctlError):
        assert found.exit_code == 13
        assert str(FILE) in found.message
        return
    issues = list(found.issues(ALL))
    for issue in issues:
        assert issue.message
        assert issue.fix
        assert SECRET not in f"{issue.message}{issue.fix}"
    for issue in issues[:5]:
        worded = ConfigProblem(f"{issue.line} {issue.key} {issue.message}", hint=issue.fix)
        taken_or_refused(lambda worded=worded: (_ for _ in ()).throw(worded))
    for name in [None, *list(found.profiles)[:3]]:
        session.__dict__.pop("profile", None)
        session.options.profile = name
        taken_or_refused(lambda: use_profile(session))


def use_profile(session: Any) -> None:
    profile = session.profile
    assert profile.confirm
    assert profile.redact in (True, False)
    parse_zone(str(profile.timezone.value), site="Europe/Berlin")
    for name in PROVIDERS:
        taken_or_refused(lambda name=name: use_section(session, profile, name))
    session.out.rows(_settings_in_force(session))


def use_section(session: Any, profile: Any, name: str) -> None:
    section = profile.section(ALL[name])
    for field in section.settings.fields:
        section.setting(field.name)
        if field.kind == "secret":
            section.secret_mark(field.name)
        if field.kind == "url":
            taken_or_refused(lambda field=field: section.url(field.name))
    section.identity()
    if name == "emulate":
        tokens = Tokens(session, section)
        for ask in (lambda: tokens.claim_names, tokens.ttl_s, lambda: tokens.retailer_id):
            taken_or_refused(ask)
    if name in ("emulate", "bright"):
        list(Endpoints(session, section, EMULATE if name == "emulate" else BRIGHT))


@few
@given(changed(DATA, YAML_VALUES))
def test_whatever_a_value_is(data: Any) -> None:
    try:
        text = yaml.safe_dump(data, allow_unicode=True)
    except (yaml.YAMLError, TypeError):  # keys that cannot be sorted
        text = yaml.safe_dump(data, sort_keys=False)
    use(text)


@few
@given(spliced(FULL))
def test_whatever_is_cut_or_put_in(text: str) -> None:
    use(text)


@few
@given(as_bytes(FULL))
def test_whatever_the_bytes_are(content: bytes) -> None:
    use(content)


@few
@given(st.lists(st.sampled_from(FULL.splitlines()), max_size=30).map("\n".join))
def test_lines_in_any_order(text: str) -> None:
    use(text)


@pytest.mark.parametrize(
    "text",
    [
        bomb() + "profiles: {w: {confirm: *a39}}",
        bomb(merge=True) + "profiles: {w: {rabot: *a39}}",
        bomb(levels=12) + "profiles: {w: {confirm: *a11, timezone: *a10, emulate: {endpoints: *a11}}}",
        "a: &a [*a]",
        "- " * 200_000,
        "[" * 200_000,
        "? " * 200_000,
        "{a: " * 100_000,
        "a: 0x" + "f" * 100_000,
        "a: " + "1:" * 100_000 + "1",
        "a: " + "9" * 100_000,
        "\n".join(f"key{number}: 1" for number in range(4000)),
        "profiles: {" + ", ".join(f"p{number}: {{confrm: 1}}" for number in range(1000)) + "}",
        "x" * (LARGEST_CONFIG - 1),
        "x" * (LARGEST_CONFIG + 1),
        f"profiles: {{w: {{confirm: {'x' * 100_000}}}}}",
    ],
    ids=lambda text: f"{text[:12]!r} {len(text)}",
)
def test_what_would_take_for_ever_is_refused_soon(text: str) -> None:
    with soon():
        use(text)


def test_a_value_that_is_no_text_is_named_with_its_line() -> None:
    config = Config(
        FILE, 'profiles:\n  w:\n    rabot:\n      client_id: "a\\0b"\n      api_url: "https://x\\n"\n'
    )
    named = sorted((one.line, one.key.rpartition(".")[2]) for one in config.issues(ALL))
    assert named == [(4, "client_id"), (5, "api_url")]
    lines = 'profiles: {w: {rabot: {client_secret: "command:a\\n  b"}}}'
    assert list(Config(FILE, lines).issues(ALL)) == []


def test_other_things_in_the_place_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(config_module, "_PATIENCE_S", 0.01)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "link")
    for name, said in (
        ("pipe", "nobody writes"),
        (".", "directory"),
        ("link", "links"),
        ("/dev/zero", "1 MB"),
        ("nowhere", "does not exist"),
        ("x" * 300, "too long"),
        ("~nobody-here/x", "does not exist"),
    ):
        session = new_session({"ENERGYCTL_CONFIG": str(tmp_path / name) if "~" not in name else name})
        found = taken_or_refused(lambda session=session: session.config)
        assert said in found.message
        assert session.pseudonyms is None or name not in ("nowhere", "~nobody-here/x")
    assert new_session({"ENERGYCTL_CONFIG": "/dev/null"}).config.data == {}


def test_a_pipe_that_somebody_writes_into_is_a_config_file() -> None:
    reads, writes = os.pipe()
    os.write(writes, b"profiles: {w: {redact: true}}")
    os.close(writes)
    session = new_session({"ENERGYCTL_CONFIG": f"/dev/fd/{reads}"})
    assert session.pseudonyms is not None  # what asks first does not take it away from what asks next
    assert session.profile.name == "w"
    os.close(reads)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
SETTINGS = [
    f"{name}.{key}" for name, one in ALL.items() for key in one.keys
] + ["confirm", "timezone", "redact", "rabot", "x.y", ""]  # fmt: skip


@few
@given(st.lists(st.tuples(st.sampled_from(SETTINGS), WORDS), max_size=5), WORDS)
def test_what_config_init_writes_is_read_back(settings: list[tuple[str, str]], name: str) -> None:
    text = taken_or_refused(lambda: _made([f"{key}={value}" for key, value in settings], name))
    if not isinstance(text, str):
        return
    body = Config(FILE, text).profiles[name]
    for key, value in dict(settings).items():
        provider, _, field = key.partition(".")
        kept = body[provider][field] if field else body[key]
        number = int(value) if value.isascii() and value.isdigit() else None
        assert kept in (value, number) or key == "redact"


@pytest.mark.parametrize("value", ["²", "\uff11", "9" * 5000, "-1", "1_0", " 1"])
def test_what_is_no_number_is_not_written_as_one(value: str) -> None:
    text = _made([f"emulate.retailer_id={value}"], "w")
    (issue,) = Config(FILE, text).issues(ALL)
    assert "not a whole number" in issue.message


def test_a_name_that_is_no_text_is_named() -> None:
    text = "profiles: {w: {emulate: {claims: {2000-01-01: x}, paging: {a: {1: x}}, endpoints: {a: [[], {2.5: x}]}}}}"
    told = " ".join(issue.message for issue in Config(FILE, text).issues(ALL))
    for name in ("'2000-01-01'", "'1'", "'2.5'"):
        assert name in told

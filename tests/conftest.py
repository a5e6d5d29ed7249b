"""What every test stands on: a home of its own, a real sandbox, and the tool run as a process."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from energyctl.sandbox import control
from energyctl.sandbox.control import SandboxOptions
from tests import properties, zygote  # noqa: F401 - properties are tried as it says

#: No run takes longer, unless its test says so; one that does hangs, and is killed.
LONGEST_RUN_S = 60.0
#: For a sandbox on a machine that is busy with other things.
SLOWEST_START_S = 60.0

#: Sweeps over every command, rule, odd answer or route of the sandbox, and what must wait: `pytest -m thorough` runs
#: them, as CI does.
THOROUGH = (
    "tests/sandbox/",
    "tests/test_examples.py",
    "tests/test_recipes.py",
    "tests/test_zygote.py",
    "tests/commands/test_demo.py",
    "tests/commands/test_sandbox.py",
    "tests/test_watch.py",
    "tests/providers/rabot/test_wait.py",
    "tests/providers/emporia/test_hold.py",
    "tests/core/test_completion.py::test_the_renewing",
    "tests/providers/bright/test_verify_command.py",
    "tests/commands/test_doctor_checks.py",
    "tests/commands/test_find.py::test_one_that_stalls",
    "tests/core/test_completion_lists.py",
    "tests/core/test_credentials.py",
    "tests/providers/emporia/test_channel.py",
    "tests/providers/emulate/test_access_denied.py",
    "tests/providers/rabot/test_other_errors.py",
    "tests/providers/bright/test_odd_answers.py",
    "tests/providers/bright/test_invoices_odd.py",
    "tests/providers/bright/test_series_odd.py",
    "tests/providers/rabot/test_other_server.py",
    "tests/providers/emulate/test_other_server.py",
    "tests/providers/bright/test_other_server.py",
    "tests/commands/test_schema.py::test_what_is_really_printed",
    "tests/providers/bright/test_verify.py",
    "tests/providers/emulate/test_oddities.py",
    "tests/faults/relays/test_emporia.py",
    "tests/crowds/",
    "tests/secrecy/test_every_command.py",
    "tests/secrecy/test_files.py",
    "tests/crash/test_points_sweep.py",
    "tests/crash/test_kept_damage.py",
    "tests/crash/test_disk.py",
    "tests/crash/test_open_ends.py",
    "tests/hostile_inputs/",
    "tests/hostile/test_answers_commands.py",
    "tests/hostile/test_answers_series.py",
    "tests/hostile/test_answers_said.py",
    "tests/hostile/test_answers_names.py",
    "tests/hostile/test_answers_wire.py",
    "tests/terminal/test_left_behind.py",
    "tests/terminal/test_pipes.py",
    "tests/terminal/test_sizes.py",
    "tests/terminal/test_commands_in_front.py",
)


#: Files that mark some of their tests themselves.
MARKED = ("tests/faults/test_matrix.py",)


def pytest_configure() -> None:
    """Let signals do what they do, also where the tests were started in the background: runs would ignore them too."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, usual)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over the files of which no test is wanted: importing all of them takes each worker its time."""
    wanted = config.getoption("-m")
    if collection_path.suffix != ".py" or wanted not in ("thorough", "not thorough"):
        return None
    place = collection_path.relative_to(config.rootpath).as_posix()
    is_whole = place.startswith(THOROUGH)
    has_some = is_whole or any(one.startswith(place) for one in (*THOROUGH, *MARKED))
    passed_over = not has_some if wanted == "thorough" else is_whole
    return True if passed_over else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the sweeps."""
    for item in items:
        if item.nodeid.startswith(THOROUGH):
            item.add_marker("thorough")


def pytest_unconfigure() -> None:
    zygote.stop()


@dataclass(frozen=True)
class Done:
    """How a run of energyctl ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of tsv on stdout."""
        head, *lines = self.out.splitlines()
        return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]

    @property
    def error(self) -> dict[str, Any]:
        """The error object of the last line of stderr."""
        return json.loads(self.err.splitlines()[-1])["error"]


class Sandbox:
    """A running sandbox, and the means to make it misbehave and to see what it was asked."""

    def __init__(self, directory: Path, facts: dict[str, Any]) -> None:
        self.directory = directory
        self.facts = facts
        control_url = urlsplit(facts["urls"]["control"])
        self._line = http.client.HTTPConnection(control_url.hostname or "", control_url.port, timeout=60)

    @classmethod
    def start(cls, directory: Path, **options: Any) -> Sandbox:
        """Start one whose clock stands still, and which ends with the tests at the latest."""
        wished = SandboxOptions(speed=0.0, lives_with=os.getpid(), **options)
        return cls(directory, control.start(directory, wished, wait_s=SLOWEST_START_S))

    @property
    def env(self) -> dict[str, str]:
        """What a client needs to reach it."""
        return dict(self.facts["env"])

    def fault(self, *specs: str) -> None:
        """Add faults."""
        self._ask("POST", "/faults", {"add": list(specs)})

    def clear_faults(self) -> None:
        """Take all faults away."""
        self._ask("POST", "/faults", {"clear": True})

    def forget_requests(self) -> None:
        """Empty the record of requests."""
        self._ask("DELETE", "/requests")

    def requests(self, **wanted: str) -> list[dict[str, Any]]:
        """Return the requests that were made, as the server saw them."""
        found = self._ask("GET", "/requests")["requests"]
        return [one for one in found if all(one.get(name) == value for name, value in wanted.items())]

    def get(self, path: str) -> dict[str, Any]:
        """Ask the control server."""
        return self._ask("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call the control server."""
        return self._ask("POST", path, body)

    def reset(self) -> None:
        """Put the data, the clock, the faults and the record of requests back to their beginning."""
        self.facts = self._ask("POST", "/reset")

    def stop(self) -> None:
        """End it."""
        self._line.close()
        control.stop(self.directory)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Put a request to the control server over one connection, which is opened anew when it was idle for long."""
        token = self.facts["credentials"]["control"]["token"]
        said = None if body is None else json.dumps(body)
        for last in (False, True):
            try:
                self._line.request(method, path, said, {"Authorization": f"Bearer {token}"})
                response = self._line.getresponse()
                answer: dict[str, Any] = json.loads(response.read())
            except (http.client.HTTPException, ConnectionError):
                self._line.close()
                if last:
                    raise
            else:
                break
        assert response.status == 200, answer
        return answer


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox.start(tmp_path_factory.mktemp("sandbox"), customers=25, seed=7)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(_running: Sandbox) -> Sandbox:
    """A sandbox without faults, with seeded data, and no requests on record. Its clock stands still."""
    _running.reset()
    return _running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory that nothing else uses."""
    place = tmp_path / "home"
    place.mkdir()
    return place


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    """The environment of a run outside the sandbox: nothing of the real user's."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "ENERGYCTL_BACKOFF_S": "0",
        "ENERGYCTL_DEBUG": "",
        "TZ": "Europe/Berlin",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
    }


def start(*words: str | Path, env: Mapping[str, str], cwd: Path | None = None, **settings: Any) -> Any:
    """Start energyctl as a process and return it."""
    return subprocess.Popen(
        [sys.executable, "-m", "energyctl", *map(str, words)],
        env=dict(env),
        cwd=cwd or env["HOME"],
        **settings,
    )


def run_with(env: Mapping[str, str], cwd: Path) -> Run:
    """Return a function that runs energyctl in an environment.

    Each run is a process of its own; ``fresh=True`` makes it a new interpreter too, see ``tests/zygote.py``.
    """

    def run(
        *words: str | Path,
        input: str | bytes = "",  # noqa: A002
        more: Mapping[str, str] | None = None,
        fresh: bool = False,
        limit_s: float = LONGEST_RUN_S,
    ) -> Done:
        surroundings = {**env, **(more or {})}
        raw = input.encode() if isinstance(input, str) else input
        if fresh or not zygote.can_serve(surroundings):
            pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
            with start(*words, env=surroundings, cwd=cwd, **pipes) as process:
                try:
                    out, err = process.communicate(raw, timeout=limit_s)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
            code = process.returncode
        else:
            given = [str(word) for word in words]
            code, out, err = zygote.run(given, env=surroundings, cwd=str(cwd), given=raw, limit_s=limit_s)
        done = Done(code, out.decode(), err.decode())
        assert "Traceback" not in done.err, done.err
        return done

    return run


def until(ready: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + LONGEST_RUN_S
    while not ready():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def at_once(run: Run, *commands: Sequence[str | Path], **settings: Any) -> list[Done]:
    """Run several commands at the same time."""
    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(lambda words: run(*words, **settings), commands))


@pytest.fixture
def bare(env: dict[str, str], home: Path) -> Run:
    """Run energyctl without any config or sandbox."""
    return run_with(env, home)


@pytest.fixture
def run(env: dict[str, str], home: Path, sandbox: Sandbox) -> Run:
    """Run energyctl against the sandbox, stdin and stdout being pipes."""
    return run_with({**env, **sandbox.env}, home)


@pytest.fixture
def outside(env: dict[str, str], home: Path, sandbox: Sandbox) -> Run:
    """Run energyctl against the same servers by explicit addresses, so that it takes them for the real thing."""
    credentials = sandbox.facts["credentials"]["rabot"]
    urls = sandbox.facts["urls"]
    config = home / "outside.yaml"
    config.write_text(
        "profiles:\n  real:\n    rabot:\n"
        f"      api_url: {urls['rabot']}\n      auth_url: {urls['rabot_auth']}\n"
        f"      client_id: {credentials['client_id']}\n      client_secret: env:TEST_SECRET\n"
    )
    more = {"ENERGYCTL_CONFIG": str(config), "TEST_SECRET": credentials["client_secret"]}
    return run_with({**env, **more}, home)

"""``energyctl sandbox``: local servers that speak the providers' contracts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from energyctl.core.commandline import noun, session_of
from energyctl.core.errors import ConfigProblem, EnergyctlError, UsageProblem
from energyctl.core.files import private_directory
from energyctl.core.views import Column, View

if TYPE_CHECKING:
    from energyctl.core.session import Session
    from energyctl.sandbox.control import SandboxOptions

app = noun("Run local servers that speak the providers' contracts.")

Customers = Annotated[int, typer.Option("--customers", metavar="N", min=0, help="How many seeded customers.")]
Devices = Annotated[
    int, typer.Option("--devices", metavar="N", min=0, help="How many devices the fleet has.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same data.")]
Speed = Annotated[
    float,
    typer.Option("--speed", metavar="X", min=0, help="Sandbox seconds that pass for orders in a second."),
]
Faults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault", metavar="SPEC", help="PROVIDER:KIND[=VALUE][@METHOD /path][#COUNT], e.g. rabot:503#2."
    ),
]
TokenTtl = Annotated[int, typer.Option("--token-ttl", metavar="SECONDS", min=1, help="Life of a token.")]

_STATUS = View(
    columns=(
        Column("Running", "running"),
        Column("Process", "pid"),
        Column("Since", "started_at"),
        Column("Directory", "directory"),
        Column("Config", "config_file"),
    ),
    id_path="id",
    hidden=frozenset({"credentials", "env"}),
)


class SandboxTrouble(EnergyctlError):
    """The sandbox did not start or does not answer."""

    exit_code = 10
    default_code = "sandbox_failed"


@app.command("start")
def start_sandbox(
    ctx: typer.Context,
    customers: Customers = 25,
    devices: Devices = 24,
    seed: Seed = 7,
    speed: Speed = 60.0,
    fault: Faults = None,
    token_ttl: TokenTtl = 3599,
) -> None:
    """Start the sandbox in the background; the profile 'sandbox' then works.

    Examples:
    energyctl sandbox start
    energyctl sandbox start --customers 1000 --speed 3600
    energyctl --profile sandbox rabot tariffs list
    """
    session = session_of(ctx)
    options = checked_options(
        customers=customers,
        devices=devices,
        seed=seed,
        speed=speed,
        faults=fault or [],
        token_ttl_s=token_ttl,
    )
    facts = started(_directory(session), options)
    if facts.pop("already_running", False):
        session.notice("The sandbox was running already; it was left as it is.")
    else:
        session.notice("The sandbox runs. Try: energyctl --profile sandbox rabot tariffs list")
        session.notice('For other clients: eval "$(energyctl sandbox status --export)"')
    session.out.one({"running": True, **facts}, _STATUS)


@app.command("stop")
def stop_sandbox(ctx: typer.Context) -> None:
    """Stop the sandbox that runs in the background.

    Examples:
    energyctl sandbox stop
    energyctl sandbox stop --quiet
    """
    from energyctl.sandbox import control

    session = session_of(ctx)
    stopped = control.stop(_directory(session))
    session.notice("The sandbox is stopped." if stopped else "No sandbox was running.")


@app.command("status")
def show_status(
    ctx: typer.Context,
    export: Annotated[bool, typer.Option("--export", help="Print export lines for a shell.")] = False,
) -> None:
    """Say whether the sandbox runs, where, and with which test credentials.

    Examples:
    energyctl sandbox status
    energyctl sandbox status -o json --query urls
    """
    session = session_of(ctx)
    facts = _facts(session)
    if export:
        import shlex

        session.out.text(
            "\n".join(f"export {name}={shlex.quote(str(value))}" for name, value in facts["env"].items())
        )
        return
    session.out.one({"running": True, **facts}, _STATUS)


@app.command("run", context_settings={"allow_interspersed_args": False})
def run_in_sandbox(
    ctx: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND...", help="What to run.")],
    customers: Customers = 25,
    devices: Devices = 24,
    seed: Seed = 7,
    speed: Speed = 60.0,
    fault: Faults = None,
    token_ttl: TokenTtl = 3599,
) -> None:
    """Run one command against a sandbox of its own and stop it again.

    The command finds the sandbox's config, profile and addresses in its environment, and none of your variables
    ENERGYCTL_PROVIDER_..., which would lead it elsewhere; its exit code is passed on.

    Examples:
    energyctl sandbox run -- energyctl rabot tariffs list
    energyctl sandbox run --fault rabot:503#1 -- energyctl rabot tariffs list
    """
    import shutil
    import tempfile

    from energyctl.sandbox import control

    options = checked_options(
        customers=customers,
        devices=devices,
        seed=seed,
        speed=speed,
        faults=fault or [],
        token_ttl_s=token_ttl,
        lives_with=os.getpid(),
    )
    directory = Path(tempfile.mkdtemp(prefix="energyctl-sandbox-"))
    try:
        facts = started(directory, options)
        code = _run(command, sandbox_env(session_of(ctx), facts))
    finally:
        control.stop(directory)
        shutil.rmtree(directory, ignore_errors=True)
    raise typer.Exit(code)


@app.command("reset")
def reset_sandbox(ctx: typer.Context) -> None:
    """Put the sandbox's data back to its beginning, and take all faults away.

    Examples:
    energyctl sandbox reset
    energyctl sandbox reset --quiet
    """
    session = session_of(ctx)
    _facts(session)
    _control(session, "/faults", {"clear": True})
    _control(session, "/reset", {})
    session.notice("The sandbox is as it was at its start.")


@app.command("fault")
def set_faults(
    ctx: typer.Context,
    specs: Annotated[
        list[str] | None,
        typer.Argument(metavar="SPEC...", help="PROVIDER:KIND[=VALUE][@METHOD /path][#COUNT]"),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take all faults away first.")] = False,
) -> None:
    """Make the running sandbox misbehave: latency, 429, 500, 503, drop-before, drop-after, truncate, html and more.

    Examples:
    energyctl sandbox fault rabot:latency=5
    energyctl sandbox fault "rabot:drop-after@POST /partner/v1/orders#1"
    energyctl sandbox fault --clear
    """
    from energyctl.sandbox.faults import parse_fault

    session = session_of(ctx)
    _facts(session)
    for spec in specs or []:
        try:
            parse_fault(spec)
        except ValueError as error:
            raise UsageProblem(
                f"'{spec}' is not a fault: {error}", hint="See energyctl sandbox fault --help"
            ) from None
    answer = _control(session, "/faults", {"add": specs or [], "clear": clear})
    session.out.one(answer)


def sandbox_directory(session: Session) -> Path:
    """Return where the sandbox of this user, or of this ``sandbox run``, keeps its facts."""
    wished = session.env.get("ENERGYCTL_SANDBOX_DIR")
    return Path(wished) if wished else session.paths.state_dir / "sandbox"


def sandbox_env(session: Session, facts: dict[str, Any]) -> dict[str, str]:
    """Return the environment of a command that speaks to the sandbox alone.

    The variables of the providers go: each would beat the sandbox's profile, and lead to the real provider.
    """
    from energyctl.providers import PROVIDERS

    hidden = tuple(f"ENERGYCTL_{name}_".upper() for name in PROVIDERS)
    kept = {name: value for name, value in session.env.items() if not name.startswith(hidden)}
    return {**kept, **facts["env"]}


def _directory(session: Session) -> Path:
    wished = session.env.get("ENERGYCTL_SANDBOX_DIR")
    if wished:
        return Path(wished)
    return private_directory(private_directory(session.paths.state_dir) / "sandbox")


def checked_options(**wished: Any) -> SandboxOptions:
    """Return options for a sandbox; a value that none could work with is a usage error."""
    from energyctl.sandbox.control import SandboxOptions

    options = SandboxOptions(**wished)
    try:
        options.check()
    except ValueError as error:
        raise UsageProblem(str(error), hint="See energyctl sandbox start --help") from None
    return options


def started(directory: Path, options: SandboxOptions) -> dict[str, Any]:
    """Start a sandbox and return its facts."""
    from importlib.util import find_spec

    from energyctl.sandbox import control

    if find_spec("aiohttp") is None:
        raise ConfigProblem(
            "The sandbox needs the extra 'sandbox', which is not installed.",
            hint="Install it with: pip install 'energyctl[sandbox]'",
            code="sandbox_not_installed",
        )
    try:
        return control.start(directory, options)
    except ValueError as error:
        raise UsageProblem(str(error), hint="See energyctl sandbox start --help") from None
    except control.SandboxFailed as error:
        raise SandboxTrouble(
            f"The sandbox did not start: {error}", hint=f"Its log is in {directory}."
        ) from None


def _facts(session: Session) -> dict[str, Any]:
    from energyctl.sandbox import control

    facts = control.facts(sandbox_directory(session))
    if facts is None:
        raise ConfigProblem(
            "No sandbox is running.",
            hint="Start it with: energyctl sandbox start",
            code="sandbox_not_running",
        )
    return facts


def _control(session: Session, path: str, body: dict[str, Any]) -> dict[str, Any]:
    from energyctl.sandbox import control

    try:
        return control.control(sandbox_directory(session), path, body)
    except control.SandboxFailed as error:
        raise SandboxTrouble(str(error), hint="Start it anew: energyctl sandbox stop, then start.") from None


def _run(command: list[str], env: dict[str, str]) -> int:
    """Run a command to its end, passing signals on, and return its exit code."""
    import sys

    from energyctl.core.interrupts import run_in_front

    words = list(command)
    if words[0] == "energyctl":  # this very installation, on whatever PATH
        words = [sys.executable, "-m", "energyctl", *words[1:]]
    here = str(Path(sys.executable).parent)
    env["PATH"] = here + os.pathsep + env.get("PATH", os.defpath)
    try:
        return run_in_front(words, env)
    except OSError as error:
        raise UsageProblem(
            f"'{words[0]}' cannot be run: {error.strerror or error}.",
            hint="Write: energyctl sandbox run -- COMMAND",
        ) from None

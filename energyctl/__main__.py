"""The entry: ``--version`` at once, signals, and the one boundary where errors become messages and exit codes."""

import sys  # built in: nothing is looked for on disk before main() takes over, so Ctrl-C is never a traceback


def main() -> None:
    """Run energyctl with the process's arguments and exit with the code of its public contract."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from energyctl import __version__

        sys.stdout.write(f"energyctl {__version__}\n")
        return
    try:
        _leave(_run(sys.argv[1:]))
    except KeyboardInterrupt:  # before or after the boundary in _run
        _leave(130)


def _leave(code: int) -> None:
    """End the process at once.

    All that must last is on disk by now, and taking the interpreter apart takes longer than most commands.
    """
    import os

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 0
    os._exit(code)


def _run(args: list[str]) -> int:
    import gc
    import os
    import signal

    from energyctl.core.errors import EnergyctlError, Interrupted
    from energyctl.core.session import Session

    gc.set_threshold(
        50_000, 20, 20
    )  # a short run makes much and drops little: looking for cycles only delays it

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    _prepare_streams()
    session = Session()
    try:
        code = _dispatch(args, session)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read us has gone: that is how `| head` ends, not an error. Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _tell(Interrupted("Interrupted.", hint=None), session)
    except EnergyctlError as error:
        return _tell(error, session)
    except OSError as error:
        return _tell(_output_lost(error) or _bug(error), session)
    except Exception as error:  # noqa: BLE001 - the boundary: a bug becomes a message, never a traceback
        return _tell(_bug(error), session)
    return code


def _prepare_streams() -> None:
    """Make stdout and stderr carry any text: UTF-8 in pipes, replacement signs where a terminal cannot.

    Streams that the caller closed lead nowhere.
    """
    import os

    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                # Line by line: who reads a slow list sees each row when it comes.
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _dispatch(args: list[str], session: object) -> int:
    from typer._click.exceptions import ClickException
    from typer.exceptions import Abort, Exit

    from energyctl.app import root
    from energyctl.core.errors import Interrupted, UsageProblem
    from energyctl.core.session import Session

    assert isinstance(session, Session)
    session.options.output = _output_wished(args)
    try:
        with root.make_context("energyctl", list(args), obj=session) as context:
            root.invoke(context)
    except Exit as end:
        return int(end.exit_code)
    except Abort:
        raise Interrupted("Interrupted.") from None
    except ClickException as problem:
        where = getattr(problem, "ctx", None)
        path = where.command_path if where is not None else "energyctl"
        raise UsageProblem(problem.format_message(), hint=f"See: {path} --help") from None
    return 0


def _output_wished(args: list[str]) -> str | None:
    """Find ``-o`` before the arguments are parsed, so that a parsing error has the right form too."""
    from energyctl.core.session import OUTPUT_FORMATS

    wished = None
    for here, following in zip(args, [*args[1:], ""], strict=False):
        if here == "--":
            break
        if here in ("-o", "--output"):
            wished = following
        elif here.startswith("--output="):
            wished = here.removeprefix("--output=")
        elif here.startswith("-o") and not here.startswith("--"):
            wished = here.removeprefix("-o").removeprefix("=")
    return wished if wished in OUTPUT_FORMATS else None


def _tell(error: object, session: object) -> int:
    from energyctl.core.errors import EnergyctlError
    from energyctl.core.output import error_text
    from energyctl.core.session import Session

    assert isinstance(session, Session)
    assert isinstance(error, EnergyctlError)
    try:
        session.clear_progress()
        print(error_text(error, session), file=session.stderr, flush=True)
    except BrokenPipeError:
        pass
    return error.exit_code


def _output_lost(error: OSError) -> object:
    """Return the error to tell when stdout takes no more (a full disk, a quota), or None for another trouble."""
    import errno
    import os

    from energyctl.core.errors import EnergyctlError

    if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
        return None
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left in the buffer has no place
    return EnergyctlError(
        f"The result cannot be written to standard output: {error.strerror}.",
        hint="Free space where the output goes, and run the command again if it only reads.",
        code="output_lost",
    )


def _bug(error: Exception) -> object:
    import os

    from energyctl.core.errors import EnergyctlError

    if os.environ.get("ENERGYCTL_DEBUG"):
        import traceback

        traceback.print_exception(error)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return EnergyctlError(
        f"Unexpected failure in energyctl itself: {what[:300]}",
        hint="This is a bug; please report it with the command. ENERGYCTL_DEBUG=1 shows where it is.",
    )


if __name__ == "__main__":
    main()

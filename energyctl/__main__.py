"""The entry: ``--version`` at once, signals, and the one boundary where errors become messages and exit codes."""

import sys  # built in: nothing is looked for on disk before main() takes over, so Ctrl-C is never a traceback


def main() -> None:
    """Run energyctl with the process's arguments and exit with the code of its public contract."""
    code = 130
    try:
        code = _version() if sys.argv[1:] in (["--version"], ["-V"]) else _run(sys.argv[1:])
        _leave(code)
    except KeyboardInterrupt:  # before or after the boundary in _run: nobody waits for a reader then
        _leave(code or 130, flush=False)


def _leave(code: int, *, flush: bool = True) -> None:
    """End the process at once.

    All that must last is on disk by now, and taking the interpreter apart takes longer than most commands.
    """
    import os

    for stream in (sys.stdout, sys.stderr) if flush else ():
        try:
            stream.flush()
        except (OSError, ValueError):  # where it should go is gone or full, which has been told
            continue
    os._exit(code)


def _version() -> int:
    """Print the version without the parser that all else needs."""
    import os

    from energyctl import __version__

    try:
        os.write(sys.stdout.fileno(), f"energyctl {__version__}\n".encode())  # nothing stays in a buffer
    except (OSError, AttributeError):  # gone, full or closed: told as for every other command
        return _run(["--version"])
    return 0


def _run(args: list[str]) -> int:
    import gc

    from energyctl.core import interrupts, streams
    from energyctl.core.errors import EnergyctlError, Interrupted
    from energyctl.core.session import Session

    gc.set_threshold(
        50_000, 20, 20
    )  # a short run makes much and drops little: looking for cycles only delays it

    interrupts.listen()
    streams.prepare()
    session = Session()
    try:
        code = _dispatch(args, session)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read us has gone: that is how `| head` ends, not an error. Python would complain again at exit.
        streams.drop_output()
        return 0
    except KeyboardInterrupt:
        streams.drop_output()  # whole lines are out; for the rest of one a reader that has stopped is not waited for
        return _tell(Interrupted("Interrupted.", hint=None), session)
    except EnergyctlError as error:
        return _tell(error, session)
    except OSError as error:
        return _tell(_output_lost(error) or _bug(error, session), session)
    except Exception as error:  # noqa: BLE001 - the boundary: a bug becomes a message, never a traceback
        return _tell(_bug(error, session), session)
    return code


def _dispatch(args: list[str], session: object) -> int:
    from typer._click.exceptions import ClickException
    from typer.exceptions import Abort, Exit

    from energyctl.app import root
    from energyctl.core.errors import Interrupted, UsageProblem
    from energyctl.core.session import Session

    assert isinstance(session, Session)
    session.options.output = _output_wished(args)
    for number, word in enumerate(args, 1):
        if any("\ud800" <= char <= "\udfff" for char in word):  # what Python makes of bytes that are no UTF-8
            raise UsageProblem(
                f"Argument {number} is not UTF-8.",
                hint="Write it as UTF-8; a file of such a name is read by - <FILE.",
            )
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
    session.clear_progress()
    print(error_text(error, session), file=session.stderr, flush=True)
    return error.exit_code


def _output_lost(error: OSError) -> object:
    """Return the error to tell when stdout takes no more (a full disk, a quota), or None for another trouble."""
    import errno

    from energyctl.core import streams
    from energyctl.core.errors import EnergyctlError

    if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
        return None
    streams.drop_output()
    return EnergyctlError(
        f"The result cannot be written to standard output: {error.strerror}.",
        hint="Free space where the output goes, and run the command again if it only reads.",
        code="output_lost",
    )


def _bug(error: Exception, session: object) -> object:
    import os

    from energyctl.core.errors import EnergyctlError

    if os.environ.get("ENERGYCTL_DEBUG"):
        import traceback

        from energyctl.core.session import Session

        assert isinstance(session, Session)
        session.say(session.redactor.text("".join(traceback.format_exception(error))))
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return EnergyctlError(
        f"Unexpected failure in energyctl itself: {what[:300]}",
        hint="This is a bug; please report it with the command. ENERGYCTL_DEBUG=1 shows where it is.",
    )


if __name__ == "__main__":
    main()

"""What can become of a file in a power cut, on a bad disk, or at somebody's hands, for any test of a kept file."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

PAGE = 4096


def cut_off(raw: bytes, where: float) -> bytes:
    return raw[: int(len(raw) * where)]


def zeroed(raw: bytes, where: float) -> bytes:
    start = int(len(raw) * where)
    return raw[:start] + bytes(len(raw) - start)


def torn(raw: bytes, where: float) -> bytes:
    """Zero one page, as when its sector never reached the disk."""
    start = int(len(raw) * where) // PAGE * PAGE
    return raw[:start] + bytes(min(PAGE, len(raw) - start)) + raw[start + PAGE :]


def scrambled(raw: bytes, where: float) -> bytes:
    start = int(len(raw) * where)
    noise = random.Random(start).randbytes(min(600, len(raw) - start))
    return raw[:start] + noise + raw[start + len(noise) :]


def one_byte(raw: bytes, where: float) -> bytes:
    start = min(int(len(raw) * where), len(raw) - 1)
    return raw[:start] + bytes([raw[start] ^ 0xA5]) + raw[start + 1 :]


def doubled(raw: bytes, where: float) -> bytes:
    return raw + raw[: int(len(raw) * where)]


CONTENTS: dict[str, Callable[[bytes, float], bytes]] = {
    "cut off": cut_off,
    "zeroed": zeroed,
    "torn": torn,
    "scrambled": scrambled,
    "one byte": one_byte,
    "doubled": doubled,
}

#: A kind of damage and where in the file it is, from its beginning at 0 to its end at 1.
damages = st.tuples(
    st.sampled_from(sorted(CONTENTS)), st.floats(0, 1, exclude_max=True, allow_subnormal=False)
)


def spoil(path: Path, kind: str, where: float = 0.5) -> None:
    """Damage a file, or put something else in its place."""
    if kind in CONTENTS:
        path.write_bytes(CONTENTS[kind](path.read_bytes(), where))
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "deep":
        path.write_bytes(b"[" * 200_000)
    elif kind == "other shape":
        path.write_bytes(b'{"at": [], "pins": 3, "value": null, "facts": "x"}\n')
    elif kind == "directory":
        path.unlink()
        (path / "inside").mkdir(parents=True)
    else:
        assert kind == "link", kind
        elsewhere = path.parent / f"{path.name}.elsewhere"
        shutil.move(path, elsewhere)
        path.symlink_to(elsewhere)


KINDS = (*CONTENTS, "empty", "deep", "other shape", "directory", "link")

"""Programs that start slowly and stay for many questions: a line in, a line out, until this process ends."""

from __future__ import annotations

import atexit
import subprocess
from collections.abc import Mapping, Sequence

from tests.vocabulary import ROOT

_PATIENCE_S = 20


def started(command: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """A program in the project's folder, which ends when its input does."""
    program = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    atexit.register(_ended, program)
    return program


def answer(program: subprocess.Popen[str], question: str) -> str:
    """What it says to a line; '' if it has ended."""
    assert program.stdin and program.stdout
    program.stdin.write(f"{question}\n")
    program.stdin.flush()
    return program.stdout.readline()


def _ended(program: subprocess.Popen[str]) -> None:
    """Its input ends, so that it can end what it has started itself."""
    try:
        program.communicate(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        program.kill()
        program.communicate()

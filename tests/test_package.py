"""What is given away: the wheel works away from the checkout, the lock is whole, and help costs no engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("weasyprint", "ebooklib", "docutils", "pikepdf", "lxml", "fontTools", "PIL", "pypdfium2")
POST = """\
A post from elsewhere
=====================

:Author: A. N. Author

One paragraph, set away from the checkout.
"""


def run(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    """The output of this Python with these arguments; with `path`, that folder's modules come first."""
    env = {**os.environ, "PYTHONPATH": str(path or "")}
    ran = subprocess.run([sys.executable, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_a_wheel_installed_elsewhere_builds_a_post(tmp_path: Path) -> None:
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    pip = ("-m", "pip", "install", "-qq", "--no-deps", "--no-index", "--disable-pip-version-check")
    run(*pip, "--target", str(site), str(wheel), cwd=tmp_path)
    assert not (site / "styles").exists()
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "post.rst").write_text(POST, encoding="utf-8")

    where = run("-c", "import pipeline; print(pipeline.__file__)", cwd=desk, path=site)
    assert Path(where.strip()).is_relative_to(site)
    run("-m", "pipeline", "build", "post.rst", "--output", "out", cwd=desk, path=site)

    assert (desk / "out" / "post.pdf").read_bytes().startswith(b"%PDF-")
    assert (desk / "out" / "post.epub").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("command", ["", "--help", "build --help", "editions", "doctor"])
def test_no_engine_is_loaded_before_it_is_needed(command: str) -> None:
    """`import pipeline`, and the commands that only tell something."""
    program = f"""if True:
        import runpy, sys, pipeline
        sys.argv = ["postpress", *{command.split()!r}]
        try:
            if {command!r}:
                runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
        except SystemExit as end:
            assert not end.code, end.code
        print("loaded:", *sorted(set({ENGINES!r}) & set(sys.modules)))"""
    said = run("-c", program, cwd=ROOT).splitlines()
    assert said[-1].strip() == "loaded:"
    assert bool(said[:-1]) == bool(command)


def test_the_lock_pins_and_hashes_everything_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|^-|@", lock, re.MULTILINE)
    entries = re.findall(r"^([a-z0-9-]+)==(\S+).*((?:\n +--hash=.*)*)", lock, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^[^ #\n]", lock, re.MULTILINE))
    assert [name for name, _, hashes in entries if not hashes] == []

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["check"]]
    wanted += project["dependency-groups"]["dev"]
    locked = {name: version for name, version, _ in entries}
    for requirement in wanted:
        name, _, pin = requirement.partition("==")
        name = re.split(r"[<>=~!]", name)[0].lower()
        assert name in locked, f"{name} is not locked: make lock"
        assert not pin or locked[name] == pin, f"{name} is locked at {locked[name]}: make lock"

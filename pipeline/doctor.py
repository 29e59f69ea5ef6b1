"""What this machine has of what postpress needs, what is missing, and the command that mends it here.

Two callers: `postpress doctor`, and the Makefile, which runs this file as a script before any environment exists.
So it imports the standard library alone, and runs on Python 3.8, to tell an old Python's owner what to do. Every build
asks it for versions, so it imports the rest of that library where it is used.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
from pathlib import Path
from typing import Callable, Iterable, Mapping, NamedTuple  # noqa: UP035  # Python 3.8

OLDEST_PYTHON = (3, 11)
OLDEST_HARFBUZZ = [6, 0]  # the first that makes variable fonts static
HOMEBREW_LIBRARIES = ("/opt/homebrew/lib", "/usr/local/lib")


class Finding(NamedTuple):
    """One thing looked for. `found` is its version or place, '' if it is not here; `wrong` is '' if all is well."""

    name: str
    found: str
    wrong: str = ""
    mend: str = ""  # a command for this system
    needed: bool = True

    @property
    def stops(self) -> bool:
        """True if nothing can be built before this is mended."""
        return bool(self.wrong) and self.needed


class System(NamedTuple):
    """How one family of systems is asked for packages; `ids` are what os-release calls it."""

    ids: tuple[str, ...]
    install: str
    yes: str  # the words that keep `install` from asking
    refresh: str  # '' where installing fetches the lists by itself
    pango: str
    python: str  # may name a {version}; brings venv too


SYSTEMS = (
    System(
        ids=("debian", "ubuntu"),
        install="apt-get install --no-install-recommends",
        yes="-y -o DPkg::Lock::Timeout=300",  # a new machine is often busy with its own upgrades
        refresh="apt-get update",
        pango="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        python="python{version} python{version}-venv",
    ),
    System(
        ids=("fedora", "rhel", "centos"),
        install="dnf install --setopt=install_weak_deps=False",
        yes="-y",
        refresh="",
        pango="pango harfbuzz",
        python="python{version}",
    ),
    System(
        ids=("alpine",),
        install="apk add",
        yes="--no-cache",
        refresh="",
        pango="so:libpango-1.0.so.0 so:libpangoft2-1.0.so.0 so:libharfbuzz-subset.so.0",
        python="python3",
    ),
    System(
        ids=("arch",),
        install="pacman -S --needed",
        yes="--noconfirm",
        refresh="pacman -Sy",
        pango="pango harfbuzz",
        python="python",
    ),
    System(
        ids=("suse", "opensuse"),
        install="zypper install --no-recommends",
        yes="--no-confirm",
        refresh="",
        pango="libpango-1_0-0 libharfbuzz-subset0",
        python="python311",
    ),
    System(
        ids=("darwin",),
        install="brew install",
        yes="",
        refresh="",
        pango="pango",
        python="python@{version}",
    ),
)


def this_system() -> System | None:
    """The row for this machine; None if it is of no family known here."""
    if sys.platform == "darwin":
        return system_named("ID=darwin")
    paths = (Path("/etc/os-release"), Path("/usr/lib/os-release"))
    return system_named(next((path.read_text(encoding="utf-8") for path in paths if path.is_file()), ""))


def system_named(os_release: str) -> System | None:
    """The row for the text of an os-release file."""
    words = dict(re.findall(r'^(ID|ID_LIKE)="?([^"\n]*)"?$', os_release, re.MULTILINE))
    for word in (words.get("ID", "") + " " + words.get("ID_LIKE", "")).split():
        for system in SYSTEMS:
            if word in system.ids or word.split("-")[0] in system.ids:
                return system
    return None


def install_command(system: System, packages: str) -> str:
    """What a person types to install these packages."""
    as_root = "" if "brew" in system.install or os.geteuid() == 0 else "sudo "
    return f"{as_root}{system.install} {packages}"


def python(system: System | None, version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    """Python itself: not older than OLDEST_PYTHON."""
    shown = ".".join(map(str, version))
    if version[:2] >= OLDEST_PYTHON:
        return Finding("Python", shown)
    oldest = ".".join(map(str, OLDEST_PYTHON))
    import shutil

    newer = next((name for name in (f"python3.{minor}" for minor in range(14, 10, -1)) if shutil.which(name)), "")
    mend = f"make PYTHON={newer}" if newer else ""
    if not newer and system:
        wanted = system.python.format(version=oldest)
        # A system whose package has no number has one Python, the newest.
        mend = install_command(system, wanted) + (" && make PYTHON=python" + oldest if "11" in wanted else " && make")
    return Finding("Python", shown, f"{oldest} or newer is needed", mend)


def venv(system: System | None) -> Finding:
    """The modules that make an environment; Debian packs them apart from Python."""
    from importlib import util

    missing = [name for name in ("venv", "ensurepip") if not util.find_spec(name)]
    if not missing:
        return Finding("venv", "with Python")
    version = ".".join(map(str, sys.version_info[:2]))
    mend = install_command(system, system.python.format(version=version)) if system else ""
    return Finding("venv", "", f"this Python comes without {' and '.join(missing)}", mend)


def library(soname: str) -> ctypes.CDLL | None:
    """A shared library by its Linux name (libpango-1.0.so.0), or None. On macOS Homebrew's folders are searched too."""
    names = [soname]
    if sys.platform == "darwin":
        stem, _, number = soname.partition(".so.")
        names = [f"{stem}.{number}.dylib"]
        names += [f"{folder}/{names[0]}" for folder in HOMEBREW_LIBRARIES]
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def lend_homebrew() -> None:
    """Let this process find Homebrew's libraries; call it before WeasyPrint is imported.

    A Python not from Homebrew does not look there, and macOS drops DYLD_* on its way through /bin/sh and make;
    What asks ctypes.util.find_library finds them then: it reads the variable when it is asked.
    """
    if sys.platform == "darwin":
        os.environ.setdefault("DYLD_FALLBACK_LIBRARY_PATH", ":".join((*HOMEBREW_LIBRARIES, "/usr/lib")))


def _version(loaded: ctypes.CDLL, function: str) -> str:
    call = getattr(loaded, function)
    call.restype = ctypes.c_char_p
    answer: bytes = call()
    return answer.decode()


def pango(system: System | None) -> Finding:
    """The libraries that set type and cut fonts down; all or none, since one command brings them."""
    sonames = (
        *("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libfontconfig.so.1"),
        # WeasyPrint 70 can do without the last, by fontTools: slowly, and in other bytes. So we cannot.
        *("libharfbuzz.so.0", "libharfbuzz-subset.so.0"),
    )
    loaded = {soname: library(soname) for soname in sonames}
    missing = [soname for soname, found in loaded.items() if found is None]
    mend = install_command(system, system.pango) if system else ""
    first = loaded[sonames[0]]
    if missing or first is None:
        return Finding("Pango", "", f"{', '.join(missing)} cannot be loaded", mend)
    versions = type_setters()
    if _numbers(versions[1]) < OLDEST_HARFBUZZ:
        wanted = ".".join(map(str, OLDEST_HARFBUZZ))
        return Finding("Pango", "", f"its HarfBuzz is {versions[1]}, and {wanted} is the oldest that will do", mend)
    return Finding("Pango", versions[0])


def type_setters() -> tuple[str, ...]:
    """The versions of the libraries that lines and glyphs come from; '' for one that is not here."""
    asked = (("libpango-1.0.so.0", "pango_version_string"), ("libharfbuzz.so.0", "hb_version_string"))
    found = ((library(soname), function) for soname, function in asked)
    return tuple(_version(loaded, function) if loaded else "" for loaded, function in found)


REQUIREMENT = r"([\w.-]+)\s*(?:\[[^]]*\])?\s*(?:==\s*([\w.]+))?[^;]*(?:;.*extra\s*==\s*['\"]([\w-]+))?"


def packages(requirements: Iterable[str] | None = None) -> tuple[Finding, ...]:
    """Engines, font packages and judges against the pins of postpress's own metadata. Imports none of them."""
    from importlib import metadata

    if requirements is None:
        try:
            requirements = metadata.requires("postpress") or ()
        except metadata.PackageNotFoundError:
            return (Finding("postpress", "", "is not installed in this Python", "make"),)
    return tuple(_package(requirement) for requirement in requirements)


def _package(requirement: str) -> Finding:
    import shlex
    from importlib import metadata

    match = re.match(REQUIREMENT, requirement)
    assert match, requirement
    name, pin, extra = match.groups()
    mend = f"{shlex.quote(sys.executable)} -m pip install {shlex.quote(requirement.partition(';')[0].strip())}"
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(name, "", "is not installed", mend, needed=not extra)
    if pin and _numbers(found) != _numbers(pin):
        return Finding(name, found, f"{pin} is wanted: another version is another output", mend, needed=not extra)
    return Finding(name, found)


def _numbers(version: str) -> list[int]:
    """Source Serif 4 calls itself 4.004 where a lock says 4.4: one version, by the rules of PEP 440."""
    return [int(number) for number in re.findall(r"\d+", version)]


def output_folder(path: Path) -> Finding:
    """The folder results go to, or the nearest one above it that exists, can be written."""
    import shlex

    nearest = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Finding("output", str(path))
    return Finding("output", str(path), f"{nearest} cannot be written", f"chmod u+rwx {shlex.quote(str(nearest))}")


def examine(output: Path = Path("build")) -> tuple[Finding, ...]:
    """Everything that `postpress doctor` reports, in reading order."""
    system = this_system()
    return (python(system), pango(system), *packages(), output_folder(output))


def report(findings: Iterable[Finding]) -> str:
    """The findings as lines for a person; a command that mends several is said once."""
    lines = []
    mends = {""}
    for finding in findings:
        state = "ok" if not finding.wrong else "MISSING" if finding.needed else "optional"
        said = " ".join(filter(None, (finding.name, finding.found))) + (f": {finding.wrong}" if finding.wrong else "")
        lines.append(f"{state:<8} {said}")
        if finding.mend not in mends:
            mends.add(finding.mend)
            lines.append(f"{'':<8} mend it with: {finding.mend}")
    return "\n".join(lines)


def mend(system: System | None, environment: Mapping[str, str] = os.environ) -> int:
    """Before any environment: 0 if one can be made and Pango loads, 2 if a person must act first."""
    first = (python(system), venv(system))
    if any(finding.stops for finding in first):
        return _say_and_stop(first)
    return bring(system, system.pango if system else "", lambda: pango(system), environment)


def bring(
    system: System | None, packages: str, look: Callable[[], Finding], environment: Mapping[str, str] = os.environ
) -> int:
    """0 if what `look` looks for is here, 2 if a person must act first.

    As root, packages that are missing are installed, after saying so; nothing ever asks.
    """
    import shlex
    import shutil
    import subprocess

    found = look()
    manager = system.install.split()[0] if system else "brew"
    # brew refuses to be run as root.
    if found.wrong and os.geteuid() == 0 and system and manager != "brew" and shutil.which(manager):
        print(report([found]), flush=True)
        for command in filter(None, (system.refresh, f"{system.install} {system.yes} {packages}")):
            print(f"postpress runs, as root: {command}", flush=True)
            # Only the last command's outcome counts, and that by what is here then.
            subprocess.run(
                shlex.split(command),
                env={**environment, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                check=False,
            )
        found = look()
    return _say_and_stop([found]) if found.wrong else 0


def _say_and_stop(findings: Iterable[Finding]) -> int:
    """Print what is wrong to stderr; 2 if any of it stops a build."""
    wrong = [finding for finding in findings if finding.wrong]
    print(report(wrong), file=sys.stderr)
    if not all(finding.mend for finding in wrong):
        print("No command is known for this system: install what is named above.", file=sys.stderr)
    return 2 if any(finding.stops for finding in wrong) else 0


if __name__ == "__main__":
    if "--mend" in sys.argv[1:]:
        sys.exit(mend(this_system()))
    print(report(examine()))

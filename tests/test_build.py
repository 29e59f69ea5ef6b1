"""What is rebuilt and what is left alone; and that nothing is ever half written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import build, check, cover, reading
from pipeline.editions import named
from pipeline.errors import error
from pipeline.layouts import Commission
from pipeline.settings import Settings, load
from tests.vocabulary import ROOT, Run, post, postpress


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A post with a picture, an include and settings, built once."""
    (tmp_path / "a.rst").write_text(post(".. image:: dot.svg\n   :alt: A dot\n\n.. include:: more.txt\n"))
    (tmp_path / "more.txt").write_text("More text.\n")
    (tmp_path / "dot.svg").write_text(_dot("red"))
    (tmp_path / "postpress.toml").write_text('publisher = "One"\n')
    assert _built(_build(tmp_path)) == ["a.pdf", "a.epub"]
    return tmp_path


def _dot(colour: str) -> str:
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle r='4' fill='{colour}'/></svg>"


def _build(folder: Path, *arguments: str, **environment: str) -> Run:
    return postpress("build", "a.rst", *arguments, folder=folder, **environment)


def _built(run: Run) -> list[str]:
    assert run.code == 0, run.err
    return [Path(line.split()[1]).name for line in run.out.splitlines() if line.startswith("built")]


def test_nothing_changed_nothing_built_and_no_engine_loaded(project: Path) -> None:
    assert _built(_build(project)) == []
    traced = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pipeline", "build", "a.rst"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rsplit("|", 1)[-1].strip() for line in traced.stderr.splitlines()}
    assert "pipeline.build" in loaded
    assert not loaded & {"weasyprint", "ebooklib", "docutils", "docutils.core", "pikepdf", "lxml.etree", "PIL.Image"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.rst", post("New text.\n")),
        ("more.txt", "Other text.\n"),
        ("dot.svg", _dot("blue")),
        ("postpress.toml", 'publisher = "Two"\n'),
    ],
)
def test_what_depends_on_a_changed_file_is_rebuilt(name: str, text: str, project: Path) -> None:
    (project / name).write_text(text)
    assert _built(_build(project)) == ["a.pdf", "a.epub"]
    assert _built(_build(project)) == []


def test_what_does_not_change_the_settings_rebuilds_nothing(project: Path) -> None:
    (project / "postpress.toml").write_text('# a remark\npublisher   =   "One"\n')
    os.utime(project / "a.rst")
    assert _built(_build(project)) == []


@pytest.mark.parametrize(
    ("pages", "style", "rebuilt"),
    [
        ("true", "ebook.css", ["a.epub"]),
        ("true", "paged.css", ["a.pdf", "a.epub"]),  # which says where pages begin
        ("false", "paged.css", ["a.pdf"]),
    ],
)
def test_a_style_rebuilds_what_it_is_seen_in(pages: str, style: str, rebuilt: list[str], project: Path) -> None:
    with (project / "postpress.toml").open("a") as settings:
        settings.write(f"page_list = {pages}\n")
    copy = project / "checkout"
    for part in ("pipeline", "styles"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    _build(project, PYTHONPATH=str(copy))
    (copy / "styles" / style).write_text((ROOT / "styles" / style).read_text() + "\nem { color: black }\n")
    assert _built(_build(project, PYTHONPATH=str(copy))) == rebuilt


def test_a_setting_rebuilds_what_depends_on_it_and_nothing_else(project: Path) -> None:
    settings = project / "postpress.toml"
    settings.write_text('publisher = "One"\nsources = ["*.rst"]\nkeep_whole = ["no-where"]\n')
    assert _built(_build(project)) == []
    settings.write_text('publisher = "One"\n[labels]\ncover = "Front"\n')
    assert _built(_build(project)) == ["a.epub"]
    settings.write_text('publisher = "One"\n[labels]\ncover = "Front"\nabout = "Of this"\n')
    assert _built(_build(project)) == ["a.pdf", "a.epub"]


@pytest.mark.parametrize("changed", ["bind/__init__.py", "labels/fr.toml"])
def test_a_changed_pipeline_rebuilds(changed: str, project: Path) -> None:
    copy = project / "checkout"
    for part in ("pipeline", "styles"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "pipeline" / changed).open("a") as file:
        file.write("# another line\n")
    assert _built(_build(project, PYTHONPATH=str(copy))) == ["a.pdf", "a.epub"]


def test_a_cover_is_drawn_again_only_if_it_changes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    drawn: list[bytes] = []
    draw = cover.drawn

    def watched(pdf: bytes) -> cover.Covers:
        drawn.append(pdf)
        return draw(pdf)

    monkeypatch.setattr(cover, "drawn", watched)
    source = project / "a.rst"
    plain = source.read_text()
    other = plain.replace("=\nTitle\n=", "=\nOther\n=")
    for text, times in ((plain + "\nOne line more.\n", 0), (other, 1), (plain, 1)):
        source.write_text(text)
        (made,), failures = build.build(Path("a.rst"), [named("ebook")], Path("build"), load(project))
        assert not made.fresh and not failures
        assert len(drawn) == times


def test_a_lost_or_damaged_output_or_record_is_rebuilt(project: Path) -> None:
    (project / "build" / "a.pdf").write_bytes(b"damaged")
    assert _built(_build(project)) == ["a.pdf"]
    (project / "build" / "a.epub").unlink()
    assert _built(_build(project)) == ["a.epub"]
    (project / "build" / "a-cover.jpg").unlink()
    assert _built(_build(project)) == ["a.epub"]
    assert (project / "build" / "a-cover.jpg").is_file()
    for record in (project / "build" / ".cache").glob("a.*"):
        record.write_text("[]")
    assert _built(_build(project)) == ["a.pdf", "a.epub"]


def test_warnings_are_said_again_when_nothing_is_built(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text("T\n=\n\n:Date: 2026-01-02\n:Autor: A. Writer\n\nText.\n")
    first, second = _build(tmp_path), _build(tmp_path)
    assert "a.rst:5: warning RST123: the field 'Autor'" in first.err
    assert "did you mean author?" in first.err
    assert first.err == second.err
    assert _built(second) == []


def test_only_the_output_folder_is_written_to(project: Path) -> None:
    before = {path for path in project.rglob("*") if "build" not in path.parts}
    _build(project, "--output", "elsewhere/deep", HOME=str(project / "home"), TMPDIR=str(project))
    new = {path.relative_to(project).parts[0] for path in project.rglob("*") if path not in before} - {"build"}
    assert new == {"elsewhere"}


def test_two_builds_at_once_do_no_harm(project: Path) -> None:
    shutil.rmtree(project / "build")
    command = [sys.executable, "-m", "pipeline", "build", "a.rst"]
    both = [subprocess.Popen(command, cwd=project, env={**os.environ, "PYTHONPATH": str(ROOT)}) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert sorted(path.name for path in (project / "build").iterdir()) == [".cache", "a-cover.jpg", "a.epub", "a.pdf"]
    assert _built(_build(project)) == []


def test_another_source_of_the_same_name_is_not_fresh(project: Path) -> None:
    (project / "other").mkdir()
    (project / "other" / "a.rst").write_text(post("Another text.\n"))
    assert _built(postpress("build", "other/a.rst", folder=project)) == ["a.pdf", "a.epub"]
    assert _built(_build(project)) == ["a.pdf", "a.epub"]


def test_a_claim_that_fails_is_absent_and_the_build_says_why(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = reading.bound(project / "a.rst", Settings()).book
    made = build.edition_of(Commission(book, named("print"), Settings()))
    whole, said = made.data, made.said
    assert (check.pdf.claims(whole), said) == (True, ())
    fault = error("UA7.1-9", "no title")
    monkeypatch.setattr(check.pdf, "structure", lambda *_, **__: (fault,))
    made = build.edition_of(Commission(book, named("print"), Settings()))
    plain, said = made.data, made.said
    assert not check.pdf.claims(plain)
    assert [(d.code, "no title" in d.message) for d in said] == [("PDF010", True)]


def test_a_build_killed_while_it_writes_leaves_the_old_files_whole(project: Path) -> None:
    old = {path: path.read_bytes() for path in (project / "build").glob("a.*")}
    (project / "a.rst").write_text(post("Quite another text.\n"))
    script = """if True:
        import os, pathlib, signal, sys
        pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        sys.argv = ["postpress", "build", "a.rst"]
        from pipeline.cli import main
        main()
        """
    killed = subprocess.run(
        [sys.executable, "-c", script], cwd=project, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert {path: path.read_bytes() for path in old} == old
    assert [path.name for path in (project / "build" / ".cache").glob("draft-*")] != [], "the draft it was writing"
    assert _built(_build(project)) == ["a.pdf", "a.epub"]
    assert [path.name for path in (project / "build" / ".cache").glob("draft-*")] == []


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """A limit on the size of files fails as a full disk does: in the middle of a write."""
    old = tmp_path / "a.pdf"
    old.write_bytes(b"what was built before")
    script = """if True:
        import resource, signal, sys
        from pathlib import Path
        from pipeline import cache, errors
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            cache.write(Path("a.pdf"), bytes(100_000))
        except errors.OutputError as fault:
            sys.exit(str(fault))
        """
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr.startswith("a.pdf: error OUT001: cannot be written: File too large"), run.stderr
    assert old.read_bytes() == b"what was built before"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.pdf"]


def test_the_same_source_gives_the_same_bytes_anywhere(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "an other folder"
    other.mkdir()
    for name in ("a.rst", "more.txt", "dot.svg", "postpress.toml"):
        shutil.copy(project / name, other)
    _build(other, TZ="Asia/Kathmandu", LC_ALL="C", PYTHONHASHSEED="7")
    for name in ("a.pdf", "a.epub"):
        assert (other / "build" / name).read_bytes() == (project / "build" / name).read_bytes()


def test_what_is_wrong_in_many_places_is_told_of_a_few_and_counted(tmp_path: Path) -> None:
    fields = "".join(f":Autor: {number}\n" for number in range(9))
    (tmp_path / "a.rst").write_text(f"T\n=\n\n{fields}:Adress: 1\n\nText.\n")
    said = _build(tmp_path).err
    assert said.count("a.rst:") == 3 + 1
    assert "warning RST123: the field 'Autor' is not known, so it is shown as text: in 6 more places" in said

"""Arguments in, calls out, diagnostics to stderr. The one door to click."""

from __future__ import annotations

import atexit
import gc
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from pipeline.crew import Crew
from pipeline.doctor import lend_homebrew
from pipeline.editions import EDITIONS, named
from pipeline.errors import Diagnostic, PipelineError, SettingsError, Severity, SourceError, error
from pipeline.model import Edition
from pipeline.settings import LENIENT, Settings, load

_SOURCES = click.argument("sources", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[SOURCE]...")
_EDITIONS = click.option(
    "--edition",
    "editions",
    multiple=True,
    type=click.Choice([edition.name for edition in EDITIONS]),
    help="Only this edition; may be given more than once.",
)
_JOBS = click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="How many processes work at once [default: one a core]."
)
_SCHEDULER = click.option(
    "--scheduler", metavar="ADDRESS", default="", help="Have a Dask cluster do the work: tcp://HOST:PORT."
)
_LENIENT = click.option(
    "--lenient", is_flag=True, help="Faults of the source are warnings, and are mended as well as can be."
)
PLAN = "book.toml"
_ALIKE = 3  # places that are told of one fault; the others are counted
_OUTPUT = click.option("--output", type=click.Path(path_type=Path), help="The folder to write to [default: build].")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="postpress")
def cli() -> None:
    """One reStructuredText source; a print edition and an ebook."""


@cli.command()
@_SOURCES
@_EDITIONS
@_OUTPUT
@_JOBS
@_SCHEDULER
@_LENIENT
def build(
    sources: tuple[Path, ...],
    editions: tuple[str, ...],
    output: Path | None,
    jobs: int | None,
    scheduler: str,
    lenient: bool,
) -> None:
    """Build the editions of each SOURCE; without one, of all that the settings name.

    What is up to date is left alone.
    """
    from pipeline import build as stage

    def step(*order: Any) -> tuple[list[str], list[PipelineError]]:
        done, failed = stage.build(*order)
        told.update((said, None) for item in done for said in item.said if said.severity is not Severity.NOTE)
        return [f"{'fresh' if item.fresh else 'built'}  {item.path}" for item in done], failed

    told: dict[Diagnostic, None] = {}
    _each(_work(sources, editions, output, lenient=lenient), Crew(jobs, scheduler), step, told)


@cli.command()
@_SOURCES
@_EDITIONS
@_OUTPUT
@_JOBS
@_SCHEDULER
@_LENIENT
def check(
    sources: tuple[Path, ...],
    editions: tuple[str, ...],
    output: Path | None,
    jobs: int | None,
    scheduler: str,
    lenient: bool,
) -> None:
    """Build what is stale, then hold every edition against every rule there is, and print the counts."""
    from pipeline import preflight as stage

    _each(_work(sources, editions, output, lenient=lenient), Crew(jobs, scheduler), stage.preflight)


@cli.command()
def editions() -> None:
    """List the editions: name, file and purpose."""
    for edition in EDITIONS:
        click.echo(f"{edition.name:12} {edition.file_name('SLUG'):20} {edition.purpose}")


@cli.command()
@_OUTPUT
def doctor(output: Path | None) -> None:
    """Say what is here, what is missing, and the command that mends it on this system."""
    from pipeline import doctor as stage

    findings = stage.examine(output or Path(load(Path()).output))
    click.echo(stage.report(findings))
    if any(finding.stops for finding in findings):
        sys.exit(SettingsError.exit_code)


def main() -> None:
    """The command `postpress`. Whatever goes wrong, a person gets a message and a shell gets an exit code."""
    lend_homebrew()
    atexit.register(gc.freeze)  # what is left at the end goes with the process: a last collection takes a tenth of it
    try:
        cli(prog_name="postpress", standalone_mode=False)
    except PipelineError as failure:
        _say(failure.diagnostics)
        sys.exit(failure.exit_code)
    except click.ClickException as failure:
        failure.show()
        sys.exit(failure.exit_code)
    except OSError as fault:
        sys.exit(f"postpress: {fault.strerror or fault}")  # its own output could not be written
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


def _each(
    work: Iterable[tuple[Path, tuple[Edition, ...], Settings, Path]],
    crew: Crew,
    step: Callable[..., tuple[list[str], list[PipelineError]]],
    told: dict[Diagnostic, None] | None = None,
) -> None:
    """Take a step for each source: its lines to stdout, its failures and what it `told` to stderr.

    Exits as the first failure says.
    """
    failures: list[PipelineError] = []
    for source, wanted, settings, folder in work:
        with _Progress() as progress:
            lines, failed = step(source, wanted, folder, settings, crew, progress.tell)
        _say(told or ())
        if told:
            told.clear()
        for line in lines:
            click.echo(line)
        for failure in failed:
            _say(failure.diagnostics)
        failures += failed
    if failures:
        sys.exit(failures[0].exit_code)


def _work(
    sources: tuple[Path, ...], names: tuple[str, ...], output: Path | None, *, lenient: bool
) -> list[tuple[Path, tuple[Edition, ...], Settings, Path]]:
    """(source, editions, settings, output folder) for each source to build. Raises SettingsError or SourceError."""
    from pipeline import build as stage

    here = load(Path())
    if not sources:
        found = {path for pattern in here.sources for path in _matching(pattern)}
        # A plan names its chapters, and an index beside it may be one of them.
        plans = {path.parent for path in found if path.name == PLAN}
        sources = tuple(sorted(path for path in found if path.name != "index.rst" or path.parent not in plans))
        if not sources:
            missing = f"no source is called {' or '.join(here.sources)} here"
            raise SourceError(error("SRC001", missing, hint="name a file to build, or set `sources`"))
    sources = tuple(map(_index, sources))
    folder = output or Path(here.output)
    editions = tuple(map(named, dict.fromkeys(names))) or EDITIONS
    stage.refuse_clashes([(source, folder) for source in sources], editions)
    work = []
    for source in {path.resolve(): path for path in sources}.values():
        settings = load(source.parent)
        work.append((source, editions, replace(settings, lenient=tuple(LENIENT)) if lenient else settings, folder))
    return work


def _index(source: Path) -> Path:
    """The source itself, or of a folder the plan or the index in it."""
    if not source.is_dir():
        return source
    return next((path for name in (PLAN, "index.rst") if (path := source / name).is_file()), source)


def _matching(pattern: str) -> Iterable[Path]:
    try:
        return list(Path().glob(pattern))
    except (ValueError, NotImplementedError) as fault:
        words = f"{pattern!r} in `sources` is not a pattern of relative paths"
        raise SettingsError(error("SET003", words, hint="write “source/*.rst” or the like")) from fault


def _say(diagnostics: Iterable[Diagnostic]) -> None:
    """Each to stderr; of those that say the same of many places the first few, and how many there are."""
    alike: dict[tuple[str, str], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        alike.setdefault((diagnostic.code, diagnostic.message), []).append(diagnostic)
    for (code, message), found in alike.items():
        for diagnostic in found[:_ALIKE]:
            click.echo(str(diagnostic), err=True)
        if (more := len(found) - _ALIKE) > 0:
            places = f"{more} more places" if more > 1 else "one more place"
            click.echo(f"{found[0].severity} {code}: {message}: in {places}", err=True)


class _Progress:
    """One line on a terminal that says what is being worked on, once that takes over a second; it goes in the end."""

    def __enter__(self) -> _Progress:
        self.terminal = sys.stderr is not None and sys.stderr.isatty()
        self.since_s, self.shown = time.monotonic(), False
        return self

    def tell(self, step: str) -> None:
        if self.terminal and time.monotonic() - self.since_s > 1:
            self.shown = True
            room = shutil.get_terminal_size().columns - 3
            click.echo(f"\r\033[K{step if len(step) <= room else '…' + step[1 - room :]} …", err=True, nl=False)

    def __exit__(self, *_: object) -> None:
        if self.shown:
            click.echo("\r\033[K", err=True, nl=False)

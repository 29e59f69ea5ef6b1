"""Who does the work: child processes of this one, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from pipeline import work
from pipeline.errors import Location, PipelineError

J = TypeVar("J")
T = TypeVar("T")


class Crew(Struct, frozen=True):
    """`jobs` is how many run at once, as many as there are cores unless given. `scheduler` is a cluster's address."""

    jobs: int | None = None
    scheduler: str = ""

    def run(
        self,
        function: Callable[[J], T],
        jobs: Sequence[J],
        *,
        what: Callable[[J], str],
        where: Callable[[J], Location | None],
        limits: work.Limits,
        several: bool = False,
        told: Callable[[int, int, int, T | PipelineError], None] = lambda _index, _done, _total, _end: None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> list[T | PipelineError]:
        """What the function makes of each job, or why it made nothing, in their order; see `work.run`."""
        if self.scheduler:
            from pipeline import cluster

            return cluster.run(function, jobs, self.scheduler, what=what, where=where, limits=limits, told=told)
        return work.run(
            function,
            jobs,
            what=what,
            where=where,
            workers=self.jobs,
            limits=limits,
            several=several,
            told=told,
            meanwhile=meanwhile,
        )

    def forks(self) -> bool:
        """Whether the work is done by forks of this process, which should have imported what the work needs."""
        return not self.scheduler and work.forks()


HERE = Crew()  # child processes, one a core

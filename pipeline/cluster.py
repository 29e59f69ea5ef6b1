"""The same jobs on the workers of a Dask cluster, which see the same folders and have the same postpress and engines.

Each has limits there as it would have here: a worker gives every job a process of its own (`work.run`). Dask gives the
jobs of a worker that is lost to the others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from pipeline import cache, work
from pipeline.errors import Location, PipelineError, RenderError, error

J = TypeVar("J")
T = TypeVar("T")

_PATIENCE_S = 20  # for a scheduler that does not answer


def run(
    function: Callable[[J], T],
    jobs: Sequence[J],
    scheduler: str,
    *,
    what: Callable[[J], str],
    where: Callable[[J], Location | None],
    limits: work.Limits,
    told: Callable[[int, int, int, T | PipelineError], None],
) -> list[T | PipelineError]:
    """What `work.run` gives.

    Raises RenderError: CLU001 Dask is not here, CLU002 no scheduler or no worker answers, CLU004 a worker would make
    other bytes, since its engines are not those here.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as missing:
        hint = "pip install 'postpress[cluster]', here and on the workers"
        raise RenderError(error("CLU001", "Dask is not installed", hint=hint)) from missing
    try:
        client = Client(scheduler, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as fault:
        hint = "start one with `dask scheduler`, and workers with `dask worker ADDRESS`"
        raise RenderError(error("CLU002", f"no Dask scheduler answers at {scheduler}: {fault}", hint=hint)) from fault
    ends: dict[int, T | PipelineError] = {}
    with client:
        _refuse_others(client, scheduler)
        here = os.getcwd()  # noqa: PTH109 - a text, for another machine
        futures = {
            client.submit(_one, function, job, here, what(job), where(job), limits, pure=False): number
            for number, job in enumerate(jobs)
        }
        for future in as_completed(futures, loop=client.loop):
            number = futures[future]
            try:
                end = future.result()
            except Exception as fault:
                words = f"{what(jobs[number])} failed on the cluster: {type(fault).__name__}: {fault}"
                end = RenderError(error("CLU003", words, where(jobs[number]), "see the workers' own messages"))
            ends[number] = end
            told(number, len(ends), len(jobs), end)
    return [ends[number] for number in range(len(jobs))]


def _refuse_others(client: Any, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_S)
        others = [name for name, has in client.run(cache.surroundings).items() if has != cache.surroundings()]
    except (OSError, TimeoutError) as fault:
        hint = "start workers with `dask worker ADDRESS`"
        raise RenderError(error("CLU002", f"no worker is at {scheduler}", hint=hint)) from fault
    if others:
        hint = "install the same postpress there, with the same Python, Pango and HarfBuzz"
        raise RenderError(error("CLU004", f"{name} would make other bytes", hint=hint) for name in others)


def _one(
    function: Callable[[J], T], job: J, folder: str, what: str, where: Location | None, limits: work.Limits
) -> T | PipelineError:
    there = partial(_there, function, folder)
    (end,) = work.run(there, [job], what=lambda _: what, where=lambda _: where, workers=1, limits=limits)
    return end


def _there(function: Callable[[J], T], folder: str, job: J) -> T:
    """Do a job in the folder that its paths start from; the process is the job's own."""
    os.chdir(folder)
    return function(job)

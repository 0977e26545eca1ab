"""A sweep on Dask distributed, as README.md has it: a worker that is killed loses no row and doubles none."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

import leftright

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

SPEC = {"steps": 150, "splits": ["unseen"], "set": {"d_model": 32, "batch": 64}, "grid": {"seed": list(range(8))}}
SHARES = 8


def share(k: int, begun: str) -> leftright.Table:
    """One of the sweep's shares; notes who began it."""
    with open(begun, "a") as notes:
        notes.write(f"{k} {os.getpid()}\n")
    return leftright.sweep(**SPEC, shard=f"{k}/{SHARES}")


def test_a_killed_worker_loses_no_row_and_doubles_none(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    # The killed worker is no fault of the share that it was at.
    settings = {"distributed.scheduler.allowed-failures": 10, "distributed.logging.distributed": "critical"}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        futures = [client.submit(share, k, str(begun)) for k in range(1, SHARES + 1)]
        while not any(future.done() for future in futures):
            time.sleep(0.01)
        # The worker that began last is at its share still.
        victim = int(begun.read_text().split()[-1])
        os.kill(victim, getattr(signal, "SIGKILL", signal.SIGTERM))  # on Windows the latter is as sudden
        tables = client.gather(futures)
    notes = [line.split() for line in begun.read_text().splitlines()]
    # The control: the kill did break a share off, which another process began again.
    assert len(notes) > SHARES and len({pid for _, pid in notes}) > 1
    whole = leftright.sweep(**SPEC)
    order = np.argsort(np.concatenate([table["model"] for table in tables]), kind="stable")
    for column in whole.columns:
        np.testing.assert_array_equal(np.concatenate([table[column] for table in tables])[order], whole[column])

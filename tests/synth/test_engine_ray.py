"""The bytes of a set are the same from a Ray cluster, even where a machine of it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conf.test_app import ROOT, command
from tests.synth.sets import TINY, content

SET = ("count=150", *TINY, "link=dense")
MEMORY = 80 * 1024**2


@contextmanager
def _cluster() -> Iterator[tuple[Any, Path]]:
    """A cluster that lives on this machine, with the folder of its logs: so far a head alone, which does not render."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp") as scratch:
        head = {"num_cpus": 0, "object_store_memory": MEMORY, "include_dashboard": False, "temp_dir": scratch}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        try:
            yield cluster, Path(scratch, "session_latest/logs")
        finally:
            cluster.shutdown()


def _is_rendering(raylet: int) -> bool:
    """Whether a worker of that node has a part in hand: Ray names the process after its task."""
    children = subprocess.run(["ps", "-o", "args=", "--ppid", str(raylet)], capture_output=True, text=True).stdout
    return "ray::_render_part" in children


@pytest.mark.slow
def test_a_set_is_the_same_from_two_nodes_one_of_which_dies(tmp_path: Path) -> None:
    done = command("synth", *SET, "workers=2", "out=local", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with _cluster() as (cluster, logs):
        process = subprocess.Popen(
            [sys.executable, "-m", "synth", *SET, "out=ray", "engine=ray", f"engine.address={cluster.address}"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not any(logs.glob("python-core-driver-*.log")):  # it talks to the head from now on
            assert process.poll() is None
            time.sleep(0.02)
        nodes = [cluster.add_node(num_cpus=1, object_store_memory=MEMORY) for _ in range(2)]
        lost = int(nodes[1].all_processes["raylet"][0].process.pid)
        while not _is_rendering(lost):
            assert process.poll() is None, "the set was whole before the second node had a part"
            time.sleep(0.02)
        os.kill(lost, signal.SIGKILL)
        assert not (tmp_path / "ray/annotations.json").exists()
        printed, said = process.communicate(timeout=240)
        assert process.returncode == 0, said
    assert content(tmp_path / "local") == content(tmp_path / "ray")
    assert printed == "" and "raylet" not in said  # Ray's own log stays off the terminal


@pytest.mark.slow
def test_without_an_address_a_cluster_lives_as_long_as_the_command(tmp_path: Path) -> None:
    small = ("count=30", *TINY)
    assert command("synth", *small, "out=local", "workers=1", cwd=tmp_path).returncode == 0
    before = set(Path("/tmp").glob("ray-*"))
    done = command("synth", *small, "out=ray", "workers=1", "engine=ray", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert content(tmp_path / "local") == content(tmp_path / "ray")
    assert set(Path("/tmp").glob("ray-*")) == before


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nonsense"])
def test_an_address_where_no_cluster_is_found_is_named(tmp_path: Path, address: str) -> None:
    done = command("synth", "count=1", *TINY, "engine=ray", f"engine.address={address}", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"engine.address={address}: no Ray cluster answers")


def test_without_ray_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    # Python refuses to import a module that is None, as it does one that is not there.
    code = "import sys; sys.modules['ray'] = None; from synth.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "count=1", *TINY, "engine=ray"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "engine=ray needs Ray, which is not installed: pip install inklink[ray]."

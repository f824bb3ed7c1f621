"""A Ray cluster that renders parts: a task each; scheduling, retries and lost machines are Ray's business."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from itertools import islice
from pathlib import Path
from typing import Any

from conf import UserError
from conf.schema.synth import SynthConfig
from synth.parts import render_part

log = logging.getLogger(__name__)

# Ray's least, in bytes: a task takes a range of pages and gives it back.
_OBJECT_STORE = 80 * 1024**2
_QUEUED = 2
_ANSWER_S = 10


def rendered(config: SynthConfig, parts: Iterable[range]) -> Generator[range, None, None]:
    """Renders parts on the cluster, and yields each when it is done.

    Raises:
        UserError: where Ray is not installed, its cluster cannot be reached, or lost the same part again and again.
    """
    with _cluster(config) as ray:
        render = ray.remote(max_retries=config.engine.attempts - 1)(_render_part)
        waiting, running, lost = iter(parts), dict[Any, range](), set[str]()
        while True:
            cores = max(1, int(ray.cluster_resources().get("CPU", 1)))  # machines come and go
            for part in islice(waiting, max(0, _QUEUED * cores - len(running))):
                running[render.remote(config, part, Path.cwd())] = part
            if not running:
                return
            (done,), _ = ray.wait(list(running), num_returns=1)
            part = running.pop(done)
            _report_lost(ray, lost)
            try:
                yield ray.get(done)
            except ray.exceptions.RayTaskError as error:
                raise error.cause from None
            except ray.exceptions.RayError as error:
                raise UserError(
                    f"Ray gave up pages {part.start} to {part.stop - 1} after {config.engine.attempts} attempts "
                    f"({type(error).__name__}); what is finished is kept, and the same command goes on."
                ) from None


def _report_lost(ray: Any, known: set[str]) -> None:
    for node in ray.nodes():
        if not node["Alive"] and node["NodeID"] not in known:
            known.add(node["NodeID"])
            log.warning("A machine of the cluster is lost (%s); others do its pages again.", node["NodeManagerAddress"])


def _render_part(config: SynthConfig, part: range, folder: Path) -> range:
    """Runs on a machine of the cluster; relative paths mean there what they mean here."""
    os.chdir(folder)
    return render_part(config, part)


@contextmanager
def _cluster(config: SynthConfig) -> Iterator[Any]:
    """Ray, connected to the cluster at the address, or to one that lives as long as the context."""
    ray = _import_ray()
    # Ray's sockets need a path of less than 108 bytes, whatever TMPDIR is.
    scratch = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    local = {
        "num_cpus": config.workers,
        "object_store_memory": _OBJECT_STORE,
        "include_dashboard": False,
        "_temp_dir": scratch,
    }
    address = config.engine.address
    try:
        _connect(ray, address or "local", {} if address else local)
        # Of a lost machine Ray prints twenty lines of its log, if only when it ends; one sentence is said by us.
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            try:
                yield ray
            finally:
                ray.shutdown()
    finally:
        ray.shutdown()
        shutil.rmtree(scratch, ignore_errors=True)


def _connect(ray: Any, address: str, options: dict[str, Any]) -> None:
    try:
        host, colon, port = address.rpartition(":")
        if colon and "/" not in host:  # Ray itself would knock for minutes
            socket.create_connection((host, int(port)), timeout=_ANSWER_S).close()
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", **options)
    except (OSError, ValueError) as error:
        raise UserError(f"engine.address={address}: no Ray cluster answers ({str(error).splitlines()[0]}).") from None


def _import_ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            import ray
    except ModuleNotFoundError:
        raise UserError("engine=ray needs Ray, which is not installed: pip install inklink[ray].") from None
    return ray

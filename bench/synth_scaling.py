"""Wall time and memory of whole sets by the number of workers: `python -m bench.synth_scaling [pages] [override …]`.

On an idle machine two workers render 1.9 times what one does. Start-up is measured apart, as the CPU time of a set
of one page, and taken off: of a large set it is no part.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

_SAMPLED_S = 0.2


def main() -> None:
    """Prints start-up, and for each number of workers pages per second, their ratio, and the memory of a worker."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    cores = os.cpu_count() or 1
    before = _cpu_seconds()
    start_up, _ = _made(1, 1)
    print(f"a set of one page: {start_up:.2f} s, {_cpu_seconds() - before:.2f} s of CPU")
    single = 0.0
    for workers in sorted({1, 2, cores}):
        seconds, memory = _made(pages, workers)
        speed = pages / (seconds - start_up)
        single = single or speed
        print(
            f"{workers} workers: {speed:.1f} pages per second, {speed / single:.2f} times one worker, "
            f"at most {memory / 1024:.0f} MiB in one process"
        )


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _made(pages: int, workers: int) -> tuple[float, int]:
    """Seconds that a set takes, and the largest memory (KiB resident) of one of its processes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "synth", f"count={pages}", f"workers={workers}", f"out={folder}/set"]
        start = time.perf_counter()
        with subprocess.Popen([*command, *sys.argv[2:]], stderr=subprocess.DEVNULL) as process:
            peaks: dict[Path, int] = {}
            watcher = threading.Thread(target=_watch, args=(process, peaks))
            watcher.start()
            status = process.wait()
            seconds = time.perf_counter() - start
            watcher.join()
    if status:
        sys.exit(f"{' '.join(command)} ended with status {status}.")
    return seconds, max(peaks.values(), default=0)


def _watch(process: subprocess.Popen[bytes], peaks: dict[Path, int]) -> None:
    """Notes the peak of the process and of its children, as the kernel counts it, until it ends."""
    while process.poll() is None:
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            for number in (process.pid, *children):
                status = Path(f"/proc/{number}/status")
                peaks[status] = max(peaks.get(status, 0), _peak(status.read_text()))
        except FileNotFoundError:  # it ended between the two looks
            pass
        time.sleep(_SAMPLED_S)


def _peak(status: str) -> int:
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main()

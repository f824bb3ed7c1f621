"""Workers that die are noticed, and workers whose parent dies follow it."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from conf import UserError
from data import processes
from data.processes import worker_processes


def _die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_dies_is_one_sentence() -> None:
    with pytest.raises(UserError, match="a worker died"), worker_processes(1, "a worker died") as pool:
        pool.submit(_die, 0).result()


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, time\n"
        "from data.processes import worker_processes\n"
        "if __name__ == '__main__':\n"
        "    with worker_processes(1, '') as pool:\n"
        "        print(pool.submit(os.getpid).result(), flush=True)\n"
        "        time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{worker}/stat").exists() and not _is_zombie(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}/stat").exists() or _is_zombie(worker)


def _leave_behind(folder: Path) -> None:
    """What a worker has to do and to take apart when it ends."""
    atexit.register((folder / "said goodbye").touch)
    sys.stdout.write("the last line, not flushed")
    _KEPT.append(_Slow(folder))


class _Slow:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __del__(self) -> None:
        (self.folder / "taken apart").touch()


_KEPT: list[object] = []


def test_a_worker_says_goodbye_but_does_not_take_its_caches_apart(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from data.processes import worker_processes\n"
        "from tests.data.test_processes import _leave_behind\n"
        "if __name__ == '__main__':\n"
        "    with worker_processes(1, '') as pool:\n"
        "        pool.submit(_leave_behind, Path(sys.argv[1])).result()\n"
    )
    command = [sys.executable, str(script), str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout == "the last line, not flushed"
    assert {path.name for path in tmp_path.iterdir()} == {"parent.py", "said goodbye"}


def _end_as_a_worker(how: str, folder: Path) -> None:
    processes._start(None, ())
    if how == "thread":
        threading.Thread(target=lambda: (time.sleep(0.5), (folder / "done").touch())).start()
    elif how == "no output":
        sys.stdout = sys.stderr = None  # type: ignore[assignment]
    elif how == "failure":
        sys.exit(3)


@pytest.mark.parametrize(("how", "code"), [("done", 0), ("thread", 0), ("no output", 0), ("failure", 3)])
def test_a_process_ends_as_it_would_have(tmp_path: Path, how: str, code: int) -> None:
    process = processes._Context().Process(target=_end_as_a_worker, args=(how, tmp_path))
    process.start()
    process.join()
    assert process.exitcode == code
    assert (tmp_path / "done").exists() == (how == "thread"), "a thread is waited for"


def _is_zombie(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"

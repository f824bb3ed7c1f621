"""The commands of docs/evaluate.md do what the page says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from evaluate.__main__ import main
from tests.commands import Run, runner
from tests.evaluate.pages import save_results, save_set, save_validation

PAGE = (Path(__file__).parents[2] / "docs/evaluate.md").read_text()


def test_commands_run_and_names_are_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    box = save_set(tmp_path / "sets/a").images[0].links[0].bbox
    save_validation(tmp_path / "sets/val")
    save_results(tmp_path / "results.json", [{"image_id": 1, "category_id": 1, "bbox": list(box), "score": 0.9}])
    monkeypatch.chdir(tmp_path)
    Path("floor.yaml").write_text("".join(re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.S)))
    verb = runner(main, "inklink-evaluate", monkeypatch, capsys)
    for line in "".join(re.findall(r"```sh\n(.*?)```", PAGE, flags=re.S)).splitlines():
        words = shlex.split(line)[3:]
        done = (run if "=" in words[0] else verb)(*words)
        assert done.returncode == 0, (line, done)
    assert {path.name for path in Path("outputs").iterdir()} == {
        "reading", "detection", "evaluate", "chosen", "difference",
    }  # fmt: skip
    assert Path("outputs/evaluate/results-sets-a-tesseract/index.html").exists()
    files = {path.name for path in Path("outputs/reading").iterdir()}
    assert files == {name for name in files if f"`{name}`" in PAGE}
    metrics = json.loads(Path("outputs/reading/metrics.json").read_text())
    for group, names in re.findall(r"`(detection|end_to_end|dataset|cost)\.\{([\w,]+)\}", PAGE):
        assert set(names.split(",")) <= set(metrics[group])

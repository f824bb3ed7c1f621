"""Schema of `python -m evaluate gate`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key

_HEADLINES = ["detection.ap50", "detection.f1", "end_to_end.normalised.hmean"]


@dataclass
class GateConfig:
    """Every key of the verb."""

    run: str = key(MISSING, "folder of the evaluation to judge; the first word without a key")
    floor: str | None = key(None, "floor file, YAML: what each measure must reach; the second word without a key")
    against: str | None = key(None, "folder of a previous evaluation on the same set")
    margin: float = key(0.01, "against: how much worse a measure may be, in its own unit", low=0)
    measures: list[str] = key(_HEADLINES, "against: measures that may not be worse, by their names in metrics.json")
    certainly: bool = key(False, "against: fail only where all of the difference's interval is worse than the margin")
    resamples: int = key(1000, "against: draws of all pages for that interval", low=0, high=100_000)

"""The bar that shows how far a run is, how fast, and when it will end."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from tqdm import tqdm

from train.trainer import WAIT_SHARE


class Progress:
    """An action of Orbit's controller that moves a bar after each inner loop."""

    def __init__(self, steps: int, first_step: int, global_step: Any) -> None:
        """Takes the step at which the run ends, the one at which this session starts, and Orbit's counter."""
        self._steps = steps
        self._first = first_step
        self._global_step = global_step

    def __enter__(self) -> Progress:
        """Shows the bar."""
        self._bar = tqdm(
            total=self._steps, initial=self._first, unit="step", desc="train", dynamic_ncols=True, smoothing=0.1
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves the bar as it is."""
        self._bar.close()

    def __call__(self, output: Mapping[str, Any]) -> None:
        """After a loop of training steps."""
        loss, waited = float(output["training_loss"]), float(output[WAIT_SHARE])
        self._bar.set_postfix(loss=f"{loss:.3f}", waiting=f"{waited:.0%}", refresh=False)
        self._bar.update(int(self._global_step.numpy()) - self._bar.n)

    def validated(self, output: Mapping[str, Any]) -> None:
        """After a validation."""
        line = f"step {int(self._global_step.numpy())}: validation AP {output['AP']:.3f}, AP50 {output['AP50']:.3f}"
        self._bar.write(line, file=sys.stderr)

"""matches.npz: what intervals and comparisons are made from, so that neither pictures nor truth are needed again."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from conf import UserError
from data.files import replacing
from evaluate.average_precision import Ranking, headline_ap
from evaluate.bootstrap import Weights
from evaluate.boxes import IOUS, Floats, Ints
from evaluate.counts import COLUMNS
from evaluate.counts import resampled as resampled_rates

MATCHES = "matches.npz"


@dataclass(frozen=True, slots=True)
class Stored:
    """Counts and matches of a run.

    Attributes:
        table: (pages, `counts.COLUMNS`).
        rankings: one for each class that has links.
        cluster: number of the cluster of each page.
    """

    table: Floats
    rankings: tuple[Ranking, ...]
    cluster: Ints

    def resampled(self, weights: Weights) -> dict[str, Floats]:
        """Every headline by its dotted name, one value a resample; NaN where undefined."""
        values = resampled_rates(self.table, weights.astype(np.float64))
        ap = headline_ap(self.rankings, weights) if self.rankings else {}
        return values | {f"detection.{name}": value for name, value in ap.items()}


def save(stored: Stored, path: Path) -> None:
    """Writes the file, whole or not at all; equal matches give equal bytes."""
    arrays = {"columns": np.array(COLUMNS), "table": stored.table.astype(np.float32), "cluster": stored.cluster}
    for number, one in enumerate(stored.rankings):
        arrays |= {
            f"page_{number}": one.page,
            f"right_{number}": one.right,
            f"ignored_{number}": one.ignored,
            f"links_{number}": one.link_pages,
        }
    with replacing(path) as scratch, scratch.open("wb") as stream:
        np.savez_compressed(stream, thresholds=np.array(IOUS), **arrays)


def load(path: Path) -> Stored:
    """Reads the file.

    Raises:
        UserError: where it is not there, is none, or was written by a version that counts other things.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if tuple(file["columns"]) != COLUMNS or tuple(np.atleast_1d(file["thresholds"])) != IOUS:
                raise UserError(f"{path} was written by another version of evaluate; run the evaluation again.")
            numbers = [name.removeprefix("page_") for name in file.files if name.startswith("page_")]
            ranked = tuple(
                Ranking(*(file[f"{field}_{number}"] for field in ("page", "right", "ignored", "links")))
                for number in numbers
            )
            return Stored(file["table"].astype(np.float64), ranked, file["cluster"])
    except OSError:
        raise UserError(f"{path} cannot be read; is it in the folder of a finished evaluation with truth?") from None
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UserError(f"{path} is broken ({error}); run the evaluation again.") from None

"""What a file says of one picture, before anybody has looked at the picture: what every reader hands over.

`repair` holds it against the picture and makes the model's `Image` of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conf import UserError
from data.model import Image
from data.pictures import Unlabelled
from data.rejected import Ledger, readable


@dataclass(frozen=True, slots=True)
class Draft:
    """One picture as its file tells of it.

    Attributes:
        image: path, links as said; width and height as said, both 0 where nothing is said.
        where: what messages call the file or the entry.
        places: what messages call each link, in the order of `image.links`.
        box_key: what its format calls the box.
        relative: boxes and polygons are shares of the picture's width and height, not pixels.
        trusted: the size is part of the format, so that a strict reading need not open the picture for it.
        content: the picture's bytes, where the format keeps pictures inside; `image.path` is only its name then.
    """

    image: Image
    where: str
    places: tuple[str, ...] = ()
    box_key: str = "bbox"
    relative: bool = False
    trusted: bool = False
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A source while it is read.

    Attributes:
        drafts: its pictures, one after the other; each is parsed when it is asked for.
        categories: class names in the order of their ids; None where they are those of the links, sorted.
        info, licenses, extra: as in `Dataset`.
        by_path: the source has no order of its own, so its pictures are put in that of their paths.
    """

    drafts: Iterator[Draft]
    categories: tuple[str, ...] | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    licenses: tuple[Mapping[str, Any], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    by_path: bool = False


def without_truth(paths: Sequence[Path], folder: Path, unlabelled: Unlabelled, ledger: Ledger) -> Iterator[Draft]:
    """Pictures that nothing is known about, treated as the user says.

    Raises:
        UserError: where there are any and they are to be refused.
    """
    if paths and unlabelled == "refuse":
        which = f"{paths[0]} and {len(paths) - 1} more in {folder} have" if len(paths) > 1 else f"{paths[0]} has"
        raise UserError(
            f"{readable(which)} no annotations; give unlabelled=empty if such pictures show no links, "
            "or unlabelled=skip to leave them out."
        )
    if unlabelled == "skip" and ledger.strict:
        return
    ledger.found(images=len(paths))
    for path in paths:
        if unlabelled == "skip":
            ledger.reject(
                "image", str(path), f"{path} has no annotations; unlabelled=empty says that it shows no links."
            )
        else:
            yield Draft(Image(path, 0, 0), str(path))

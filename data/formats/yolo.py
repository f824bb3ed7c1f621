"""YOLO's text files: one a picture, one line an object, in shares of the picture's width and height.

Two kinds of line, as Ultralytics has them (https://docs.ultralytics.com/datasets): `class x y width height`, the point
being the middle of the box, and `class x1 y1 x2 y2 x3 y3 …`, an outline. Classes are numbers from 0 on; their names
stand in `data.yaml`, `classes.txt` or `*.names`. YOLO has no word for an ignored object, for text or for groups: what
is ignored is not written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from conf import UserError
from data.boxes import bounds, clip
from data.draft import Draft, Reading, without_truth
from data.files import replacing_folder, write_text
from data.finding import Pictures
from data.formats.yolo_names import NAMES, is_names, read_names
from data.model import Box, Dataset, Image, LinkAnnotation, Point
from data.pictures import Unlabelled, copied, refuse_overlap, visible_files
from data.rejected import Ledger

ENTRIES = ("images", "labels", NAMES)
_BOX = 4
_LABELS = "labels"


def is_source(folder: Path) -> bool:
    """Whether there are text files of YOLO's below a folder."""
    return any(_is_in_labels(path, folder) or path.stat().st_size for path in _label_files(folder))


def _label_files(folder: Path) -> Iterator[Path]:
    """Text files in a folder called `labels`, and those that begin with a line of numbers or are empty."""
    for path in visible_files(folder):
        if path.suffix.lower() != ".txt" or is_names(path):
            continue
        if _is_in_labels(path, folder) or path.stat().st_size == 0 or _begins_with_numbers(path):
            yield path


def _is_in_labels(path: Path, folder: Path) -> bool:
    return _LABELS in (folder.name, *path.relative_to(folder).parts[:-1])


def _begins_with_numbers(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as stream:
        words = stream.readline(1000).split()
    return len(words) > _BOX and all(_number(word) is not None for word in words)


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def reading(folder: Path, pictures: Pictures, ledger: Ledger, *, unlabelled: Unlabelled = "refuse") -> Reading:
    """Starts to read a folder of pictures and text files: beside each other, or in `images` and `labels`.

    An empty text file says that its picture shows nothing.

    Args:
        folder: searched with all folders below it.
        pictures: where the pictures are.
        ledger: counts what is found, and gets the faults.
        unlabelled: what to do with pictures without a text file.

    Raises:
        UserError: where the file of names is faulty.
    """
    names = read_names(folder)
    categories = None if names is None else tuple(dict.fromkeys(name for _, name in sorted(names.items())))
    return Reading(_drafts(folder, pictures, ledger, unlabelled, names), categories, by_path=True)


def _drafts(
    folder: Path, pictures: Pictures, ledger: Ledger, unlabelled: Unlabelled, names: dict[int, str] | None
) -> Iterator[Draft]:
    files: dict[Path, Path] = {}
    for file in sorted(_label_files(folder)):
        ledger.found(images=1)
        draft: Draft | None = None
        places: list[str] = []
        with ledger.aside("image", str(file), places):
            lines = [(f"{file} line {number}", words) for number, words in _lines(file)]
            places += [place for place, _ in lines]
            path = _picture_of(file, pictures)
            if path in files:
                raise UserError(f"{files[path]} and {file} both describe {path}; keep one of them.")
            files[path] = file
            draft = _draft(path, file, lines, names, ledger)
        ledger.found(annotations=len(places))
        if draft is not None:
            yield draft
        else:  # nothing is known of the picture of a broken file, least of all that it shows nothing
            files |= {path: file for path in pictures.all_called(file.stem) if path not in files}
    yield from without_truth([path for path in pictures.paths if path not in files], folder, unlabelled, ledger)


def _lines(file: Path) -> list[tuple[int, list[str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{file} is no text in UTF-8.") from None
    return [(number, line.split()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]


def _picture_of(file: Path, pictures: Pictures) -> Path:
    """The picture beside a text file, or where `images` stands in place of `labels`."""
    parts = file.parts
    mirrored = [
        Path(*parts[:index], "images", *parts[index + 1 :]) for index, part in enumerate(parts) if part == _LABELS
    ]
    for place in (file, *reversed(mirrored)):
        found = pictures.beside(place)
        if found is not None:
            return found
    found = pictures.called(file.stem, [file.parent.name], where=str(file))
    if found is None:
        raise UserError(f"{file} describes a picture {file.stem}, which does not exist beside it or in images.")
    return found


def _draft(
    path: Path, file: Path, lines: Sequence[tuple[str, list[str]]], names: dict[int, str] | None, ledger: Ledger
) -> Draft:
    links, kept = [], []
    for place, words in lines:
        with ledger.aside("annotation", place):
            links.append(_link(words, place, names))
            kept.append(place)
    return Draft(Image(path, 0, 0, tuple(links)), str(file), tuple(kept), box_key="box", relative=True)


def _link(words: Sequence[str], where: str, names: dict[int, str] | None) -> LinkAnnotation:
    category = _category(words[0], where, names)
    numbers = [value for word in words[1:] if (value := _number(word)) is not None]
    is_outline = len(numbers) >= 6 and len(numbers) % 2 == 0
    if len(numbers) != len(words) - 1 or not (len(numbers) == _BOX or is_outline):
        raise UserError(
            f"{where}: {' '.join(words)[:60]!r} must be a class and 4 numbers (x, y of the middle, width, height), or "
            "x and y of three points or more."
        )
    if is_outline:
        polygon: tuple[Point, ...] = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        return LinkAnnotation(bounds(polygon), category, polygon)
    x, y, width, height = numbers
    return LinkAnnotation((x - width / 2, y - height / 2, width, height), category)


def _category(word: str, where: str, names: dict[int, str] | None) -> str:
    index = _number(word)
    if index is None or index < 0 or not index.is_integer():
        raise UserError(f"{where}: the class {word!r} must be a whole number from 0 on.")
    if names is None:
        return str(int(index))
    if int(index) not in names:
        raise UserError(f"{where}: the class {word} has no name; there are names for {', '.join(map(str, names))}.")
    return names[int(index)]


def write(dataset: Dataset, folder: Path) -> int:
    """Writes `images/`, `labels/` and `data.yaml` as Ultralytics reads them; the folder appears whole or not at all.

    Boxes are written, cut to the picture; outlines are not, since a detector's labels are boxes.

    Returns:
        How many links YOLO has no word for, so that they are not there: those to be ignored.

    Raises:
        UserError: where a picture is missing or broken, or `folder` holds something else.
    """
    refuse_overlap(dataset, folder)
    classes = {name: index for index, name in enumerate(dataset.categories)}
    unsaid = 0
    with replacing_folder(folder, ENTRIES, by="export format=yolo") as scratch:
        for image in copied(dataset, scratch):
            written = [
                _line(classes[link.category], box, image)
                for link in image.links
                if not link.ignore and (box := clip(link.bbox, image.width, image.height))
            ]
            unsaid += len(image.links) - len(written)
            place = (scratch / _LABELS).joinpath(*image.path.relative_to(scratch).parts[1:])
            write_text(place.with_suffix(".txt"), "".join(written))
        write_text(scratch / NAMES, _yaml(dataset.categories))
    return unsaid


def _line(index: int, box: Box, image: Image) -> str:
    x, y, width, height = box
    shares = (
        (x + width / 2) / image.width,
        (y + height / 2) / image.height,
        width / image.width,
        height / image.height,
    )
    return f"{index} {' '.join(f'{share:.8f}' for share in shares)}\n"


def _yaml(categories: Sequence[str]) -> str:
    from yaml import safe_dump  # OmegaConf's parser

    # Without `path`, Ultralytics takes the folder that this file lies in.
    content = {"train": "images", "val": "images", "names": dict(enumerate(categories))}
    return str(safe_dump(content, allow_unicode=True, sort_keys=False))

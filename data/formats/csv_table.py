"""A table with one box a line, as spreadsheets and the scripts around the Object Detection API have it.

Ours: `filename,width,height,class,xmin,ymin,xmax,ymax,ignore,text,source,group`, boxes in continuous pixels from 0 to
the width; a picture without links has a line with an empty class. Read are also other names of these columns, other
columns (left alone), `;` or tabs between them, and pixels counted from 1 where that is said.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conf import UserError
from data.draft import Draft, Reading, without_truth
from data.files import replacing, replacing_folder
from data.finding import Pictures
from data.model import Dataset, Image, LinkAnnotation
from data.pictures import Unlabelled, copied, refuse_overlap, visible_files
from data.pixels import EXTENSIONS
from data.rejected import Ledger

TABLE = "annotations.csv"
_ALIASES: Mapping[str, Sequence[str]] = {
    "filename": ("filename", "file_name", "image", "image_path", "path", "imageid", "image_name"),
    "width": ("width", "image_width"),
    "height": ("height", "image_height"),
    "class": ("class", "label", "category", "class_name", "label_name", "name"),
    "xmin": ("xmin", "x_min", "x1", "left"),
    "ymin": ("ymin", "y_min", "y1", "top"),
    "xmax": ("xmax", "x_max", "x2", "right"),
    "ymax": ("ymax", "y_max", "y2", "bottom"),
    "ignore": ("ignore", "iscrowd", "difficult"),
    "text": ("text",),
    "source": ("source",),
    "group": ("group",),
}
_BOX = ("xmin", "ymin", "xmax", "ymax")
_NEEDED = ("filename", "class", *_BOX)
_COLUMNS = ("filename", "width", "height", "class", *_BOX, "ignore", "text", "source", "group")


def files_of(path: Path) -> list[Path]:
    """The tables of a source: the file itself, or those below a folder whose first line names the columns.

    Raises:
        UserError: where one of them looks like annotations, and lacks columns.
    """
    if path.is_file():
        return [path]
    return sorted(file for file in visible_files(path) if file.suffix.lower() == ".csv" and _is_table(file))


def _is_table(file: Path) -> bool:
    """Whether it is one of annotations, and not some list of pictures' titles that lies there too.

    Raises:
        UserError: where it looks like one, and lacks columns: what it says would be lost without a word.
    """
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        head = stream.readline(10_000)
    columns = _columns(head)
    if columns.keys().isdisjoint(("filename", *_BOX)) and not _names_a_picture(head):
        return False
    _refuse_missing(columns, file, "; a table of something else has to lie elsewhere, or needs format=pictures")
    return True


def _names_a_picture(line: str) -> bool:
    """Whether a first line is not of names of columns, but of a picture already."""
    return any(Path(cell.strip()).suffix.lower() in EXTENSIONS for cell in _cells_of(line))


def _refuse_missing(columns: Mapping[str, int], file: Path, hint: str = "") -> None:
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise UserError(f"{file} line 1 names no column {', '.join(missing)}; it must name {', '.join(_NEEDED)}{hint}.")


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _cells_of(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_separator(line)), [])


def _columns(line: str) -> dict[str, int]:
    """Where each known column stands."""
    names = [name.strip().casefold() for name in _cells_of(line)]
    return {
        known: names.index(alias)
        for known, aliases in _ALIASES.items()
        if (alias := next((a for a in aliases if a in names), None))
    }


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table: what messages call it, its file, and its cells by our names."""

    where: str
    file: Path
    cells: Mapping[str, str]

    def number(self, key: str) -> float:
        try:
            value = float(self.cells.get(key, ""))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise UserError(f"{self.where}: {key}={self.cells.get(key, '')!r} must be a number.")
        return value

    def size(self) -> tuple[int, int]:
        """Width and height; (0, 0) where the table says neither."""
        if not self.cells.get("width") or not self.cells.get("height"):
            return (0, 0)
        return (round(self.number("width")), round(self.number("height")))

    @property
    def has_box(self) -> bool:
        return any(self.cells.get(key) for key in ("class", *_BOX))


def reading(
    files: Sequence[Path],
    pictures: Pictures,
    ledger: Ledger,
    *,
    unlabelled: Unlabelled = "refuse",
    first_pixel: str = "auto",
) -> Reading:
    """Starts to read tables: the lines of a picture may stand anywhere in them.

    Args:
        files: the tables.
        pictures: where the pictures are; `filename` is relative to the table, or the name of one of them.
        ledger: counts what is found, and gets the faults.
        unlabelled: what to do with pictures that no table names.
        first_pixel: `1` where the corners are pixels counted from 1, both included; else continuous, from 0.

    Raises:
        UserError: where a table lacks a column, or is no text in UTF-8.
    """
    rows: dict[tuple[Path, str], list[_Row]] = {}
    for file in files:
        for row in _rows(file):
            rows.setdefault((file, row.cells["filename"]), []).append(row)
    return Reading(_drafts(rows, pictures, ledger, unlabelled, 1 if first_pixel == "1" else 0), by_path=True)


def _rows(file: Path) -> Iterator[_Row]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            head = stream.readline()
            columns = _columns(head)
            _refuse_missing(columns, file)
            lines = csv.reader(stream, delimiter=_separator(head))
            for cells in lines:
                if any(cells):
                    named = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
                    yield _Row(f"{file} line {lines.line_num + 1}", file, {"filename": "", **named})
    except UnicodeDecodeError:
        raise UserError(f"{file} is no text in UTF-8.") from None
    except csv.Error as error:
        raise UserError(f"{file} is no table: {error}.") from None


def _drafts(
    rows: Mapping[tuple[Path, str], Sequence[_Row]],
    pictures: Pictures,
    ledger: Ledger,
    unlabelled: Unlabelled,
    first_pixel: int,
) -> Iterator[Draft]:
    used: dict[Path, str] = {}
    for (file, name), found in rows.items():
        boxed = [row for row in found if row.has_box]
        where = found[0].where
        ledger.found(images=1, annotations=len(boxed))
        draft: Draft | None = None
        with ledger.aside("image", where, [row.where for row in boxed]):
            path = pictures.at(name, file.parent, where)
            if path in used:
                raise UserError(f"{where}: filename={name!r} names the picture of {used[path]} again.")
            used[path] = where
            draft = _draft(path, found, boxed, ledger, first_pixel)
        if draft is not None:
            yield draft
    rest = [path for path in pictures.paths if path not in used]
    yield from without_truth(rest, pictures.folder, unlabelled, ledger)


def _draft(path: Path, rows: Sequence[_Row], boxed: Sequence[_Row], ledger: Ledger, first_pixel: int) -> Draft:
    first, said = rows[0], (0, 0)
    with ledger.left_out("image", first.where):
        said = first.size()
    links, kept = [], []
    for row in boxed:
        with ledger.aside("annotation", row.where):
            links.append(_link(row, first_pixel))
            kept.append(row.where)
    image = Image(
        path, *said, tuple(links), source=first.cells.get("source") or "photo", group=first.cells.get("group") or None
    )
    return Draft(image, first.where, tuple(kept), box_key="box")


def _link(row: _Row, first_pixel: int) -> LinkAnnotation:
    if not row.cells.get("class"):
        raise UserError(f"{row.where}: class is missing; it must be the name of a class.")
    left, top, right, bottom = (row.number(key) for key in _BOX)
    x, width = _span(left, right, first_pixel)
    y, height = _span(top, bottom, first_pixel)
    ignore = row.cells.get("ignore", "").casefold() in ("1", "true", "yes")
    return LinkAnnotation((x, y, width, height), row.cells["class"], text=row.cells.get("text") or None, ignore=ignore)


def _span(low: float, high: float, first_pixel: int) -> tuple[float, float]:
    """Start and length; of swapped corners the length is negative."""
    return (low - first_pixel, high - low + first_pixel) if high >= low else (low, high - low - first_pixel)


def write(dataset: Dataset, folder: Path) -> None:
    """Writes `images/` and `annotations.csv`; the folder appears whole or not at all.

    Raises:
        UserError: where a picture is missing or broken, or `folder` holds something else.
    """
    refuse_overlap(dataset, folder)
    with replacing_folder(folder, ("images", TABLE), by="export format=csv") as scratch:
        images = list(copied(dataset, scratch))
        with replacing(scratch / TABLE) as part, part.open("w", encoding="utf-8", newline="") as stream:
            table = csv.writer(stream, lineterminator="\n")
            table.writerow(_COLUMNS)
            for image in images:
                name = image.path.relative_to(scratch).as_posix()
                table.writerows(_cells(image, name, link) for link in image.links or [None])


def _cells(image: Image, name: str, link: LinkAnnotation | None) -> list[object]:
    picture = [name, image.width, image.height]
    rest = [image.source, image.group or ""]
    if link is None:
        return [*picture, *[""] * 7, *rest]
    x, y, width, height = link.bbox
    corners = [f"{value:.2f}" for value in (x, y, x + width, y + height)]
    return [*picture, link.category, *corners, int(link.ignore), link.text or "", *rest]

"""Pascal VOC as LabelImg writes it: one XML file a picture, so that a person's boxes can be read, and ours corrected.

How its elements are understood stands in `voc_elements`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml  # only builds and types; what is read comes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from conf import UserError
from data.draft import Draft, Reading, without_truth
from data.files import replacing_folder, write_text
from data.finding import Pictures, plain_path
from data.formats.voc_elements import UNKNOWN, counts_from_zero, element_of, link_from, number
from data.model import Dataset, Image
from data.pictures import Unlabelled, copied, refuse_overlap, visible_files
from data.rejected import Ledger


def reading(
    folder: Path, pictures: Pictures, ledger: Ledger, *, unlabelled: Unlabelled = "refuse", first_pixel: str = "auto"
) -> Reading:
    """Starts to read a folder of pictures and XML files, beside each other or in folders of their own.

    An XML file belongs to the picture that its `filename` names, else to the one that shares its own name.

    Args:
        folder: searched for XML files, with all folders below it.
        pictures: where the pictures are.
        ledger: counts what is found, and gets the faults.
        unlabelled: what to do with pictures without XML.
        first_pixel: `1` as in Pascal VOC, `0` as in files of some tools; `auto` takes 1 except in a file of which a
            corner is 0. A strict reading holds to 1.
    """
    return Reading(_drafts(folder, pictures, ledger, unlabelled, first_pixel), by_path=True)


def _drafts(
    folder: Path, pictures: Pictures, ledger: Ledger, unlabelled: Unlabelled, first_pixel: str
) -> Iterator[Draft]:
    files: dict[Path, Path] = {}
    for file in sorted(path for path in visible_files(folder) if path.suffix.lower() == ".xml"):
        ledger.found(images=1)
        draft: Draft | None = None
        places: list[str] = []
        with ledger.aside("image", str(file), places):
            root = _root(file)
            places += [f"{file} object[{index}]" for index in range(len(root.findall("object")))]
            path = _picture_of(file, root, pictures)
            if path in files:
                raise UserError(f"{files[path]} and {file} both describe {path}; keep one of them.")
            files[path] = file
            draft = _draft(root, file, path, places, ledger, first_pixel)
        ledger.found(annotations=len(places))
        if draft is not None:
            yield draft
        else:  # nothing is known of the picture beside a broken file, least of all that it shows no link
            files |= {path: file for path in pictures.all_called(file.stem) if path not in files}
    yield from without_truth([path for path in pictures.paths if path not in files], folder, unlabelled, ledger)


def _picture_of(file: Path, root: Xml.Element, pictures: Pictures) -> Path:
    # The name may come with a path of another computer; only its last part can be trusted.
    name = plain_path(root.findtext("filename", "")).rsplit("/", 1)[-1]
    # Without a name, or where only the picture's format changed since, the file's own name says which it is.
    own = file.stem if not name or Path(name).stem == file.stem else ""
    folders = (file.parent.name, root.findtext("folder", "").strip())
    for wanted in filter(None, (name, own)):
        found = pictures.called(wanted, folders, where=str(file))
        if found is not None:
            return found
    raise UserError(f"{file}: filename names {name or file.stem}, which does not exist in its folder or near it.")


def _root(file: Path) -> Xml.Element:
    try:
        root = parse(file).getroot()
    except DefusedXmlException:
        raise UserError(f"{file} declares XML entities, which no annotation needs; they are refused.") from None
    except Xml.ParseError as error:
        line, column = error.position
        raise UserError(f"{file} line {line} column {column} is not XML: {error}.") from None
    except (ValueError, LookupError) as error:  # encodings that nobody knows, or that Python does not read
        raise UserError(f"{file} is not XML that can be read: {error}.") from None
    if root is None or root.tag != "annotation":
        raise UserError(f"{file} is no Pascal VOC file: its outermost element must be <annotation>.")
    return root


def _draft(root: Xml.Element, file: Path, path: Path, places: Sequence[str], ledger: Ledger, first_pixel: str) -> Draft:
    said = (0, 0)
    with ledger.left_out("image", str(file)):
        said = _said_size(root, str(file))
    first = 0 if first_pixel == "0" else 1
    if first_pixel == "auto" and not ledger.strict and counts_from_zero(root):
        ledger.mend("image", str(file), "a corner has the number 0", "all its pixels were counted from 0")
        first = 0
    links, kept = [], []
    for place, node in zip(places, root.findall("object"), strict=True):
        with ledger.aside("annotation", place):
            links.append(link_from(node, place, ledger, first))
            kept.append(place)
    database = root.findtext("source/database", "").strip()
    source = "photo" if database in UNKNOWN else database
    image = Image(path, *said, tuple(links), source=source, group=root.findtext("group"))
    return Draft(image, str(file), tuple(kept), box_key="bndbox")


def _said_size(root: Xml.Element, where: str) -> tuple[int, int]:
    """What `size` says; (0, 0) where it says nothing."""
    if root.find("size") is None:
        return (0, 0)
    width, height = (round(number(root, f"size/{side}", where)) for side in ("width", "height"))
    return (width, height)


def write(dataset: Dataset, folder: Path) -> None:
    """Writes pictures and XML side by side (`images/00/000000.jpg`, `.xml`); the folder appears whole or not at all.

    Raises:
        UserError: where a picture is missing or broken, a box is at most one pixel wide or high (VOC cannot say
            that), a text has characters that XML cannot hold, or `folder` holds something else.
    """
    refuse_overlap(dataset, folder)
    with replacing_folder(folder, ("images",), by="export format=voc") as scratch:
        for image in copied(dataset, scratch):
            root = element_of(image)
            Xml.indent(root)
            write_text(image.path.with_suffix(".xml"), Xml.tostring(root, encoding="unicode") + "\n")

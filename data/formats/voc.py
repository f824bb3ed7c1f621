"""Pascal VOC as LabelImg writes it: one XML file a picture, so that a person's boxes can be read, and ours corrected.

How its elements are understood stands in `voc_elements`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml  # only builds and types; what is read comes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from conf import UserError
from data.files import replacing_folder, write_text
from data.formats.voc_elements import UNKNOWN, element_of, link_from, number
from data.model import DEFAULT_CATEGORY, Dataset, Image
from data.pictures import Unlabelled, copied, pictures_below, refuse_overlap, visible_files, without_truth
from data.pixels import size


def read(folder: Path, *, unlabelled: Unlabelled = "refuse") -> Dataset:
    """Reads a folder of pictures and XML files, beside each other or in folders of their own.

    An XML file belongs to the picture that its `filename` names, else to the one that shares its own name.

    Args:
        folder: searched with all folders below it.
        unlabelled: what to do with pictures without XML: refuse the folder, skip them, or take them as link-free.

    Raises:
        UserError: naming the file, and where it matters the object and the element, of the first fault.
    """
    pictures = _Pictures(pictures_below(folder))
    files: dict[Path, Path] = {}
    images: dict[Path, Image] = {}
    for file in sorted(path for path in visible_files(folder) if path.suffix.lower() == ".xml"):
        root = _root(file)
        path = pictures.of(file, root)
        if path in files:
            raise UserError(f"{files[path]} and {file} both describe {path}; keep one of them.")
        files[path] = file
        images[path] = _image(root, file, path)
    rest = [path for path in pictures.paths if path not in images]
    images |= {image.path: image for image in without_truth(rest, folder, unlabelled)}
    names = sorted({link.category for image in images.values() for link in image.links})
    return Dataset(tuple(images[path] for path in sorted(images)), tuple(names) or (DEFAULT_CATEGORY,))


class _Pictures:
    """Finds the picture that an XML file describes."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self._by_name: defaultdict[str, list[Path]] = defaultdict(list)
        for path in paths:
            self._by_name[path.name].append(path)
            self._by_name[path.stem].append(path)

    def of(self, file: Path, root: Xml.Element) -> Path:
        # The name may come with a path of another computer; only its last part can be trusted.
        name = root.findtext("filename", "").strip().replace("\\", "/").rsplit("/", 1)[-1]
        # Without a name, or where only the picture's format changed since, the file's own name says which it is.
        own = file.stem if not name or Path(name).stem == file.stem else ""
        for wanted in filter(None, (name, own)):
            found = self._by_name[wanted]
            for folder in (file.parent.name, root.findtext("folder", "").strip()):
                found = [path for path in found if path.parent.name == folder] or found
            if len(found) > 1:
                raise UserError(f"{file} may describe {found[0]} or {found[1]}; put it beside the right one.")
            if found:
                return found[0]
        raise UserError(f"{file}: filename names {name or file.stem}, which does not exist in its folder or near it.")


def _root(file: Path) -> Xml.Element:
    try:
        root = parse(file).getroot()
    except DefusedXmlException:
        raise UserError(f"{file} declares XML entities, which no annotation needs; they are refused.") from None
    except Xml.ParseError as error:
        line, column = error.position
        raise UserError(f"{file} line {line} column {column} is not XML: {error}.") from None
    except ValueError as error:
        raise UserError(f"{file} is not XML that can be read: {error}.") from None
    if root is None or root.tag != "annotation":
        raise UserError(f"{file} is no Pascal VOC file: its outermost element must be <annotation>.")
    return root


def _image(root: Xml.Element, file: Path, path: Path) -> Image:
    width, height = size(path)
    said = tuple(
        number(root, f"size/{side}", str(file)) for side in ("width", "height") if root.find("size") is not None
    )
    if any(said) and said != (width, height):
        raise UserError(
            f"{file}: size says {said[0]:g} × {said[1]:g} pixels, but {path} has {width} × {height} when upright."
        )
    links = tuple(
        link_from(node, f"{file} object[{index}]", width, height) for index, node in enumerate(root.iterfind("object"))
    )
    database = root.findtext("source/database", "").strip()
    return Image(
        path,
        width,
        height,
        links,
        source="photo" if database in UNKNOWN else database,
        group=root.findtext("group"),
    )


def write(dataset: Dataset, folder: Path) -> None:
    """Writes pictures and XML side by side (`images/00/000000.jpg`, `.xml`); the folder appears whole or not at all.

    Raises:
        UserError: where a picture is missing or broken, a box is at most one pixel wide or high (VOC cannot say
            that), a text has characters that XML cannot hold, or `folder` holds something else.
    """
    refuse_overlap(dataset, folder)
    with replacing_folder(folder, ("images",)) as scratch:
        for image in copied(dataset, scratch):
            root = element_of(image)
            Xml.indent(root)
            write_text(image.path.with_suffix(".xml"), Xml.tostring(root, encoding="unicode") + "\n")

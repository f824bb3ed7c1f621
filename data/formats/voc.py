"""Pascal VOC as LabelImg writes it: one XML file a picture, so that a person's boxes can be read, and ours corrected.

VOC counts pixels from 1 and includes both ends: `xmin=1, xmax=W` is the whole width. Our continuous box is therefore
x from `xmin - 1` to `xmax`, and both directions use that rule (LabelImg itself counts from 0, so its boxes come out
one pixel larger at the left and at the top). Coordinates that are no whole pixels are written with decimals.

`difficult` is our `ignore`. Elements that VOC lacks are named as CVAT names its own (`attributes`), or plainly:
`group` of the picture; `text`, `polygon`, `link_bbox`, `segment` of an object. Ids and `extra` are not carried.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml  # only builds and types; what is read comes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from conf import UserError
from data.boxes import checked
from data.files import replacing_folder, write_text
from data.model import DEFAULT_CATEGORY, Attribute, Box, Dataset, Image, LinkAnnotation, Point
from data.pictures import Unlabelled, copied, pictures_below, refuse_overlap, visible_files, without_truth
from data.pixels import size

_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"[-+]?\d{1,9}(\.\d*)?")
_UNKNOWN = {"Unknown", "Unspecified", ""}


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
        for wanted in filter(None, (name, file.stem)):
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
        _number(root, f"size/{side}", str(file)) for side in ("width", "height") if root.find("size") is not None
    )
    if any(said) and said != (width, height):
        raise UserError(
            f"{file}: size says {said[0]:g} × {said[1]:g} pixels, but {path} has {width} × {height} when upright."
        )
    database = root.findtext("source/database", "").strip()
    return Image(
        path,
        width,
        height,
        tuple(
            _link(node, f"{file} object[{index}]", width, height) for index, node in enumerate(root.findall("object"))
        ),
        source="photo" if database in _UNKNOWN else database,
        group=root.findtext("group"),
    )


def _link(node: Xml.Element, where: str, width: int, height: int) -> LinkAnnotation:
    name = (node.findtext("name") or "").strip()
    if not name:
        raise UserError(f"{where}: name is missing; it must be the name of a class.")
    if node.find("bndbox") is None:
        raise UserError(f"{where}: bndbox is missing.")
    box = checked(_box(node, "bndbox", where), width, height, f"{where}: bndbox")
    link_bbox = _box(node, "link_bbox", where) if node.find("link_bbox") is not None else None
    return LinkAnnotation(
        bbox=box,
        category=name,
        polygon=_polygon(node.find("polygon"), where),
        text=node.findtext("text"),
        link_bbox=link_bbox,
        segments=tuple(
            _box(segment, ".", f"{where} segment[{i}]") for i, segment in enumerate(node.findall("segment"))
        ),
        ignore=(node.findtext("difficult") or "0").strip() == "1",
        attributes=_attributes(node),
    )


def _box(node: Xml.Element, name: str, where: str) -> Box:
    left, top, right, bottom = (_number(node, f"{name}/{key}", where) for key in ("xmin", "ymin", "xmax", "ymax"))
    if right <= left or bottom <= top:
        raise UserError(
            f"{where}: xmin={left:g}, xmax={right:g}, ymin={top:g}, ymax={bottom:g} enclose nothing; "
            "each max must be above its min."
        )
    return (left - 1, top - 1, right - left + 1, bottom - top + 1)


def _number(node: Xml.Element, path: str, where: str) -> float:
    text = (node.findtext(path) or "").strip()
    if not _NUMBER.fullmatch(text):
        raise UserError(f"{where}: {path.removeprefix('./')}={text!r} must be a number.")
    return float(text)


def _polygon(node: Xml.Element | None, where: str) -> tuple[Point, ...]:
    """Corners x1, y1, x2, y2, …, in continuous pixels as in the model."""
    if node is None:
        return ()
    count = len(node) // 2
    return tuple((_number(node, f"x{i}", where), _number(node, f"y{i}", where)) for i in range(1, count + 1))


def _attributes(node: Xml.Element) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    pose = (node.findtext("pose") or "").strip()
    if pose not in _UNKNOWN:
        found["pose"] = pose
    if (node.findtext("truncated") or "0").strip() == "1":
        found["truncated"] = True
    for attribute in node.findall("attributes/attribute"):
        found[attribute.findtext("name", "")] = _scalar(attribute.findtext("value", ""))
    return found


def _scalar(text: str) -> Attribute:
    """A number, true, false or null where the text is one in JSON; else the text."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return text
    return value if value is None or isinstance(value, bool | int | float | str) else text


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def write(dataset: Dataset, folder: Path) -> None:
    """Writes pictures and XML side by side (`images/00/000000.jpg`, `.xml`); the folder appears whole or not at all.

    Raises:
        UserError: where a picture is missing or broken, a box is at most one pixel wide or high (VOC cannot say
            that), a text has characters that XML cannot hold, or `folder` holds something else.
    """
    refuse_overlap(dataset, folder)
    with replacing_folder(folder, ("images",)) as scratch:
        for image in copied(dataset, scratch):
            root = _element_of(image)
            Xml.indent(root)
            write_text(image.path.with_suffix(".xml"), Xml.tostring(root, encoding="unicode") + "\n")


def _element_of(image: Image) -> Xml.Element:
    root = Xml.Element("annotation")
    _add(root, "folder", image.path.parent.name)
    _add(root, "filename", image.path.name)
    _add(_add(root, "source"), "database", image.source)
    if image.group is not None:
        _add(root, "group", image.group)
    size_of = _add(root, "size")
    for name, value in (("width", image.width), ("height", image.height), ("depth", 3)):
        _add(size_of, name, str(value))
    _add(root, "segmented", "0")
    for link in image.links:
        _add_link(root, link)
    return root


def _add_link(root: Xml.Element, link: LinkAnnotation) -> None:
    if min(link.bbox[2:]) <= 1:
        raise UserError(f"The box {link.bbox} of {link.category!r} is at most one pixel wide; VOC cannot say that.")
    node = _add(root, "object")
    attributes = dict(link.attributes)
    _add(node, "name", link.category)
    _add(node, "pose", str(attributes.pop("pose", "Unspecified")))
    _add(node, "truncated", str(int(attributes.pop("truncated", False) is True)))
    _add(node, "difficult", str(int(link.ignore)))
    _add_box(_add(node, "bndbox"), link.bbox)
    if link.text is not None:
        _add(node, "text", link.text)
    if link.polygon:
        outline = _add(node, "polygon")
        for index, (x, y) in enumerate(link.polygon, start=1):
            _add(outline, f"x{index}", _short(x))
            _add(outline, f"y{index}", _short(y))
    if link.link_bbox is not None:
        _add_box(_add(node, "link_bbox"), link.link_bbox)
    for segment in link.segments:
        _add_box(_add(node, "segment"), segment)
    if attributes:
        listed = _add(node, "attributes")
        for name, value in attributes.items():
            attribute = _add(listed, "attribute")
            _add(attribute, "name", name)
            _add(attribute, "value", value if isinstance(value, str) and _scalar(value) is value else json.dumps(value))


def _add_box(node: Xml.Element, box: Box) -> None:
    x, y, width, height = box
    for name, value in (("xmin", x + 1), ("ymin", y + 1), ("xmax", x + width), ("ymax", y + height)):
        _add(node, name, _short(value))


def _add(parent: Xml.Element, name: str, text: str | None = None) -> Xml.Element:
    if text is not None and (character := _NOT_IN_XML.search(text)):
        raise UserError(f"{name}={text!r} holds the character {character[0]!r}, which XML cannot hold.")
    node = Xml.SubElement(parent, name)
    node.text = text
    return node


def _short(value: float) -> str:
    """Two decimals, without trailing zeros: whole pixels are written as LabelImg writes them."""
    return f"{value:.2f}".rstrip("0").rstrip(".")

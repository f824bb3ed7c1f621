"""Pascal VOC in and out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conf import UserError
from data import Dataset, Image, LinkAnnotation, read_dataset
from data.formats import voc
from tests.data.pages import HEIGHT, ROTATED, WIDTH, link, links, save_picture

LABELIMG = """<annotation>
	<folder>photos</folder>
	<filename>{name}</filename>
	<path>C:\\Users\\me\\photos\\{name}</path>
	<source><database>Unknown</database></source>
	<size><width>80</width><height>60</height><depth>3</depth></size>
	<segmented>0</segmented>
	<object>
		<name>http</name><pose>Unspecified</pose><truncated>{truncated}</truncated><difficult>{difficult}</difficult>
		<bndbox><xmin>{xmin}</xmin><ymin>11</ymin><xmax>{xmax}</xmax><ymax>18</ymax></bndbox>
	</object>
</annotation>"""


def labelled(folder: Path, name: str = "a.jpg", xml: str = "a.xml", **values: object) -> Path:
    facts: dict[str, object] = {"truncated": 0, "difficult": 0, "xmin": 21, "xmax": 40} | values
    (folder / xml).parent.mkdir(parents=True, exist_ok=True)
    (folder / xml).write_text(LABELIMG.format(name=name, **facts))
    return folder


@pytest.mark.parametrize("xml", ["a.xml", "Annotations/a.xml", "labels/xml/a.xml"])
def test_labelimg_file_counts_pixels_from_one(tmp_path: Path, xml: str) -> None:
    save_picture(tmp_path / "a.jpg")
    dataset = read_dataset(labelled(tmp_path, xml=xml, difficult=1, truncated=1), unlabelled="refuse")
    expected = LinkAnnotation((20.0, 10.0, 20.0, 8.0), "http", ignore=True, attributes={"truncated": True})
    assert dataset == Dataset((Image(tmp_path / "a.jpg", WIDTH, HEIGHT, (expected,)),), ("http",))


STANDARD = [
    {"truncated": True, "pose": "Left"},
    {"truncated": None, "pose": 5},
    {"truncated": False, "pose": "Unknown"},
]


@example([link(attributes=attributes) for attributes in STANDARD], None)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(links(["http", "www"]), min_size=1, max_size=3), st.sampled_from([None, "book"]))
def test_a_picture_and_its_links_survive_the_round_trip(
    tmp_path: Path, found: list[LinkAnnotation], group: str | None
) -> None:
    image = Image(save_picture(tmp_path / "in/a.png"), WIDTH, HEIGHT, tuple(found), "pdf", group)
    categories = tuple(sorted({one.category for one in found}))
    voc.write(Dataset((image,), categories), tmp_path / "out")
    written = tmp_path / "out/images/00/000000.png"
    again = read_dataset(tmp_path / "out")
    assert _rounded(again) == _rounded(Dataset((replace(image, path=written),), categories))
    voc.write(again, tmp_path / "again")
    assert (tmp_path / "again/images/00/000000.xml").read_text() == written.with_suffix(".xml").read_text()


def _rounded(dataset: Dataset) -> Dataset:
    """Hundredths of pixels: adding and taking 1 leaves an error in the last bits."""

    def box(value: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(round(number, 2) for number in value)

    def rounded(one: LinkAnnotation) -> LinkAnnotation:
        first = one.link_bbox and box(one.link_bbox)
        segments = tuple(box(segment) for segment in one.segments)
        return replace(one, bbox=box(one.bbox), link_bbox=first, segments=segments)  # type: ignore[arg-type]

    images = (replace(image, links=tuple(map(rounded, image.links))) for image in dataset.images)
    return replace(dataset, images=tuple(images))


def test_whole_pixels_are_written_as_labelimg_writes_them(tmp_path: Path) -> None:
    image = Image(save_picture(tmp_path / "in/a.jpg"), WIDTH, HEIGHT, (LinkAnnotation((20.0, 10.0, 20.0, 8.0)),))
    voc.write(Dataset((image,)), tmp_path / "out")
    text = "".join((tmp_path / "out/images/00/000000.xml").read_text().split())
    assert "<bndbox><xmin>21</xmin><ymin>11</ymin><xmax>40</xmax><ymax>18</ymax></bndbox>" in text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "b.jpg", "xml": "c.xml"}, r"c.xml: filename names b.jpg, which does not exist"),
        ({"xmin": 40, "xmax": 21}, r"a.xml object\[0\]: xmin=40, xmax=21, .* each max must be above its min"),
        ({"xmin": 40, "xmax": 40}, r"a.xml object\[0\]: xmin=40, xmax=40"),
        ({"xmin": "left"}, r"a.xml object\[0\]: bndbox/xmin='left' must be a number"),
        ({"xmin": "nan"}, r"a.xml object\[0\]: bndbox/xmin='nan' must be a number"),
        ({"xmin": 100, "xmax": 120}, r"a.xml object\[0\]: bndbox lies wholly outside the picture of 80 × 60"),
    ],
)
def test_faults_are_named(tmp_path: Path, values: dict[str, object], sentence: str) -> None:
    save_picture(tmp_path / "a.jpg")
    with pytest.raises(UserError, match=sentence):
        read_dataset(labelled(tmp_path, **values))  # type: ignore[arg-type]


def test_two_files_for_one_picture(tmp_path: Path) -> None:
    save_picture(tmp_path / "a.jpg")
    labelled(tmp_path, xml="b.xml")
    with pytest.raises(UserError, match=r"a.xml and .*b.xml both describe .*a.jpg; keep one"):
        read_dataset(labelled(tmp_path))


def test_a_file_that_may_describe_two_pictures(tmp_path: Path) -> None:
    save_picture(tmp_path / "one/a.jpg")
    save_picture(tmp_path / "two/a.jpg")
    with pytest.raises(UserError, match=r"a.xml may describe .*one/a.jpg or .*two/a.jpg"):
        read_dataset(labelled(tmp_path, xml="xml/a.xml"))
    (tmp_path / "xml/a.xml").unlink()
    dataset = read_dataset(labelled(tmp_path, xml="two/a.xml"))
    assert [(image.path.parent.name, len(image.links)) for image in dataset.images] == [("one", 0), ("two", 1)]


def test_the_folder_that_labelimg_wrote_down_decides_between_two_pictures(tmp_path: Path) -> None:
    save_picture(tmp_path / "raw/a.jpg")
    save_picture(tmp_path / "photos/a.jpg")
    dataset = read_dataset(labelled(tmp_path, xml="labels/xml/a.xml"), unlabelled="skip")
    assert [image.path for image in dataset.images] == [tmp_path / "photos/a.jpg"]


def test_a_picture_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    with pytest.raises(UserError, match=r"a.jpg is not a picture that can be read"):
        read_dataset(labelled(tmp_path))


def test_a_picture_labelled_before_exif_turned_it(tmp_path: Path) -> None:
    save_picture(tmp_path / "a.jpg", orientation=ROTATED)
    with pytest.raises(UserError, match=r"a.xml: size says 80 × 60 pixels, but .*a.jpg has 60 × 80 when upright"):
        read_dataset(labelled(tmp_path))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<annotation>", r"a.xml line 1 column 12 is not XML"),
        ("<html></html>", r"outermost element must be <annotation>"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>', r"a.xml declares XML entities"),
        ("", r"a.xml line 1 column 0 is not XML"),
    ],
)
def test_files_that_are_no_annotations(tmp_path: Path, text: str, sentence: str) -> None:
    save_picture(tmp_path / "a.jpg")
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(UserError, match=sentence):
        read_dataset(tmp_path)


def test_pictures_without_truth_are_treated_as_the_user_says(tmp_path: Path) -> None:
    labelled(tmp_path)
    for name in "abc":
        save_picture(tmp_path / f"{name}.jpg")
    with pytest.raises(UserError, match=r"b.jpg and 1 more in .* have no annotations; give unlabelled=empty"):
        read_dataset(tmp_path, unlabelled="refuse")
    assert [len(image.links) for image in read_dataset(tmp_path, unlabelled="empty").images] == [1, 0, 0]
    assert [image.path.name for image in read_dataset(tmp_path, unlabelled="skip").images] == ["a.jpg"]


def test_what_voc_cannot_say_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = save_picture(tmp_path / "in/a.jpg")
    for wrong, sentence in (
        (link(bbox=(1.0, 1.0, 0.5, 5.0)), "at most one pixel"),
        (link(text="a\x00"), "XML cannot hold"),
    ):
        with pytest.raises(UserError, match=sentence):
            voc.write(Dataset((Image(path, WIDTH, HEIGHT, (wrong,)),)), tmp_path / "out")
    assert [entry.name for entry in tmp_path.iterdir()] == ["in"]

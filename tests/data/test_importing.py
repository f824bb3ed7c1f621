"""Import: what users have becomes a set, and every picture and annotation is accounted for."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from conf import UserError
from conf.schema.data_import import ImportConfig
from data import Dataset, crew, detect_format, read_dataset, write_dataset
from data.formats import tfrecord
from data.importing import account, import_set
from data.rejected import Ledger
from tests.data.conftest import Run
from tests.data.faults import GOOD, GOOD_BOX, voc
from tests.data.pages import HEIGHT, ROTATED, WIDTH, save_picture, save_set


def bring(source: Path, **keys: Any) -> tuple[Dataset, Ledger]:
    config = ImportConfig(str(source), str(source.parent / "out"), **{"workers": 1, **keys})
    import_set(config)
    ledger = import_set(config)[1]  # the same command again replaces what it made
    return read_dataset(source.parent / "out"), ledger


def boxes(dataset: Dataset) -> list[list[tuple[str, tuple[float, ...]]]]:
    return [[(link.category, link.bbox) for link in image.links] for image in dataset.images]


def coco_file(path: Path, images: list[Any], annotations: list[Any], categories: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return path


def entry(image_id: object, name: str, **more: object) -> dict[str, object]:
    return {"id": image_id, "file_name": name, "width": WIDTH, "height": HEIGHT, **more}


def box(link_id: int, image_id: object, *numbers: float, category: int = 1) -> dict[str, object]:
    return {"id": link_id, "image_id": image_id, "category_id": category, "bbox": list(numbers) or [20, 10, 20, 8]}


_ids = st.sampled_from([1, 2, 3, "x", None, True])
_images = st.tuples(_ids, st.sampled_from(["1.png", "2.png", "3.png", "none.png", "../4.png"]))
_numbers = st.sampled_from([-30.0, 0.0, 5.5, 70.0])
_annotations = st.tuples(_ids, st.sampled_from([1, 2, 9]), st.lists(_numbers, min_size=3, max_size=4))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=st.lists(_images, max_size=5), annotations=st.lists(_annotations, max_size=6))
def test_nothing_is_lost(tmp_path: Path, images: list[Any], annotations: list[Any]) -> None:
    place = Path(tempfile.mkdtemp(dir=tmp_path))
    for name in ("1", "2", "3", "sound"):
        save_picture(place / f"in/{name}.png")
    entries: list[object] = [entry(image_id, name) for image_id, name in images]
    found: list[object] = [
        {"id": number // 2, "image_id": image_id, "category_id": category, "bbox": numbers}
        for number, (image_id, category, numbers) in enumerate(annotations)
    ]
    classes = [{"id": 1, "name": "http"}, {"id": 2, "name": "http"}]
    coco_file(place / "in/annotations.json", [*entries, entry(7, "sound.png"), 5], [*found, "no object"], classes)
    dataset, ledger = bring(place / "in")
    assert (ledger.images, ledger.annotations) == (len(images) + 2, len(annotations) + 1)
    assert len(dataset.images) + ledger.count("image") == ledger.images
    assert dataset.links + ledger.count("annotation") == ledger.annotations
    for image in dataset.images:
        for x, y, width, height in (link.bbox for link in image.links):
            assert 0 <= x < x + width <= WIDTH and 0 <= y < y + height <= HEIGHT


def test_a_mask_set_of_three_classes_reaches_training_unchanged(run: Run, tmp_path: Path) -> None:
    names = ("mask_weared_incorrect", "with_mask", "without_mask")
    for index in range(6):
        save_picture(tmp_path / f"masks/images/face {index}.PNG", seed=index)
        voc(tmp_path / "masks/annotations", f"face {index}.PNG", GOOD)
        file = tmp_path / f"masks/annotations/face {index}.xml"
        file.write_text(file.read_text().replace(">http<", f">{names[index % 3]}<"))
    done = run("import", f"source={tmp_path}/masks", f"out={tmp_path}/set")
    assert done.returncode == 0 and "6 images, 6 annotations, classes: " + ", ".join(names) in done.stdout
    for command in (
        f"merge sources=[{tmp_path}/set] split=[1,0,0] near_duplicates=ignore out={tmp_path}/merged",
        f"export source={tmp_path}/merged/train format=tfrecord out={tmp_path}/shards",
        f"check source={tmp_path}/merged/train",
    ):
        done = run(*command.split())
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    items = [f"item {{\n  id: {number}\n  name: '{name}'\n}}\n" for number, name in enumerate(names, start=1)]
    assert (tmp_path / "shards/label_map.pbtxt").read_text() == "".join(items)
    (shard,) = (tmp_path / "shards/shards").iterdir()
    found = [tfrecord.deserialize(record) for record in tfrecord.records(shard)]
    assert sorted((one["image/object/class/text"][0], one["image/object/class/label"][0]) for one in found) == sorted(
        [(name.encode(), number) for number, name in enumerate(names, start=1)] * 2
    )


def test_classes_are_renamed_and_united_and_a_wrong_name_is_refused(tmp_path: Path) -> None:
    save_picture(tmp_path / "in/a.jpg")
    classes = [{"id": 1, "name": "https"}, {"id": 5, "name": "www"}, {"id": 9, "name": "ftp"}]
    coco_file(tmp_path / "in/x.json", [entry(1, "a.jpg")], [box(1, 1, category=5), box(2, 1)], classes)
    dataset, _ = bring(tmp_path / "in", classes={"https": "http", "ftp": "http"})
    assert dataset.categories == ("http", "www")
    assert [link.category for link in dataset.images[0].links] == ["www", "http"]
    with pytest.raises(UserError, match=r"classes.htps is not a class of the source; there are: https, www, ftp"):
        bring(tmp_path / "in", classes={"htps": "http"})


def test_pictures_without_annotations_are_set_aside_unless_they_show_nothing(tmp_path: Path) -> None:
    for name in "ab":
        save_picture(tmp_path / f"in/{name}.jpg")
    voc(tmp_path / "in", "a.jpg", GOOD)
    dataset, ledger = bring(tmp_path / "in")
    assert len(dataset.images) == 1
    assert ["b.jpg has no annotations; unlabelled=empty says" in note.reason for note in ledger.rejected] == [True]
    assert len(bring(tmp_path / "in", unlabelled="empty")[0].images) == 2
    with pytest.raises(UserError, match=r"b.jpg has no annotations"):
        bring(tmp_path / "in", unlabelled="refuse")


def test_a_picture_beside_broken_xml_is_not_taken_as_empty(tmp_path: Path) -> None:
    for name in "ab":
        save_picture(tmp_path / f"in/{name}.jpg")
    (tmp_path / "in/a.xml").write_text("<annotation>")
    dataset, ledger = bring(tmp_path / "in", unlabelled="empty")
    assert [image.extra["origin"]["file_name"] for image in dataset.images] == ["b.jpg"]
    assert ledger.images == 2


def test_links_in_place_of_copies_and_folders_as_groups(tmp_path: Path) -> None:
    first = save_picture(tmp_path / "in/book one/a.jpg")
    save_picture(tmp_path / "in/b.jpg", orientation=ROTATED)
    dataset, _ = bring(tmp_path / "in", copy=False, group="folder", unlabelled="empty")
    turned, plain = dataset.images
    assert plain.path.is_symlink() and plain.path.resolve() == first.resolve()
    assert not turned.path.is_symlink() and (turned.width, turned.height) == (HEIGHT, WIDTH)
    assert (turned.group, plain.group) == (None, "book one")


def test_several_coco_files_in_the_usual_folders(tmp_path: Path) -> None:
    for name in ("train2017/1.jpg", "val2017/1.jpg"):
        save_picture(tmp_path / "in" / name)
    cat, dog = {"id": 3, "name": "cat"}, {"id": 4, "name": "dog"}
    folder = tmp_path / "in/annotations"
    coco_file(folder / "train.json", [entry(1, "train2017/1.jpg")], [box(1, 1, category=3)], [cat])
    coco_file(folder / "val.json", [entry(1, "val2017/1.jpg")], [box(1, 1, category=3)], [dog | {"id": 3}])
    dataset, ledger = bring(tmp_path / "in")
    assert boxes(dataset) == [[("cat", (20, 10, 20, 8))], [("dog", (20, 10, 20, 8))]]
    assert (ledger.images, ledger.annotations, dataset.categories) == (2, 2, ("cat", "dog"))
    # One file alone, its pictures beside its folder.
    assert len(read_dataset(folder / "val.json").images) == 1


def test_coco_without_sizes_and_with_an_outline_alone(tmp_path: Path) -> None:
    save_picture(tmp_path / "in/a.jpg")
    outline = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[10, 10, 30, 12, 29, 20]]}
    classes = [{"id": 1, "name": "http"}]
    coco_file(tmp_path / "in/annotations.json", [{"id": 1, "file_name": "a.jpg"}], [outline], classes)
    dataset, ledger = bring(tmp_path / "in")
    (image,) = dataset.images
    assert (image.width, image.height, image.links[0].bbox) == (WIDTH, HEIGHT, (10, 10, 20, 10))
    assert [note.done for note in ledger.repaired] == ["it was left out", "the bounds of its polygon are taken"]


@pytest.mark.parametrize("layout", ["{kind}/train", "train/{kind}", "mixed"])
def test_yolo_in_the_layouts_of_its_tools(tmp_path: Path, layout: str) -> None:
    pictures, labels = (tmp_path / "in" / layout.format(kind=kind) for kind in ("images", "labels"))
    labels.mkdir(parents=True)
    for name in ("a.JPG", "b c.png", "d.jpg"):
        save_picture(pictures / name)
    (labels / "a.txt").write_text("1 0.5 0.5 0.25 0.2\n0 0.25 0.2 0.5 0.2 0.5 0.4\n")
    (labels / "b c.txt").write_text("")
    (labels / "d.txt").write_text("7 0.5 0.5 0.25 0.2\n0 0.5 0.5\n0 0.5 0.5 nan 0.2\n")
    (tmp_path / "in/data.yaml").write_text("train: ../../somewhere\nnames: [http, 'www']\n")
    (tmp_path / "in/README.txt").write_text("exported from somewhere")
    dataset, ledger = bring(tmp_path / "in")
    assert boxes(dataset) == [[("www", (30, 24, 20, 12)), ("http", (20, 12, 20, 12))], [], []]
    assert dataset.images[0].links[1].polygon == ((20, 12), (40, 12), (40, 24))
    reasons = " ".join(note.reason for note in ledger.rejected)
    assert "d.txt line 1: the class 7 has no name; there are names for 0, 1." in reasons
    assert "d.txt line 2: '0 0.5 0.5' must be a class and 4 numbers" in reasons
    assert (ledger.annotations, len(ledger.rejected)) == (5, 3)


def test_yolo_without_names_has_its_numbers_as_names(tmp_path: Path) -> None:
    save_picture(tmp_path / "in/a.jpg")
    (tmp_path / "in/a.txt").write_text("3 0.5 0.5 0.25 0.2")
    assert bring(tmp_path / "in", classes={"3": "http"})[0].categories == ("http",)
    (tmp_path / "in/classes.txt").write_text("a\nb\nc\nd\n")
    assert boxes(bring(tmp_path / "in")[0]) == [[("d", (30, 24, 20, 12))]]


def other_record(path: Path, **changes: Any) -> bytes:
    features: dict[str, Any] = {
        "image/encoded": [path.read_bytes()],
        "image/filename": [b"../../etc/a.jpg"],
        "image/source_id": [b"a.jpg"],
        "image/object/bbox/xmin": [0.25],
        "image/object/bbox/xmax": [0.5],
        "image/object/bbox/ymin": [0.5],
        "image/object/bbox/ymax": [0.75],
        "image/object/class/label": [2],
    }
    return tfrecord.serialize(features | {key.replace("_", "/"): value for key, value in changes.items()})


def test_shards_of_others(tmp_path: Path) -> None:
    picture = save_picture(tmp_path / "a.jpg")
    turned = save_picture(tmp_path / "b.jpg", orientation=ROTATED)
    good = tfrecord.frame(other_record(picture))
    damaged = bytearray(tfrecord.frame(other_record(picture)))
    damaged[200] ^= 1
    more = [
        tfrecord.frame(other_record(turned, image_width=[WIDTH], image_height=[HEIGHT])),
        tfrecord.frame(tfrecord.serialize({"image/object/class/label": [1]})),
        bytes(damaged),
        good[:-9],
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in/train.record-00000-of-00002").write_bytes(good + b"".join(more))
    (tmp_path / "in/train.record-00001-of-00002").write_bytes(good)
    (tmp_path / "in/labels.pbtxt").write_text('item {\n name: "http" # first\n id: 1 }\nitem { id: 2 name: "it\\\'s" }')
    dataset, ledger = bring(tmp_path / "in")
    # What TensorFlow decodes is the picture as it is stored, so its boxes turn with it.
    assert boxes(dataset) == [
        [("it's", (20, 30, 20, 15))], [("it's", (15, 20, 15, 20))], [("it's", (20, 30, 20, 15))]
    ]  # fmt: skip
    assert dataset.categories == ("http", "it's") and all(tmp_path in image.path.parents for image in dataset.images)
    assert (ledger.images, ledger.count("image")) == (6, 3)
    reasons = [note.reason for note in ledger.rejected]
    assert [any(part in reason for reason in reasons) for part in ("holds no picture", "check sum", "cut short")]
    with pytest.raises(
        UserError, match="keeps its pictures inside of shards; turn it into a set first: python -m data"
    ):
        read_dataset(tmp_path / "in")


def test_a_forged_length_claims_no_memory(tmp_path: Path) -> None:
    length = (1 << 60).to_bytes(8, "little")
    (tmp_path / "a.tfrecord").write_bytes(length + tfrecord.masked_crc(length).to_bytes(4, "little"))
    with pytest.raises(UserError, match="record 0 is damaged or cut short"):
        list(tfrecord.frames(tmp_path / "a.tfrecord"))


@pytest.mark.parametrize(
    ("table", "first_pixel"),
    [
        ("filename,width,height,class,xmin,ymin,xmax,ymax\na b.jpg,80,60,http,20,10,40,18\n", "auto"),
        ("Image_Path;Label;X1;Y1;X2;Y2\nphotos\\a b.jpg;http;20;10;40;18\n", "auto"),
        ("\ufefffilename\tclass\txmin\tymin\txmax\tymax\textra\na b.jpg\thttp\t21\t11\t40\t18\tx\n", "1"),
        ("filename,class,xmin,ymin,xmax,ymax\na b.jpg,http,40,18,20,10\n", "0"),
    ],
)
def test_tables_of_others(tmp_path: Path, table: str, first_pixel: str) -> None:
    save_picture(tmp_path / "in/photos/a b.jpg")
    (tmp_path / "in/boxes.csv").write_text(table, encoding="utf-8")
    dataset, ledger = bring(tmp_path / "in", first_pixel=first_pixel)
    assert boxes(dataset) == [[("http", GOOD_BOX)]] and not ledger.rejected


def test_what_is_wrong_with_a_table(tmp_path: Path) -> None:
    save_picture(tmp_path / "in/a.jpg")
    lines = [
        "filename,class,xmin,ymin,xmax,ymax",
        "a.jpg,http,20,10,40,x",
        "a.jpg,,20,10,40,18",
        "../b.jpg,http,1,2,3,4",
    ]
    (tmp_path / "in/boxes.csv").write_text("\n".join(lines))
    reasons = [note.reason for note in bring(tmp_path / "in")[1].rejected]
    for part in (
        "line 2: ymax='x' must be a number",
        "line 3: class is missing",
        "line 4: file_name='../b.jpg' leads out",
    ):
        assert any(part in reason for reason in reasons), reasons
    (tmp_path / "in/boxes.csv").write_text("a,b\n1,2\n")
    with pytest.raises(
        UserError,
        match=r"boxes.csv line 1 names no column filename, class, xmin, .*; it must name filename, class, xmin",
    ):
        read_dataset(tmp_path / "in/boxes.csv")


@pytest.mark.parametrize(
    ("head", "missing"),
    [
        ("filename,class,xmin,ymin,xmax", "ymax"),
        ("image;label", "xmin, ymin, xmax, ymax"),
        ("a.jpg,http,1,2,3,4", "filename, class, xmin, ymin, xmax, ymax"),
        ("x1,y1,x2,y2", "filename, class"),
    ],
)
def test_a_table_that_lacks_columns_is_not_passed_over(tmp_path: Path, head: str, missing: str) -> None:
    save_picture(tmp_path / "in/a.jpg")
    (tmp_path / "in/boxes.csv").write_text(f"{head}\na.jpg,http,1,2,3,4\n")
    for kind in ("auto", "csv"):
        with pytest.raises(UserError, match=rf"boxes.csv line 1 names no column {missing}; it must name"):
            bring(tmp_path / "in", format=kind, unlabelled="empty")
    assert len(bring(tmp_path / "in", format="pictures", unlabelled="empty")[0].images) == 1


def test_a_table_of_something_else_may_lie_there(tmp_path: Path) -> None:
    save_picture(tmp_path / "in/a.jpg")
    (tmp_path / "in/shelf.csv").write_text("name,text,year\nAda,notes,1843\n")
    assert detect_format(tmp_path / "in") == "pictures"


def test_a_name_that_no_file_can_hold_is_set_aside(run: Run, tmp_path: Path) -> None:
    for name in ("a\udcff.jpg", "b\n.jpg", "c.jpg"):
        save_picture(tmp_path / "in" / name)
    dataset, ledger = bring(tmp_path / "in", unlabelled="empty")
    assert (len(dataset.images), ledger.images) == (1, 3)
    for note, name in zip(ledger.rejected, (r"a\udcff.jpg", r"b\n.jpg"), strict=True):
        assert note.where == f"{tmp_path}/in/{name}"
        assert note.reason == f"{note.where} has a name that is not one line of UTF-8; rename the file."
    assert (tmp_path / "out/rejected.jsonl").read_text().count("rename the file") == 2
    for keys in (["merge", f"sources=[{tmp_path}/in]", "unlabelled=empty"], ["show", f"source={tmp_path}/in"]):
        done = run(*keys, f"out={tmp_path}/new.png")
        assert done.returncode == 2 and r"in/a\udcff.jpg has a name that is not one line" in done.stderr
        assert "Traceback" not in done.stderr and not (tmp_path / "new.png").exists()


@pytest.mark.parametrize("name", ["", "  "])
def test_a_class_without_a_name_is_refused(tmp_path: Path, name: str) -> None:
    save_picture(tmp_path / "in/a.jpg")
    categories = [{"id": 1, "name": "http"}, {"id": 2, "name": name}]
    file = coco_file(
        tmp_path / "in/annotations.json", [entry(1, "a.jpg")], [box(1, 1), box(2, 1, category=2)], categories
    )
    with pytest.raises(UserError, match=rf"categories\[1\]: name='{name}' must be a text that is not empty"):
        read_dataset(file)
    dataset, ledger = bring(tmp_path / "in")
    assert dataset.categories == ("http",) and dataset.links == ledger.count("annotation") == 1


def test_formats_are_told_apart(tmp_path: Path) -> None:
    save_picture(tmp_path / "a.jpg")
    for name, text, kind in (
        ("a.tfrecord", "", "tfrecord"),
        ("boxes.csv", "filename,class,xmin,ymin,xmax,ymax\n", "csv"),
        ("a.txt", "0 0.5 0.5 0.1 0.1\n", "yolo"),
        ("a.xml", "<annotation/>", "voc"),
        ("all.json", '{"info": {}, "images": []}', "coco"),
    ):
        (tmp_path / name).write_text(text)
        assert detect_format(tmp_path) == kind


def test_names_match_whatever_the_case_or_the_coding_of_accents(tmp_path: Path) -> None:
    save_picture(tmp_path / "in/U\u0308bung.JPG")  # as macOS writes it
    voc(tmp_path / "in", "\u00fcbung.jpg", GOOD)
    assert boxes(bring(tmp_path / "in")[0]) == [[("http", GOOD_BOX)]]


def test_many_processes_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "ALONE_S", 0.0)  # one picture, and the processes start
    for index in range(70):
        save_picture(tmp_path / f"in/{index}.jpg", (40, 30), seed=index)
        voc(tmp_path / "in", f"{index}.jpg", (1, 1, 20, 1 + index), size=(40, 30))
    alone, ledger = bring(tmp_path / "in", workers=1)
    lines = account(alone, ledger, "out")
    together, more = bring(tmp_path / "in", workers=2)
    assert (together, account(together, more, "out")) == (alone, lines)
    assert ledger.rejected and ledger.repaired and "found 70 images and 70 annotations = " in lines[1]


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"out": "in/set"}, "lie in each other; name a folder apart"),
        ({"source": "nowhere", "format": "voc"}, "nowhere does not exist"),
        ({"format": "tfrecord"}, "holds nothing that can be read as format=tfrecord"),
        ({"unlabelled": "skip"}, r"No picture of source=.* came through. The first reason: .*a.jpg has no annotations"),
    ],
)
def test_what_cannot_be_imported(tmp_path: Path, keys: dict[str, str], sentence: str) -> None:
    save_picture(tmp_path / "in/a.jpg")
    out = tmp_path / keys.pop("out", "out")
    with pytest.raises(UserError, match=sentence):
        import_set(ImportConfig(str(tmp_path / keys.pop("source", "in")), str(out), **keys))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.jpg", "in"]


def test_a_picture_that_is_one_only_by_name(tmp_path: Path) -> None:
    folder = save_set(tmp_path / "in", 2).images[0].path.parent
    (folder / "p0.jpg").write_text("no picture")
    PillowImage.open(folder / "p1.jpg").convert("P").save(folder / "p2.bmp", "PNG")
    dataset, ledger = bring(folder, unlabelled="empty")
    assert [image.path.suffix for image in dataset.images] == [".jpg", ".png"]
    assert [note.reason.endswith("p0.jpg is not a picture that can be read.") for note in ledger.rejected] == [True]


def test_recipes_of_synthetic_pages_come_along(tmp_path: Path) -> None:
    write_dataset(save_set(tmp_path / "raw"), tmp_path / "in")
    (tmp_path / "in/images/00/000001.jpg").write_text("no picture")
    lines = [f'{{"image_id": {number}, "seed": {number * 10}}}\n' for number in (1, 2, 3)]
    (tmp_path / "in/recipes.jsonl").write_text("".join(lines))
    dataset, _ = bring(tmp_path / "in")
    assert [image.id for image in dataset.images] == [1, 3]
    assert (tmp_path / "out/recipes.jsonl").read_text() == lines[0] + lines[2]


def test_a_repaired_reading_without_import(tmp_path: Path) -> None:
    save_picture(tmp_path / "in/a.jpg")
    voc(tmp_path / "in", "a.jpg", (40, 18, 21, 11), (40, 11, 40, 18))
    with pytest.raises(UserError, match=r"object\[0\]: xmin=40, xmax=21"):
        read_dataset(tmp_path / "in")
    assert boxes(read_dataset(tmp_path / "in", faults="repair")) == [[("http", GOOD_BOX)]]


def test_an_annotation_is_set_aside_once_though_its_picture_goes_too(tmp_path: Path) -> None:
    for name in "ab":
        save_picture(tmp_path / f"in/{name}.jpg")
    entries = [entry(1, "a.jpg", width=2 * WIDTH, height=2 * HEIGHT), entry(2, "b.jpg")]
    links = [box(1, 1), box(2, 1, 20, 10, 0, 8), box(3, 2)]
    coco_file(tmp_path / "in/annotations.json", entries, links, [{"id": 1, "name": "http"}])
    _, ledger = bring(tmp_path / "in")
    assert (ledger.annotations, ledger.count("annotation"), ledger.count("image")) == (3, 2, 1)

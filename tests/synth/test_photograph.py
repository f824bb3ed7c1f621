"""Real pages before the camera: truth against pixels, the same bytes again, one sentence for a mistake."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from conf.app import composed
from conf.schema.photograph import PhotographConfig
from conf.schema.synth import SynthConfig
from data import LinkAnnotation, load_pixels, read_dataset
from data.pdf.build import build
from data.pdf.survey import opened, survey
from synth.ink import Raster
from synth.photograph import Photographed, _ink, _recipe
from synth.sample import sample
from tests.data.pdfs import WIDTH, Sheet, line, save_pdf

SHARP = (
    "camera.blur_px=[0,0]", "camera.motion_px=[0,0]", "camera.noise=[0,0]", "camera.jpeg_quality=[100,100]",
    "camera.shadow_share=0", "camera.effects=[]", "camera.x_height_px=[12,14]", "camera.aim_share=1",
    "camera.whole_page_share=0", "paper=white", "marks=none", "ground.thumb_share=0",
)  # fmt: skip


def config(source: Path, *overrides: str) -> PhotographConfig:
    return composed("synth_photograph", PhotographConfig, [f"source={source}", "workers=1", *overrides])


def photographed(
    path: Path, number: int, chosen: PhotographConfig, index: int
) -> tuple[np.ndarray, list[LinkAnnotation]]:
    with opened(path) as document:
        facts = survey(document, 1)
        picture, links = Photographed.by(chosen)(document[number - 1], facts, index)
    return cv2.imdecode(np.frombuffer(picture.content, np.uint8), cv2.IMREAD_GRAYSCALE), links


def test_boxes_lie_around_the_ink_in_the_picture(tmp_path: Path) -> None:
    """Page 2 is page 1 without the prefix: what differs between the pictures is its ink."""
    prefix, rest = line("http://"), line("www.example.org/path", 69.5)
    path = save_pdf(tmp_path / "a.pdf", prefix + rest, rest)
    errors = []
    for index in range(12):
        chosen = config(path, *SHARP)
        (whole, links), (without, _) = (photographed(path, number, chosen, index) for number in (1, 2))
        (link,) = links
        changed = cv2.absdiff(whole, without) > 0.3 * cv2.absdiff(whole, without).max()
        columns, rows = np.flatnonzero(changed.any(axis=0)), np.flatnonzero(changed.any(axis=1))
        x, y, width, height = link.bbox
        edges = [columns[0] - x, rows[0] - y, columns[-1] + 1 - x - width, rows[-1] + 1 - y - height]
        errors.append(max(map(abs, edges)))
        assert not link.ignore and link.text == "http://www.example.org/path"
    assert np.mean(errors) < 0.75 and max(errors) < 1.5


def test_colours_pass_the_three_inks_unchanged(tmp_path: Path) -> None:
    content = "0.2 0.5 0.9 rg 50 50 100 100 re f 1 0 0 rg 200 50 100 100 re f 0 g 50 200 100 50 re f"
    path = save_pdf(tmp_path / "a.pdf", content)
    with opened(path) as document:
        ink = _ink(document[0], survey(document, 1), Raster(1.0, 0.0, 0.0, 400, 300))
    light = np.repeat(255.0 - ink.black[..., None], 3, axis=2)
    for layer in ink.coloured:
        rows, columns = layer.coverage.shape
        window = light[layer.top : layer.top + rows, layer.left : layer.left + columns]
        window *= 1 - layer.coverage[..., None] / 255 * (1 - np.array(layer.colour))
    colours = {(200, 100): (51, 128, 230), (200, 250): (255, 0, 0), (75, 100): (0, 0, 0), (10, 10): (255, 255, 255)}
    for place, colour in colours.items():
        assert light[place] == pytest.approx(colour, abs=2)


def test_rendered_and_photographed_pages_of_one_seed_are_not_taken_alike(tmp_path: Path) -> None:
    path = save_pdf(tmp_path / "a.pdf", line("http://example.org"))
    chosen = Photographed.by(config(path))
    with opened(path) as document:
        facts = survey(document, 1)
    for index in range(3):
        taken, rendered = _recipe(chosen, facts, index), sample(composed("synth", SynthConfig, []), index)
        assert taken.paper.colour != rendered.paper.colour and taken.ground != rendered.ground


def test_what_lies_beyond_the_page_is_not_printed(tmp_path: Path) -> None:
    path = save_pdf(tmp_path / "a.pdf", Sheet("0 g -50 -50 600 600 re f"))
    with opened(path) as document:
        ink = _ink(document[0], survey(document, 1), Raster(1.0, -40.0, -30.0, WIDTH + 80, 360))
    assert ink.black[:30].max() == ink.black[:, :40].max() == ink.black[:, -40:].max() == ink.black[-30:].max() == 0
    assert ink.black[31:-31, 41:-41].min() == 255


def test_a_set_is_the_same_again_with_any_number_of_workers(tmp_path: Path) -> None:
    pages = [line(f"words and http://a.org/{number} and more") for number in range(3)] + [line("words alone")] * 2
    path = save_pdf(tmp_path / "book.pdf", *pages)
    chosen = config(path, "camera.width_px=320", "camera.height_px=240", "link_free_share=0.25")
    contents = []
    for workers in (1, 2):
        out = tmp_path / str(workers)
        build(dataclasses.replace(chosen, out=str(out), workers=workers), Photographed.by(chosen))
        dataset = read_dataset(out)
        contents.append(
            [image.path.read_bytes() for image in dataset.images] + [(out / "annotations.json").read_bytes()]
        )
        assert [image.source for image in dataset.images] == ["pdf"] * 4 and load_pixels(
            dataset.images[0].path
        ).shape == (240, 320, 3)
    assert contents[0] == contents[1]

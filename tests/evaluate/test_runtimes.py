"""`detector=browser` and `detector=litert` mean the shipped model in that runtime."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from conf import UserError
from data import Dataset, Image, write_dataset
from data.pixels import as_jpeg
from evaluate.detectors import open_detector
from evaluate.detectors.chromium import PACKAGES
from evaluate.detectors.location import located, operating_point_file
from evaluate.inputs import Subject, open_subject
from evaluate.matching import overlaps
from evaluate.operating_point import read_operating_point
from synth import Sample
from tests.web.scenes import photograph

SHIPPED = Path("models/detector")
HERE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sample() -> Sample:
    plain = (
        "link.schemes=[https]",
        "link.style_weights={roman: 1, italic: 0, bold: 0, mono: 0, smallcaps: 0, spaced: 0}",
    )
    return photograph(17, "camera=none", "camera.width_px=1200", "camera.height_px=1500", "link.per_page=[1,1]", *plain)


@pytest.fixture(scope="module")
def subject(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    folder = tmp_path_factory.mktemp("page")
    (folder / "page.jpg").write_bytes(as_jpeg(sample.image))
    height, width = sample.image.shape[:2]
    write_dataset(Dataset((Image(folder / "page.jpg", width, height, tuple(sample.links)),)), folder / "set")
    return open_subject(folder / "set")


def test_words_name_models_here_or_beside_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert located("browser") == HERE / SHIPPED / "small/tfjs_float16"
    own = SHIPPED / "mine/litert_float16"
    own.mkdir(parents=True)
    assert located("litert:mine") == own
    Path("litert").mkdir()  # a folder of that name comes first
    assert located("litert") == Path("litert")
    assert operating_point_file("browser:base") == HERE / SHIPPED / "base/operating_point.json"


def test_an_unknown_size_is_refused_with_what_there_is(subject: Subject) -> None:
    with pytest.raises(UserError, match=r"detector=browser:huge is not there; .*base, small; in browser or litert, or"):
        open_detector("browser:huge", subject)


@pytest.mark.slow
@pytest.mark.parametrize("word", ["litert", "browser"])
def test_the_shipped_model_finds_a_link(
    word: str, sample: Sample, subject: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    if word == "browser" and not (PACKAGES / "tfjs-core").is_dir():
        pytest.skip("web's packages are not here: npm ci --prefix web")
    with caplog.at_level(logging.INFO):
        detector = open_detector(word, subject)
    stored = located(word).name
    assert detector.name == f"small/{stored}"
    file = operating_point_file(word)
    assert file is not None
    assert f"detector={word} is {file.parent / stored}; its operating point: {file}." in caplog.text
    found = detector.detect(subject.dataset.images[0], np.asarray(sample.image))
    sure = [each for each in found if each.score >= read_operating_point(file).score_threshold]
    (link,) = sample.links
    assert [float(overlaps([link.bbox], [each.bbox])[0].max()) > 0.5 for each in sure] == [True]

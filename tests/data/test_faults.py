"""Every fault that users' folders have: the sentence or the repair that it gets."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conf import UserError
from conf.schema.data_import import ImportConfig
from data import read_dataset
from data.importing import import_set
from data.rejected import Ledger, Note
from tests.data.faults import FAULTS, build, folder_of


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    folder = tmp_path_factory.mktemp("faults")
    build(folder / "source")
    _, ledger = import_set(ImportConfig(str(folder / "source"), str(folder / "out"), workers=1))
    return folder, ledger


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_gets_its_sentence_or_its_repair(imported: tuple[Path, Ledger], name: str) -> None:
    folder, ledger = imported
    fault, place = FAULTS[name], str(folder / "source" / folder_of(name)) + "/"
    notes = [note for note in (*ledger.rejected, *ledger.repaired) if place in note.where]
    if fault.sentence:
        assert any(re.search(fault.sentence, note.reason) for note in notes), notes
    else:
        assert not notes
    came = [
        image
        for image in read_dataset(folder / "out").images
        if image.extra["origin"]["file_name"].startswith(f"{folder_of(name)}/")
    ]
    assert [(image.width, image.height) for image in came] == ([] if fault.picture is None else [fault.picture])
    assert tuple(link.bbox for image in came for link in image.links) == fault.boxes
    aside = [note for note in ledger.rejected if place in note.where and note.what == "annotation"]
    assert len(fault.boxes) + len(aside) == fault.annotations


def test_what_was_found_is_what_came_out_plus_what_was_set_aside(imported: tuple[Path, Ledger]) -> None:
    folder, ledger = imported
    out = read_dataset(folder / "out")
    assert ledger.images == len(FAULTS) == len(out.images) + ledger.count("image")
    assert ledger.annotations == sum(fault.annotations for fault in FAULTS.values())
    assert ledger.annotations == out.links + ledger.count("annotation")
    lines = [json.loads(line) for line in (folder / "out/rejected.jsonl").read_text().splitlines()]
    assert [Note(**line) for line in lines] == ledger.rejected


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if "object" not in fault.sentence])
def test_a_strict_reading_refuses_the_source_with_the_same_sentence(tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    fault.make(tmp_path / "source")
    lenient_in_merge = ("reaches out", "mostly outside", "counted from 0")  # harmless: shards cut at the edge
    if not fault.sentence or any(word in name for word in lenient_in_merge):
        read_dataset(tmp_path / "source", unlabelled="refuse")
        return
    pattern = fault.sentence.replace("are swapped corners", "enclose nothing").replace("; its boxes fit both", "")
    with pytest.raises(UserError, match=pattern):
        read_dataset(tmp_path / "source", unlabelled="refuse")

"""What detector and engine say of every page of a set, kept in the results' folder as it is found out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from conf.schema.evaluate import EvaluateConfig
from evaluate.detectors import FULL_PAGE, Detector
from evaluate.inputs import Subject
from evaluate.journal import Journal
from evaluate.pages import READING_VERSION, Page, detect_pages, fingerprint, read_pages
from evaluate.reader import Plan

DETECTED, READ = "detected.jsonl", "read.jsonl"


def plan_of(config: EvaluateConfig, subject: Subject) -> Plan:
    """How the pages of a subject are read; whole pages are read alike whatever the threshold is."""
    whole_page = config.detector == FULL_PAGE
    return Plan(
        ocr=config.ocr,
        threshold=0.0 if whole_page else config.threshold,
        whole_page=whole_page,
        categories=subject.dataset.categories,
        preprocess=config.preprocess,
    )


def predict(
    config: EvaluateConfig, subject: Subject, detector: Detector, out: Path
) -> tuple[Sequence[Page], Sequence[Page]]:
    """Detects and reads, going on where it was stopped.

    Args:
        config: threshold, engine and number of processes.
        subject: the pictures, as the detector sees them (`view.as_seen`).
        detector: opened for that subject.
        out: folder of the two journals.

    Returns:
        The pages as detected, and as read.
    """
    plan = plan_of(config, subject)
    key = fingerprint(detector.fingerprint, subject.hash, dataclasses.asdict(config.preprocess))
    detected = detect_pages(subject, detector, config.preprocess, Journal(out / DETECTED, key))
    reading = fingerprint(key, dataclasses.asdict(plan), READING_VERSION)
    return detected, read_pages(subject, detected, plan, config.workers, Journal(out / READ, reading))

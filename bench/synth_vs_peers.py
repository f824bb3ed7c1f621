"""Ours beside the generators that a user would pick instead: `python -m bench.synth_vs_peers`.

The same words, page size and fonts for all, one core, CPU time, warm-up excluded, rounds taken in turn so that the
machine's drift hits all alike. Writes a section of `bench/RESULTS.md` and one picture of each to look at.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench import table, words
from bench.contest import OURS, PEERS, Contestant, Process, Work
from bench.environments import Unavailable
from conf.app import composed
from conf.schema.synth import SynthConfig
from synth import fonts
from synth.pipeline import render

_SIDE_PX, _LEAST_WORDS, _SEED = 1024, 300, 7
_PLAIN_PAGES = 12
_FASTEST_FONT = "Caladea"  # of our families, the one that Pillow 9.5 draws fastest
_NOTES = f"""\
{_SIDE_PX} × {_SIDE_PX} RGB, at least {_LEAST_WORDS} words on each page counted, words from one text. The others get the
upright static faces of our serif and sans families; ours uses all of its fonts, among them variable ones, which Pillow
draws ten times slower. One core, one thread, CPU time of the process and its children, in rounds taken in turn; median
of the rounds (least–greatest). Warm-up is left out: it runs each of Augraphy's effects once, so that nothing is
compiled within the time. Ours is timed down to the encoded JPEG with its truth; the others to the picture in memory,
without encoding. Augraphy's pages are drawn beforehand. Time of failed pages, and of pages with too few words, is left
out for all. Pillow's speed depends on the font; rows with one font give a generator the one of ours that it draws
fastest.
"""


def main() -> None:
    """Measures, prints the table, writes the results; status 1 where a generator could not be measured."""
    given = _arguments()
    out = Path(given.out)
    out.mkdir(parents=True, exist_ok=True)
    entries = _measured(out, given.rounds)
    ours = entries[0][1]
    if isinstance(ours, str):
        sys.exit(f"Ours cannot be measured: {ours}.")
    _show(table.rows(ours, entries), table.verdict(ours, entries))
    table.replace_section(Path(given.results), _section(ours, entries, given.rounds))
    if given.json:
        plain = {who.label: work if isinstance(work, str) else asdict(work) for who, work in entries}
        Path(given.json).write_text(json.dumps(plain, indent=1), encoding="utf-8")
    sys.exit(any(isinstance(work, str) for _, work in entries))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.synth_vs_peers", description=__doc__)
    parser.add_argument("--rounds", type=_rounds, default=5, help="rounds of each generator (5)")
    parser.add_argument("--out", default="outputs/bench", help="folder for pictures and logs (outputs/bench)")
    parser.add_argument("--results", default="bench/RESULTS.md", help="file to write the table to (bench/RESULTS.md)")
    parser.add_argument("--json", help="file for every figure")
    return parser.parse_args()


def _rounds(given: str) -> int:
    rounds = int(given)
    if rounds < 1:
        raise ValueError("at least one")
    return rounds


def _measured(out: Path, rounds: int) -> list[tuple[Contestant, Work | str]]:
    """Every contestant with its work, or with the reason why there is none; ours first."""
    job = _job(out)
    running: list[Process] = []
    failed: dict[Contestant, str] = {}
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), transient=True
    ) as bar:
        task = bar.add_task("start", total=(1 + rounds) * (1 + len(PEERS)))
        for contestant in (OURS, *PEERS):
            bar.update(task, description=f"start and warm up {contestant.label}")
            mine = {**job, "fonts": job["one_font"]} if contestant.one_font else job
            try:
                running.append(Process(contestant, mine, out))
                running[-1].warm()
            except Unavailable as reason:
                failed[contestant] = str(reason)
            bar.advance(task)
        for _ in range(rounds):
            for process in [p for p in running if p.contestant not in failed]:
                bar.update(task, description=process.contestant.label)
                try:
                    process.run()
                except Unavailable as reason:
                    failed[process.contestant] = str(reason)
                bar.advance(task)
    for process in running:
        if process.contestant not in failed:
            process.save(out / f"{process.contestant.label}.png")
        process.end()
    done = {process.contestant: process.work for process in running}
    return [(who, failed[who] if who in failed else done[who]) for who in (OURS, *PEERS)]


def _job(out: Path) -> dict[str, Any]:
    """What every contestant is told: see `peers/serve.py`."""
    text = out / "text.txt"
    text.write_text(words.text(_SEED), encoding="utf-8")
    said = [f"page.text_file={text.resolve()}", f"camera.width_px={_SIDE_PX}", f"camera.height_px={_SIDE_PX}"]
    plain = composed("synth", SynthConfig, ["camera=none", "paper=white", "font=packages", *said])
    faces = _static_faces(plain)
    return {
        "core": max(os.sched_getaffinity(0)),
        "seed": _SEED,
        "side_px": _SIDE_PX,
        "least_words": _LEAST_WORDS,
        "text": str(text.resolve()),
        "fonts": list(faces.values()),
        "one_font": [faces[_FASTEST_FONT]],
        "pages": _plain_pages(plain, out),
        "overrides": ["camera=phone", "font=packages", "camera.whole_page_share=1", *said],
    }


def _static_faces(config: SynthConfig) -> dict[str, str]:
    """Files of the upright serif and sans faces, by family; none that is variable: those slow Pillow tenfold."""
    faces = {
        name: family.font("roman").path
        for name, family in fonts.library(config.font).items()
        if family.kind in ("serif", "sans") and family.font("roman").path.suffix in (".ttf", ".otf")
    }
    return {name: str(path) for name, path in faces.items() if "fvar" not in TTFont(path, lazy=True)}


def _plain_pages(config: SynthConfig, out: Path) -> list[tuple[str, int]]:
    """Clean pages with enough words, as files, each with its number of words: what Augraphy is given."""
    pages: list[tuple[str, int]] = []
    index = 0
    while len(pages) < _PLAIN_PAGES:
        sample = render(config, index, seed=_SEED)
        count = words.on_page(sample.recipe, config)
        index += 1
        if count >= _LEAST_WORDS:
            path = out / f"page{len(pages):02d}.png"
            Image.open(io.BytesIO(sample.jpeg)).save(path)
            pages.append((str(path.resolve()), count))
    return pages


def _section(ours: Work, entries: list[tuple[Contestant, Work | str]], rounds: int) -> str:
    """The section of RESULTS.md."""
    described = [[who.name, who.did, who.lacks or "–"] for who, _ in entries if not who.one_font]
    failures = [
        f"- {who.name}: {count} × `{message}`"
        for who, work in entries
        if isinstance(work, Work)
        for message, count in work.failures.items()
    ]
    return "\n\n".join(
        [
            "## Pages per CPU second, beside other generators",
            f"`python -m bench.synth_vs_peers --rounds {rounds}`, commit {_commit()}, "
            f"{datetime.now(timezone.utc):%Y-%m-%d}, {os.cpu_count()} cores.",
            table.verdict(ours, entries),
            table.markdown(table.HEAD, table.rows(ours, entries)),
            _NOTES.strip(),
            table.markdown(["tool", "what was done", "what it leaves out"], described),
            *(["Failures, as raised:\n\n" + "\n".join(failures)] if failures else []),
        ]
    )


def _commit() -> str:
    """The commit at work, and whether code differs from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "synth", "conf", "bench", ":!bench/RESULTS.md")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with local changes" if changed else "")


def _show(body: list[list[str]], verdict: str) -> None:
    """What fits a terminal; the results' file has every column."""
    console = Console()
    shown = Table()
    kept = [table.HEAD.index(name) for name in table.SHORT_HEAD]
    for column in kept:
        shown.add_column(table.HEAD[column], overflow="fold")
    for row in body:
        shown.add_row(*(row[column] for column in kept))
    console.print(shown)
    console.print(verdict)


if __name__ == "__main__":
    main()

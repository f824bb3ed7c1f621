"""The account of a reading: what was found, what was mended, what was set aside and why. Nothing is lost silently.

A strict reading refuses its source at the first fault. A lenient one mends what can be mended for certain, sets the
rest aside, and keeps a note of either; what was found is then what came out plus what was set aside.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from conf import UserError
from data.files import write_text

Faults = Literal["refuse", "repair"]
What = Literal["image", "annotation"]

WITH_ITS_PICTURE = "Its picture was set aside: "
REJECTED = "rejected.jsonl"
REPAIRED = "repaired.jsonl"
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Note:
    """One picture or annotation that was mended or set aside: where it stood, why, and what was done to mend it."""

    what: What
    where: str
    reason: str
    done: str = ""

    def __str__(self) -> str:
        """One sentence."""
        return f"{self.reason.rstrip('.')}; {self.done}." if self.done else self.reason


def readable(text: str) -> str:
    """A text in one line that any file can hold: names of files may have line ends, and bytes that are no UTF-8."""
    return "".join(ascii(letter)[1:-1] if is_unreadable(letter) else letter for letter in text)


def is_unreadable(text: str) -> bool:
    """Whether a text has control characters, or what Python makes of bytes that are no UTF-8."""
    return any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)


class FaultyEntry(UserError):
    """What a strict reading stops at, and a lenient one mends or sets aside."""


class Catching:
    """A block in which a fault is handled and does not leave; unless the reading is strict."""

    def __init__(self, strict: bool, handle: Callable[[UserError], None]) -> None:
        """Args: whether faults leave the block; and what is done with one that does not."""
        self._strict = strict
        self._handle = handle

    def __enter__(self) -> None:
        """Nothing to do: faults come later."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        """True swallows the error; a strict reading passes it on as what stopped it."""
        if not isinstance(error, UserError):
            return False
        if self._strict:
            raise FaultyEntry(readable(str(error))) from error.__cause__
        self._handle(error)
        return True


@dataclass(slots=True)
class Ledger:
    """What happened to what was found.

    Attributes:
        faults: `refuse` raises the first fault; `repair` mends it or sets the entry aside.
        images, annotations: found in the source, the faulty ones included.
        repaired: one note for each thing mended; an entry may have several.
        rejected: one note for each picture and each annotation set aside.
    """

    faults: Faults = "refuse"
    images: int = 0
    annotations: int = 0
    repaired: list[Note] = field(default_factory=list)
    rejected: list[Note] = field(default_factory=list)

    @property
    def strict(self) -> bool:
        """Whether the first fault refuses the source."""
        return self.faults == "refuse"

    def found(self, *, images: int = 0, annotations: int = 0) -> None:
        """Counts what the source holds, before anything is asked of it."""
        self.images += images
        self.annotations += annotations

    def aside(self, what: What, where: str, annotations: Sequence[str] = ()) -> Catching:
        """Sets an entry aside where the block finds it faulty; a strict reading raises the fault.

        Args:
            what: what the entry is.
            where: how messages call it.
            annotations: those of a picture, by what messages call them: they go with it.
        """
        return Catching(self.strict, lambda fault: self.reject(what, where, str(fault), annotations))

    def reject(self, what: What, where: str, reason: str, annotations: Sequence[str] = ()) -> None:
        """Sets an entry aside; a picture takes its annotations with it.

        Raises:
            FaultyEntry: the reason, in a strict reading.
        """
        if self.strict:
            raise FaultyEntry(readable(reason))
        self.rejected.append(_note(what, where, reason))
        self.rejected += [_note("annotation", place, f"{WITH_ITS_PICTURE}{reason}") for place in annotations]

    def mend(self, what: What, where: str, fault: str, done: str) -> None:
        """Notes a repair that is certain.

        Raises:
            FaultyEntry: the fault, in a strict reading.
        """
        if self.strict:
            raise FaultyEntry(readable(f"{where}: {fault}."))
        self.repaired.append(_note(what, where, f"{where}: {fault}.", done))

    def left_out(self, what: What, where: str) -> Catching:
        """Notes that a part which an entry can do without was left out, where the block finds it faulty."""

        def note(fault: UserError) -> None:
            self.repaired.append(_note(what, where, str(fault), "it was left out"))

        return Catching(self.strict, note)

    def add(self, other: Ledger) -> None:
        """Takes over what another ledger holds: that of a worker, or of a part of the source."""
        self.found(images=other.images, annotations=other.annotations)
        self.repaired += other.repaired
        self.rejected += other.rejected

    def count(self, what: What) -> int:
        """How many pictures or annotations were set aside."""
        return sum(note.what == what for note in self.rejected)

    def told(self) -> list[str]:
        """Its first notes of either kind as indented lines to print, and a count of the rest."""
        lines = []
        for name, notes in (("set aside", self.rejected), ("mended", self.repaired)):
            lines += [f"  {name}: {note}" for note in notes[:_TOLD]]
            if len(notes) > _TOLD:
                lines.append(f"  {name}: {len(notes) - _TOLD:,} more")
        return lines

    def write(self, folder: Path) -> None:
        """Writes `rejected.jsonl` and `repaired.jsonl`, an object for each note; no file where there is none."""
        for name, notes in ((REJECTED, self.rejected), (REPAIRED, self.repaired)):
            if notes:
                told = ({key: value for key, value in asdict(note).items() if value} for note in notes)
                lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in told)
                write_text(folder / name, "".join(lines))


def _note(what: What, where: str, reason: str, done: str = "") -> Note:
    return Note(what, readable(where), readable(reason), done)

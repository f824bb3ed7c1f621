"""Small PDF files for the tests of `data.pdf`, written by hand: each test says in PDF's own words what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

WIDTH, HEIGHT = 400, 300
FONTS = {"F": "Helvetica", "I": "Times-Italic", "M": "Courier", "B": "Helvetica-Bold"}
LOCKED = "<< /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >>".format("5a" * 32)
"""Encryption whose password nobody knows."""


@dataclass
class Sheet:
    """One page: content in PDF's operators, and areas to click as (left, bottom, right, top, address)."""

    content: str
    areas: Sequence[tuple[float, float, float, float, str]] = ()
    turn: int = 0
    box: tuple[float, float, float, float] = (0, 0, WIDTH, HEIGHT)
    resources: str = ""


@dataclass
class _File:
    objects: list[str] = field(default_factory=list)

    def add(self, content: str) -> int:
        """Number of the new object."""
        self.objects.append(content)
        return len(self.objects)

    def stream(self, content: str, keys: str = "") -> int:
        return self.add(f"<< {keys} /Length {len(content)} >>\nstream\n{content}\nendstream")

    def save(self, path: Path, root: int, encrypt: str) -> None:
        parts, offsets = ["%PDF-1.7\n"], []
        for number, content in enumerate(self.objects, start=1):
            offsets.append(sum(map(len, parts)))
            parts.append(f"{number} 0 obj\n{content}\nendobj\n")
        start = sum(map(len, parts))
        parts.append(f"xref\n0 {len(self.objects) + 1}\n0000000000 65535 f \n")
        parts += [f"{offset:010d} 00000 n \n" for offset in offsets]
        secret = f"/Encrypt {encrypt} /ID [<00> <00>]" if encrypt else ""
        parts.append(
            f"trailer\n<< /Size {len(self.objects) + 1} /Root {root} 0 R {secret} >>\nstartxref\n{start}\n%%EOF\n"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("".join(parts).encode("latin-1"))


def save_pdf(path: Path, *sheets: Sheet | str, encrypt: str = "") -> Path:
    """Writes a PDF file; a page may be given by its content alone."""
    file = _File()
    fonts = " ".join(
        f"/{key} {file.add(f'<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>')} 0 R"
        for key, name in FONTS.items()
    )
    fonts += f" /T {_type3(file)} 0 R"
    tree = file.add("")
    pages = [_page(file, sheet if isinstance(sheet, Sheet) else Sheet(sheet), fonts, tree) for sheet in sheets]
    kids = " ".join(f"{page} 0 R" for page in pages)
    file.objects[tree - 1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"
    file.save(path, file.add(f"<< /Type /Catalog /Pages {tree} 0 R >>"), encrypt)
    return path


def _page(file: _File, sheet: Sheet, fonts: str, tree: int) -> int:
    areas = [
        file.add(
            f"<< /Type /Annot /Subtype /Link /Rect [{left} {bottom} {right} {top}] /Border [0 0 1] "
            f"/A << /S /URI /URI ({uri}) >> >>"
        )
        for left, bottom, right, top, uri in sheet.areas
    ]
    links = " ".join(f"{number} 0 R" for number in areas)
    content = file.stream(sheet.content)
    box = " ".join(map(str, sheet.box))
    return file.add(
        f"<< /Type /Page /Parent {tree} 0 R /MediaBox [{box}] /Rotate {sheet.turn} /Contents {content} 0 R "
        f"/Resources << /Font << {fonts} >> {sheet.resources} >> /Annots [{links}] >>"
    )


def _type3(file: _File) -> int:
    """A font whose letters are drawn by operators: every letter a box, 600 wide and as high as its code says."""
    letters = "htps:/w.abcxyzorg"
    shapes = {
        letter: file.stream(f"600 0 50 0 550 {_rise(letter)} d1 50 0 500 {_rise(letter)} re f") for letter in letters
    }
    procedures = " ".join(f"/g{ord(letter)} {number} 0 R" for letter, number in shapes.items())
    names = " ".join(f"{ord(letter)} /g{ord(letter)}" for letter in letters)
    to_unicode = file.stream(_unicode_map(letters))
    widths = " ".join(["600"] * 75)
    return file.add(
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 600 800] /FontMatrix [0.001 0 0 0.001 0 0] "
        f"/CharProcs << {procedures} >> /Encoding << /Type /Encoding /Differences [{names}] >> /FirstChar 46 "
        f"/LastChar 120 /Widths [{widths}] /ToUnicode {to_unicode} 0 R /Resources << >> >>"
    )


def _rise(letter: str) -> int:
    return 700 if letter in "ht/b" else 450


def _unicode_map(letters: str) -> str:
    pairs = "\n".join(f"<{ord(letter):02X}> <{ord(letter):04X}>" for letter in letters)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
        "1 begincodespacerange <00> <FF> endcodespacerange "
        f"{len(letters)} beginbfchar\n{pairs}\nendbfchar endcmap end end"
    )


def line(text: str, x: float = 40, y: float = 200, *, font: str = "F", size: float = 12, more: str = "") -> str:
    """PDF operators that print a line; `more` is set before it, as a colour or a matrix."""
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"q BT /{font} {size} Tf {x} {y} Td {more} ({escaped}) Tj ET Q\n"

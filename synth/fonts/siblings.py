"""Families that are one design under several names: a split must not put them on both sides."""

from __future__ import annotations

import re

# Clones of a classic: who has learned the letters of one knows those of the others.
_CLONES = (
    ("Times", "Times New Roman", "TeX Gyre Termes", "Nimbus Roman", "Liberation Serif", "Tinos", "FreeSerif",
     "STIX", "STIXGeneral", "STIX Two", "XITS"),
    ("Helvetica", "Arial", "TeX Gyre Heros", "Nimbus Sans", "Liberation Sans", "Arimo", "FreeSans"),
    ("Courier", "Courier New", "TeX Gyre Cursor", "Nimbus Mono", "FreeMono"),
    ("Liberation Mono", "Cousine"),
    ("Palatino", "Palatino Linotype", "Book Antiqua", "TeX Gyre Pagella", "P052", "URW Palladio"),
    ("Century Schoolbook", "TeX Gyre Schola", "C059"),
    ("Bookman", "Bookman Old Style", "TeX Gyre Bonum", "URW Bookman"),
    ("Avant Garde", "TeX Gyre Adventor", "URW Gothic"),
    ("Zapf Chancery", "TeX Gyre Chorus", "Z003", "URW Chancery"),
    ("Computer Modern", "cmr10", "CMU Serif", "Latin Modern Roman", "LM Roman"),
    ("Computer Modern Sans", "cmss10", "CMU Sans Serif", "Latin Modern Sans", "LM Sans"),
    ("Computer Modern Typewriter", "cmtt10", "CMU Typewriter", "Latin Modern Mono", "LM Mono"),
    ("Calibri", "Carlito", "Lato"),
    ("Cambria", "Caladea", "Cambo"),
    ("Georgia", "Gelasio"),
    ("DejaVu Sans", "Bitstream Vera Sans", "Verdana"),
    ("DejaVu Serif", "Bitstream Vera Serif"),
    ("DejaVu Sans Mono", "Bitstream Vera Sans Mono", "Menlo"),
    ("Open Sans", "Noto Sans", "Droid Sans"),
    ("Noto Serif", "Droid Serif"),
    ("Roboto", "Heebo"),
    ("Fira Code", "Fira Mono"),
    ("Linux Libertine", "Linux Libertine O", "Libertinus Serif"),
    ("Linux Biolinum", "Linux Biolinum O", "Libertinus Sans"),
    ("Charter", "XCharter", "Bitstream Charter"),
    ("Inconsolata", "Inconsolatazi4"),
)  # fmt: skip
_DESIGN = {name: names[0] for names in _CLONES for name in names}
# Words that say which version, optical size or width of a design it is.
_VERSION = re.compile(
    r" (Pro|Std|VF|Variable|SC|Small ?[Cc]aps|Caps|Cn|Condensed|Display|Text|Caption|Flex|Tight"
    r"|Nerd Font( Mono| Propo)?|NF|NL|LGC|No9|PS|L|\d+)(?= |$)"
)


def design(family: str) -> str:
    """One name for all families of a design: both `Source Serif Pro` and `Source Serif 4` are `Source Serif`."""
    plain = _VERSION.sub("", family)
    return _DESIGN.get(plain, plain)

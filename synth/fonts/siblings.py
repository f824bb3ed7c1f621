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
    ("Computer Modern", "cmr10", "cmss10", "cmtt10", "CMU", "CMU Typewriter", "Latin Modern", "LM"),
    ("Calibri", "Carlito", "Lato"),
    ("Cambria", "Caladea", "Cambo"),
    ("Georgia", "Gelasio"),
    ("DejaVu", "Bitstream Vera", "Verdana", "Menlo"),
    ("Noto", "Open", "Droid"),
    ("Roboto", "Heebo"),
    ("Linux Libertine", "Linux Libertine O", "Linux Biolinum", "Linux Biolinum O", "Libertinus"),
    ("Charter", "XCharter", "Bitstream Charter"),
    ("Inconsolata", "Inconsolatazi4"),
)  # fmt: skip
_DESIGN = {name: names[0] for names in _CLONES for name in names}
# Superfamilies: one hand drew all of their members, whose letters share proportions and details.
_SUPERFAMILY = re.compile(
    r"(DejaVu|Bitstream Vera|Noto|Open|Droid|IBM Plex|Source|Roboto|Fira|PT|Ubuntu|Libertinus|Latin Modern|LM|CMU"
    r"|Computer Modern|Merriweather|Alegreya|Red Hat|Cascadia|Overpass|Spline|Space|Zilla|Nunito|Josefin|Go|Recursive"
    r"|Lucida|Anonymous|Sometype|Martian|Atkinson Hyperlegible|Reddit|Geist|Aptos)"
    r"(?: (?:Sans|Serif|Slab|Mono|Code|Roman|Typewriter|Grotesk|Console|Next|\(?Math\)?))*"
)
# Words that say which version, optical size or width of a design it is.
_VERSION = re.compile(
    r" (Pro|Std|VF|Variable|SC|Small ?[Cc]aps|Caps|Cn|Condensed|Display|Text|Caption|Flex|Tight"
    r"|Nerd Font( Mono| Propo)?|NF|NL|LGC|No9|PS|L|\d+)(?= |$)"
)


def design(family: str) -> str:
    """One name for all families of a design: `Source Serif Pro`, `Source Sans 3` and `Source Code Pro` are `Source`."""
    plain = _VERSION.sub("", family)
    together = _SUPERFAMILY.fullmatch(plain)
    name = together[1] if together else plain
    return _DESIGN.get(name, name)

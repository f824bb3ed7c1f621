"""From what an OCR engine read to a link, and when two links are the same.

`extract` is anchored: the text begins at a detected prefix, so its head must be a scheme or `www.`, however it was
misread (`htlps:/`, `https:ll`, `hitps`, `wvw.`). General extractors need a flawless scheme and find next to nothing.

Rules of `extract`, in order:

1.  The head of the text, after at most three stray characters (an opening bracket, a quote), is compared with each
    known prefix by edit distance, after letters of the same look are merged (`l I 1 | /`, `0 O`, `vv w`).
    A head that is too far from all of them is no link, and nothing is returned.
    A few other schemes (`git://`) are taken where they were read well.
2.  A misread prefix is spelt as it should be; one that was read well keeps its letters and their case.
3.  The link ends at the first space, quotation mark, angle bracket or other character that no address contains, and
    where another `http://` begins right behind a letter.
4.  Dashes and `|` become what an address can have there, a comma inside the host becomes a dot.
5.  Trailing punctuation is not part of it, nor is anything from a bracket on that has no partner in the link.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import ada_url
from rapidfuzz.distance import Levenshtein

PREFIXES = ("https://www.", "http://www.", "https://", "http://", "ftp://", "tcp://", "www.")
_STRAY = 3
_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}
_TRAILING = ".,;:!?'\"…·"
_QUOTES = re.compile("[\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\"'`\u00b4]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_DASHES = re.compile("-?[\u2010-\u2015\u2212]+-?")
"""A long dash, with the short one that an engine may see beside it: in an address both are one hyphen."""
_END = re.compile(r"[\s<>{}^\\]|[\u2018-\u201f\u00ab\u00bb\"]|(?<=[A-Za-z0-9])(?=https?://)")
_OTHER_SCHEMES = re.compile(r"(?i)\W{0,3}?((?:file|ftps|git|irc|ldap|nfs|rsync|rtsp|sftp|smb|ssh|svn|telnet|wss?)://)")
_PARTS = re.compile(r"(.*//)?(www\.)?")
_MERGED = str.maketrans({"I": "l", "1": "l", "|": "l", "!": "l", "/": "l", "\\": "l", "i": "l", "j": "l",
                         "0": "o", ";": ":", ",": "."})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Head:
    """A prefix found at the head of a text: which one, where it begins and ends, and how badly it was read."""

    prefix: str
    start: int
    stop: int
    cost: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """What the head of a text says.

    Attributes:
        prefix: the scheme or `www.` as it should be; empty where there is none.
        whole: prefix and all that follows up to the link's end, with punctuation that may not belong to it.
        doubt: how badly the prefix was read: 0 letter by letter, more the worse. What a prefix says is known
            beforehand, so how it was read tells how much the rest can be trusted.
        at_end: whether the text ends with `whole`.
    """

    prefix: str
    whole: str
    doubt: int
    at_end: bool

    @property
    def link(self) -> str:
        """The link; empty where there is none."""
        link = trimmed(self.whole)
        return link if len(link) > len(self.prefix) else ""


NOTHING = Extracted("", "", 99, at_end=False)


def extract(text: str) -> Extracted:
    """The link that a text begins with; `NOTHING` where it begins with none."""
    text = _INVISIBLE.sub("", text).strip()
    head = _head(text)
    if head is None:
        return NOTHING
    rest = _DASHES.sub("-", text[head.stop :])
    body = _until_closed(_host_repaired(_END.split(rest, maxsplit=1)[0].replace("|", "l")))
    plain = text[head.start : head.stop] in (head.prefix, head.prefix.upper(), head.prefix.capitalize())
    doubt = 0 if plain else 1 + head.cost
    return Extracted(head.prefix, _prefix_as_read(text, head) + body, doubt, at_end=len(body) == len(rest))


def _head(text: str) -> _Head | None:
    """The prefix nearest to the head of the text, None where none is near."""
    candidates = [
        _Head(prefix, start, start + length, _cost(text[start : start + length], prefix))
        for start in range(min(_STRAY, len(text)) + 1)
        if not any(c.isalnum() for c in text[:start])
        for prefix in PREFIXES
        for length in range(max(len(prefix) - 3, 2), len(prefix) + 3)
    ]
    other = _OTHER_SCHEMES.match(text)
    if other:
        return _Head(other.group(1).lower(), other.start(1), other.end(1), 0)
    near = [head for head in candidates if head.cost <= _allowed(head.prefix) and not _swallows(text, head)]
    # Letters explained by a long prefix outweigh a few misread ones.
    return min(near, key=lambda head: (head.cost + head.start - 1.3 * len(head.prefix), head.stop), default=None)


def _swallows(text: str, head: _Head) -> bool:
    """Whether the `www.` behind a scheme would be made of another host: of `www-x.org`, `wwf.org`, `wiki.org`."""
    read = text[head.start : head.stop].lower()
    return head.prefix.endswith("/www.") and re.search(r"[vwaun]{2,4}[.,:]$", read) is None


def _cost(read: str, prefix: str) -> int:
    """Edit distance after merging look-alikes; a wrong letter costs 3, one too many or too few 2."""
    return int(Levenshtein.distance(_merged(read), _merged(prefix), weights=(2, 2, 3)))


def _merged(text: str) -> str:
    return text.translate(_MERGED).lower().replace("vv", "w")


def _allowed(prefix: str) -> int:
    """How much may be misread: about one character in three."""
    return {4: 3, 6: 3, 7: 6, 8: 6}.get(len(prefix), 8)


def _prefix_as_read(text: str, head: _Head) -> str:
    """The prefix, in capitals where it was printed so.

    `w` and `W` look the same but for their size, so the letters behind `www.` have their say.
    """
    scheme, www = _PARTS.findall(head.prefix)[0]
    read = text[head.start : head.stop - len(www)]
    if _mostly_capitals(read):
        scheme = scheme.upper()
    elif read == scheme.capitalize():
        scheme = read
    return scheme + (www.upper() if _mostly_capitals(text[head.stop - len(www) : head.stop + 6]) else www)


def _mostly_capitals(text: str) -> bool:
    return sum(c.isupper() for c in text) > sum(c.islower() for c in text)


def _host_repaired(body: str) -> str:
    host = re.match(r"[^/?#]*", body)
    end = host.end() if host else 0
    return re.sub(r",(?=\w)", ".", body[:end]) + body[end:]


def _until_closed(body: str) -> str:
    """The part before the first bracket that has no partner in it."""
    waiting: list[int] = []
    for place, character in enumerate(body):
        if character in _CLOSERS.values():
            waiting.append(place)
        elif character in _CLOSERS and not (waiting and body[waiting.pop()] == _CLOSERS[character]):
            return body[:place]
    return body[: waiting[0]] if waiting else body


def trimmed(link: str) -> str:
    """A link without trailing punctuation and without closing brackets that nothing in it opened."""
    while link:
        last = link[-1]
        unbalanced = last in _CLOSERS and link.count(last) > link.count(_CLOSERS[last])
        if last not in _TRAILING and not unbalanced:
            break
        link = link[:-1]
    return link


def normalised(link: str) -> str:
    """The normal form by which two links are the same.

    NFKC; soft hyphens and quotation marks removed; trimmed; WHATWG normal form (as a browser would have it: host in
    lower case, default port gone); one trailing slash ignored. http is not https, the path keeps its case, and a
    bare `www.` is not the same as one behind a scheme. Empty where it is no address at all.
    """
    text = trimmed(_QUOTES.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", link))).strip())
    bare = re.match(r"(?i)www\.", text) is not None
    try:
        href = str(ada_url.URL(f"http://{text}" if bare else text).href)
    except ValueError:
        return ""
    return (href.removeprefix("http:") if bare else href).removesuffix("/")


_LOOK_ALIKE = str.maketrans("0O1I", "ooll")


def merged(link: str) -> str:
    """The normal form with letters that look alike taken for one another: 0, O and o; 1, l and I.

    I is merged before the host loses its capitals. A diagnostic: what is lost to confusion of such letters alone.
    """
    return normalised(link.replace("I", "l")).translate(_LOOK_ALIKE)


def host(link: str) -> str:
    """The host that a link leads to, in lower case and with its port; empty where there is none."""
    found = re.match(r"(?:[\w+.-]+:)?//(?:[^/@]*@)?([^/?#]+)", normalised(link))
    return found.group(1) if found else ""


def is_address(link: str) -> bool:
    """Whether a browser would go somewhere with it: it has a normal form, and a host with a dot or `localhost`."""
    found = re.match(r"(?:\w+:)?//(?:[^/@]*@)?([^/:?#]+)", normalised(link))
    host = found.group(1) if found else ""
    return host == "localhost" or re.fullmatch(r"[^.]+(\.[^.]+)*\.[^.]{2,}\.?|\d+(\.\d+){3}", host) is not None

"""Links that look real, and look-alikes that are none; how each scheme is spelled stands here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from conf.schema.link import LinkConfig
from synth.words import word_list

# Rough shares of public suffixes among printed links.
_SUFFIXES = {
    "com": 0.42, "org": 0.22, "net": 0.07, "io": 0.05, "edu": 0.04, "gov": 0.02, "de": 0.03, "co.uk": 0.03,
    "ac.uk": 0.02, "fr": 0.02, "nl": 0.01, "eu": 0.01, "info": 0.01, "dev": 0.02, "jp": 0.01, "ch": 0.01, "us": 0.01,
}  # fmt: skip
_PAGES = ("index.html", "index.php", "download", "docs", "about", "faq.html", "README", "paper.pdf", "wiki", "news")
_PORTS = {
    "tcp": (1883, 2375, 4444, 5432, 5555, 6379, 9092),
    "http": (8000, 8080, 3000),
    "https": (8443,),
    "ftp": (2121,),
}
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def pick(rng: np.random.Generator, weights: dict[str, float]) -> str:
    """One of the names, with chances in proportion to their weights."""
    names = [name for name, weight in weights.items() if weight > 0]
    total = np.array([weights[name] for name in names])
    return names[int(rng.choice(len(names), p=total / total.sum()))]


def one(rng: np.random.Generator, choices: Sequence[str]) -> str:
    """One of the choices, all equally likely."""
    return choices[int(rng.integers(len(choices)))]


def link_text(scheme: str, config: LinkConfig, rng: np.random.Generator) -> tuple[str, str]:
    """(text, prefix) of a link with that scheme."""
    prefix = "www." if scheme == "www" else f"{scheme}://"
    rest = _host(scheme, config, rng)
    rest += f":{_port(scheme, rng)}" if scheme == "tcp" or rng.random() < 0.02 else ""
    if scheme != "tcp":
        rest += _path(rng)
        if rng.random() < config.trailing_slash_share and not rest.endswith("/"):
            rest = rest.split("?")[0].split("#")[0] + "/"
    if rng.random() < config.upper_case_share:
        prefix = prefix.upper()
    return prefix + rest, prefix


def _port(scheme: str, rng: np.random.Generator) -> int:
    ports = _PORTS.get(scheme, (8080,))
    return ports[int(rng.integers(len(ports)))]


def _host(scheme: str, config: LinkConfig, rng: np.random.Generator) -> str:
    """A host as it is printed after that scheme: sometimes an address, often under `www.` or `ftp.`."""
    if scheme != "www" and rng.random() < 0.02:
        return ".".join(str(n) for n in rng.integers(1, 255, 4))
    if scheme in ("http", "https") and rng.random() < config.after_scheme_www_share:
        return "www." + _domain(rng)
    return ("ftp." if scheme == "ftp" and rng.random() < 0.7 else "") + _domain(rng)


def _domain(rng: np.random.Generator) -> str:
    words = [one(rng, word_list()) for _ in range(int(rng.choice([1, 2, 3], p=[0.55, 0.38, 0.07])))]
    name = one(rng, ("", "", "", "-")).join(words)
    sub = one(rng, ("docs.", "blog.", "git.", "en.", "support.", "dev.")) if rng.random() < 0.15 else ""
    return f"{sub}{name}.{pick(rng, _SUFFIXES)}"


def _path(rng: np.random.Generator) -> str:
    depth = int(rng.choice([0, 1, 2, 3, 4, 5], p=[0.28, 0.27, 0.22, 0.13, 0.07, 0.03]))
    path = "".join("/" + _segment(rng) for _ in range(depth))
    if depth and rng.random() < 0.2:
        path += "/" + one(rng, _PAGES)
    if depth and rng.random() < 0.08:
        path += f"?{one(rng, ('id', 'q', 'page', 'v', 'ref'))}={_code(rng, 3, 12)}"
        if rng.random() < 0.3:
            path += f"&{one(rng, ('lang', 'sort', 'n'))}={one(rng, ('en', 'de', '10', 'asc'))}"
    if depth and rng.random() < 0.06:
        path += "#" + one(rng, word_list())
    return path


def _segment(rng: np.random.Generator) -> str:
    kinds: dict[str, Callable[[], str]] = {
        "word": lambda: one(rng, word_list()),
        "words": lambda: one(rng, ("-", "_", "")).join(one(rng, word_list()) for _ in range(int(rng.integers(2, 5)))),
        "number": lambda: str(int(rng.integers(1, 99999))),
        "year": lambda: str(int(rng.integers(1994, 2027))),
        "code": lambda: _code(rng, 5, 9),
        "tilde": lambda: "~" + one(rng, word_list()),
        "escape": lambda: f"{one(rng, word_list())}%20{one(rng, word_list())}",
        "doi": lambda: f"10.{int(rng.integers(1000, 9999))}",
    }
    weights = {"word": 46, "words": 24, "number": 7, "year": 6, "code": 8, "tilde": 4, "escape": 2, "doi": 3}
    return kinds[pick(rng, {name: float(weight) for name, weight in weights.items()})]()


def _code(rng: np.random.Generator, low: int, high: int) -> str:
    return "".join(_ALPHABET[i] for i in rng.integers(len(_ALPHABET), size=int(rng.integers(low, high + 1))))


def decoy(rng: np.random.Generator) -> tuple[str, str]:
    """(text, style) of something that a careless detector takes for a link."""
    word = one(rng, word_list())
    choices: tuple[tuple[str, str], ...] = (
        (one(rng, ("HTTP", "http", "https", "HTTPS", "ftp", "FTP", "TCP", "www", "ttps", "hyper")), "roman"),
        (f"HTTP/{one(rng, ('1.1', '2', '3'))}", "roman"),
        (f"{word}@{_domain(rng)}", one(rng, ("mono", "italic", "roman"))),
        (f"/{one(rng, ('usr', 'etc', 'home', 'var'))}/{word}/{one(rng, _PAGES)}", "mono"),
        (f"C:\\{word}\\{one(rng, word_list())}", "mono"),
        (f"//{word}", "mono"),
        (f"{word}::{one(rng, word_list())}()", "mono"),
        (_domain(rng), one(rng, ("mono", "roman", "italic"))),
        (f"{word}:{int(rng.integers(10, 9999))}", "mono"),
        (f"https-{word}", "mono"),
    )
    return choices[int(rng.integers(len(choices)))]

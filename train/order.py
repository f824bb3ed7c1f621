"""Which page of the training shards comes when: any page of an endless, shuffled stream, by its number alone.

A resumed run goes on with the crop after the last one that it learnt from, and that must not cost what came before.
So nothing is remembered: page 1,234,567 of a seed is found by arithmetic, and read from its place in its shard.
Pages of one source come in an order of their own in each pass, all of them before any again; sources are mixed by
their weights. No TensorFlow here.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from conf import UserError
from data.formats.tfrecord import masked_crc

_ROUND = 1000
"""Pages after which the sources have come in their shares exactly, to a thousandth."""
_HEAD, _FOOT = 12, 4  # bytes around a record: its length with a check sum, and its own check sum


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page lies: a shard, the number of its record in it, and where its bytes begin, and how many they are."""

    shard: str
    record: int
    offset: int
    length: int

    def read(self) -> bytes:
        """The serialized tf.Example.

        Raises:
            UserError: where its check sum is wrong.
        """
        with Path(self.shard).open("rb") as stream:
            stream.seek(self.offset)
            content, check = stream.read(self.length), stream.read(_FOOT)
        if len(check) < _FOOT or struct.unpack("<I", check)[0] != masked_crc(content):
            raise UserError(f"{self} is damaged or cut short.")
        return content

    def __str__(self) -> str:
        """For messages."""
        return f"{self.shard} record {self.record}"


class PageOrder:
    """The endless stream of training pages; every process that asks for page n gets the same one."""

    def __init__(self, sources: Mapping[str, Sequence[str]], weights: Mapping[str, float], seed: int) -> None:
        """Reads where the records of all shards begin, and no more of them.

        Args:
            sources: shards by name of their source.
            weights: of each source; how often it is drawn from, relative to the others.
            seed: decides the order.

        Raises:
            UserError: where a source has no page, or a shard is cut short.
        """
        self._seed = seed
        self._places = [[place for shard in shards for place in places(shard)] for shards in sources.values()]
        for name, found in zip(sources, self._places, strict=True):
            if not found:
                raise UserError(f"The shards {'of ' + name if name else 'to learn from'} hold no page.")
        self._turns = _turns([weights[name] for name in sources], np.random.default_rng([seed, 0]))
        # Of each turn, how many turns of the same source come before it in a round.
        self._rank = np.zeros(len(self._turns), np.int64)
        for source in range(len(sources)):
            self._rank[self._turns == source] = np.arange((self._turns == source).sum())
        self._a_round = np.bincount(self._turns, minlength=len(sources))
        self._pass = lru_cache(maxsize=4 * len(sources))(self._permutation)

    def place(self, number: int) -> Place:
        """Where page `number` of the stream lies."""
        rounds, turn = divmod(int(number), len(self._turns))
        source = int(self._turns[turn])
        drawn = rounds * int(self._a_round[source]) + int(self._rank[turn])
        passed, position = divmod(drawn, len(self._places[source]))
        return self._places[source][int(self._pass(source, passed)[position])]

    def _permutation(self, source: int, passed: int) -> npt.NDArray[np.int64]:
        return np.random.default_rng([self._seed, 1, source, passed]).permutation(len(self._places[source]))


def _turns(weights: Sequence[float], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """The source of each page of a round: in the shares of the weights, each at least once, in random order."""
    if len(weights) == 1:
        return np.zeros(1, np.int64)
    total = sum(weights)
    counts = [max(1, round(_ROUND * weight / total)) for weight in weights]
    smallest = math.gcd(*counts)
    return rng.permutation(np.repeat(np.arange(len(weights)), [count // smallest for count in counts]))


def evenly(found: Sequence[Place], most: int) -> list[Place]:
    """At most so many of the places, at even distances: sets that were merged lie one after the other."""
    count = min(most, len(found))
    return [found[number * len(found) // count] for number in range(count)]


def places(shard: str) -> list[Place]:
    """Where the records of a shard lie.

    Raises:
        UserError: where it is no TFRecord file, or is cut short.
    """
    found: list[Place] = []
    with Path(shard).open("rb", buffering=0) as stream:
        size, at = os.fstat(stream.fileno()).st_size, 0
        while at < size:
            head = os.pread(stream.fileno(), _HEAD, at)
            length = struct.unpack("<Q", head[:8])[0] if len(head) == _HEAD else size
            whole = at + _HEAD + length + _FOOT <= size
            if not whole or struct.unpack("<I", head[8:])[0] != masked_crc(head[:8]):
                raise UserError(f"{shard} record {len(found)} is damaged or cut short.")
            found.append(Place(shard, len(found), at + _HEAD, length))
            at += _HEAD + length + _FOOT
    return found

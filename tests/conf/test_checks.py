"""Limits are said once, beside the value, and hold wherever the value comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from conf import UserError
from conf.checks import key, keys, validate


@dataclass
class Lens:
    blur_px: float = key(1.0, "blur, pixels", low=0, high=9)
    kind: str = key("plain", "kind of lens", choices=("plain", "wide"))


@dataclass
class Camera:
    count: int = key(1, "pictures", low=1)
    shares: dict[str, float] = field(default_factory=dict)
    lens: Lens = field(default_factory=Lens)
    weights: list[float] = key([0.5], "weights", low=0, high=1)


def test_a_nested_value_is_named_in_full() -> None:
    with pytest.raises(UserError, match=r"^lens\.blur_px=9\.5 is out of range: 0 to 9\.$"):
        validate(Camera(lens=Lens(blur_px=9.5)))
    with pytest.raises(UserError, match=r"^lens\.kind='round' is not one of plain, wide\.$"):
        validate(Camera(lens=Lens(kind="round")))


def test_each_element_of_a_list_is_checked() -> None:
    validate(Camera(weights=[0.0, 1.0]))
    with pytest.raises(UserError, match=r"weights=2 is out of range"):
        validate(Camera(weights=[0.5, 2.0]))


def test_nan_is_never_in_range() -> None:
    with pytest.raises(UserError, match=r"lens\.blur_px=nan"):
        validate(Camera(lens=Lens(blur_px=float("nan"))))


def test_help_lists_nested_keys_with_their_limits() -> None:
    rows = {each.name: each.meaning for each in keys(Camera)}
    assert rows["lens.blur_px"] == "blur, pixels [0 to 9]"
    assert rows["lens.kind"] == "kind of lens [plain | wide]"
    assert rows["count"] == "pictures [at least 1]"

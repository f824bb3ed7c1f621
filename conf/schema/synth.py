"""Schema of `python -m synth`."""

from dataclasses import dataclass, field

from conf.checks import key


@dataclass
class CameraConfig:
    tilt_deg: float = key(8.0, "largest in-plane rotation, degrees", low=0, high=180)


@dataclass
class SynthConfig:
    count: int = key(100, "pages to render", low=1)
    out: str = key("sets/synth", "folder of the set")
    camera: CameraConfig = field(default_factory=CameraConfig)

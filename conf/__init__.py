"""Configuration: the Hydra tree (`pkg://conf`), the typed schemas behind it, and the door every command enters by."""

from conf.errors import UserError

__all__ = ["UserError"]

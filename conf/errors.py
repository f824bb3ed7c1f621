"""The one exception that means "the user can mend this": its message is the whole of what they see."""

from __future__ import annotations


class UserError(Exception):
    """A mistake in what the user gave: one sentence that names the file or key and what is allowed.

    The door (`conf.app`) prints the sentence without a traceback and exits with status 2.
    """

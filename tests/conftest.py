"""What holds for all tests."""

from __future__ import annotations

import sys

from absl import logging as absl_logging

# TensorFlow's logger keeps the stderr it first saw, here pytest's, and closes it when a command of ours, run within
# the test process, lets Hydra configure logging anew. The process's own stderr it leaves open.
absl_logging.get_absl_handler().python_handler.stream = sys.__stderr__

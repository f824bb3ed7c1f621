"""Fine-tunes a detector of TensorFlow Model Garden on printed links, and hands it on as SavedModel or TensorFlow.js.

Importing the package is cheap: TensorFlow comes with `train.run`, `train.export` and `train.convert`, and these
lines decide, before it is loaded, which Keras it brings and that it keeps its start-up notes to itself.
"""

import os

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Where the output is no terminal, a dependency of the converter takes it for a notebook and wants IPython to greet.
os.environ.setdefault("TFDF_DISABLE_WELCOME_MESSAGE", "1")

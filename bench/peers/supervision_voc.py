"""Pascal VOC to COCO by supervision, as its guide says: the pictures copied, the annotations in one file.

Runs in an environment of its own: `supervision_voc.py FOLDER OUT`, pictures and XML files side by side in FOLDER.
"""

from __future__ import annotations

import sys

import supervision


def main() -> None:
    """Reads and writes; `as_coco` opens every picture for its size."""
    folder, out = sys.argv[1:]
    dataset = supervision.DetectionDataset.from_pascal_voc(folder, folder)
    dataset.as_coco(images_directory_path=f"{out}/images", annotations_path=f"{out}/annotations.json")
    print(supervision.__version__, len(dataset))


if __name__ == "__main__":
    main()

"""Model Garden's RetinaNet task with our pages: crops to learn from, whole pages of any size to validate on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf
import tf_keras
from official.vision.configs import retinanet
from official.vision.dataloaders.tf_example_decoder import TfExampleDecoder
from official.vision.evaluation.coco_evaluator import COCOEvaluator
from official.vision.modeling import factory
from official.vision.tasks.retinanet import RetinaNetTask

from conf import UserError
from conf.schema.synth import SynthConfig
from conf.schema.train import ModelConfig, TrainConfig
from train.checkpoint import load_start
from train.crops import crops_from, page_of_crop
from train.decode import detect
from train.experiment import anchors_of_crop
from train.finite import LossWatch
from train.order import PageOrder, Place, evenly, places
from train.pictures import Pictures
from train.preprocess import page_input
from train.rendered import first_page
from train.stream import pages, workers_of
from train.targets import CropLabeler


def build_network(network: retinanet.RetinaNet) -> tf_keras.Model:
    """The detector, fully convolutional: for pictures whose sides are any multiples of 32."""
    return factory.build_retinanet(tf_keras.layers.InputSpec(shape=[None, None, None, 3]), network)


def used_weights(model: tf_keras.Model, settings: ModelConfig) -> list[tf.Variable]:
    """Trainable weights that the detector's answer depends on.

    MobileNetV2's last layer, made for ImageNet's classes, comes with the backbone but feeds no pyramid level.
    """
    levels = [model.backbone.output[str(level)] for level in range(settings.min_level, settings.max_level + 1)]
    backbone = tf_keras.Model(model.backbone.input, levels)
    return [weight for part in (backbone, model.decoder, model.head) for weight in part.trainable_weights]


def page_order(params: retinanet.DataConfig) -> PageOrder:
    """The order in which training reads its shards."""
    if not params.weights:
        return PageOrder({"": params.input_path}, {"": 1.0}, params.seed)
    return PageOrder(params.input_path.as_dict(), params.weights.as_dict(), params.seed)


def _decode(record: tf.Tensor) -> dict[str, tf.Tensor]:
    return dict(TfExampleDecoder(regenerate_source_id=True).decode(record))


class PageDetection(RetinaNetTask):  # type: ignore[misc]  # Model Garden ships no types
    """What Model Garden's trainer asks for: model, input, losses, validation.

    Losses and training step are its own; frozen parts keep their weights.
    """

    def __init__(
        self,
        params: retinanet.RetinaNetTask,
        config: TrainConfig,
        classes: int,
        first_step: int = 0,
        stream: SynthConfig | None = None,
    ) -> None:
        """Wraps the `task` part of an experiment.

        Args:
            params: Model Garden's part of the configuration.
            config: ours, for crops, view and start.
            classes: their number, the background not counted.
            first_step: where this session starts: with the crops after those that the run has seen.
            stream: what the pages look like that are rendered to learn from, in place of shards.
        """
        super().__init__(params)
        self._config = config
        self._classes = classes
        self._first_step = first_step
        self._stream = stream
        self._pictures = Pictures(config.validation.pictures)
        self._pipelines = tf.distribute.InputContext()
        self.watch: LossWatch | None = None
        self.unreadable: UserError | None = None

    def build_model(self) -> tf_keras.Model:
        """The network, with fresh weights; parts named in `freeze` are not trained."""
        model = build_network(self.task_config.model)
        for part in self._config.freeze:
            getattr(model, part).trainable = False
        return model

    def initialize(self, model: tf_keras.Model) -> None:
        """Loads `init_checkpoint`; the trainer calls this where the run has no checkpoint of its own."""
        if self._config.init_checkpoint:
            load_start(model, self._config.init_checkpoint, self._config.cache)

    def build_inputs(
        self, params: retinanet.DataConfig, input_context: tf.distribute.InputContext | None = None
    ) -> tf.data.Dataset:
        """Batches of crops for training, single whole pages for validation."""
        if params.is_training:
            self._pipelines = input_context or self._pipelines
            return self.batches(params, self._first_step, input_context)
        found = [place for shard in params.input_path for place in places(shard)]
        chosen = evenly(found, self._config.validation.max_pages)
        numbers = tf.data.Dataset.range(len(chosen))
        records = numbers.map(self._reader(chosen.__getitem__), num_parallel_calls=tf.data.AUTOTUNE)
        pages = records.map(_decode, num_parallel_calls=tf.data.AUTOTUNE).enumerate()
        return pages.map(self._page, num_parallel_calls=tf.data.AUTOTUNE).batch(1).prefetch(tf.data.AUTOTUNE)

    def batches(
        self, params: retinanet.DataConfig, first_step: int, input_context: tf.distribute.InputContext | None = None
    ) -> tf.data.Dataset:
        """Training batches from step `first_step` on: those that a run from step 0 would come to.

        With several hosts each reads every so many-th page; with several devices a batch is for one of them.
        """
        config, context = self._config, input_context or tf.distribute.InputContext()
        hosts, host = context.num_input_pipelines, context.input_pipeline_id
        pages_from = self._rendered(self._stream, host) if self._stream else self._stored(params, host, hosts)
        first_crop = first_step * params.global_batch_size // hosts
        crops = crops_from(first_crop, pages_from, config.crop, config.export, config.seed + host)
        labeler = CropLabeler(anchors_of_crop(config.model, config.crop.size_px))
        batch = context.get_per_replica_batch_size(params.global_batch_size)
        batches = crops.map(labeler, num_parallel_calls=tf.data.AUTOTUNE).batch(batch, drop_remainder=True)
        return batches.prefetch(tf.data.AUTOTUNE)

    def _stored(self, params: retinanet.DataConfig, host: int, hosts: int) -> Callable[[int], tf.data.Dataset]:
        """Pages of shards, from a number on."""
        order = page_order(params)
        read = self._reader(order.place)

        def pages_from(first: int) -> tf.data.Dataset:
            numbers = tf.data.Dataset.counter(first * hosts + host, hosts)
            records = numbers.map(read, num_parallel_calls=tf.data.AUTOTUNE)
            return records.map(_decode, num_parallel_calls=tf.data.AUTOTUNE)

        return pages_from

    def _reader(self, place: Callable[[int], Place]) -> Callable[[tf.Tensor], tf.Tensor]:
        """Reads the record at a place, for a graph; why it could not be read is kept in `unreadable`."""

        def read(number: int) -> bytes:
            try:
                return place(number).read()
            except UserError as error:
                self.unreadable = error
                raise

        return lambda number: tf.ensure_shape(tf.numpy_function(read, [number], tf.string), [])

    def _rendered(self, stream: SynthConfig, host: int) -> Callable[[int], tf.data.Dataset]:
        """Pages of the stream, from a number on."""
        workers = workers_of(self._config.stream)
        return lambda first: pages(stream, start=first_page(host, first), workers=workers)

    def _page(self, number: tf.Tensor, page: dict[str, tf.Tensor]) -> tuple[tf.Tensor, dict[str, Any]]:
        pixels, scale = page_input(page["image"], self._config.export)
        size = tf.shape(page["image"])[:2]
        truth = {
            "source_id": number,
            "height": size[0],
            "width": size[1],
            "num_detections": tf.shape(page["groundtruth_classes"])[0],
            "boxes": page["groundtruth_boxes"] * tf.tile(tf.cast(size, tf.float32), [2]),
            "classes": page["groundtruth_classes"],
            "areas": page["groundtruth_area"],
            "is_crowds": tf.cast(page["groundtruth_is_crowd"], tf.int32),
        }
        return pixels, {"scale": scale, "size": size, "groundtruths": truth}

    def build_metrics(self, training: bool = True) -> list[tf_keras.metrics.Metric]:
        """The four losses while training; COCO's numbers, and nothing else, for validation."""
        if training:
            return super().build_metrics(training=True)
        self.coco_metric = COCOEvaluator(annotation_file=None, include_mask=False)
        return []

    def train_step(
        self, inputs: Any, model: tf_keras.Model, optimizer: Any, metrics: list[Any] | None = None
    ) -> dict[str, Any]:
        """Model Garden's, with a look at the loss and at the weights."""
        logs: dict[str, Any] = super().train_step(inputs, model, optimizer, metrics)
        if self.watch is not None:
            self.watch.note(logs[self.loss], model.trainable_variables)
        return logs

    def batch_of(self, step: int) -> tuple[tf.Tensor, dict[str, Any], list[str]]:
        """This host's part of a step's training batch, made once more, and where the page of each crop lies."""
        params = self.task_config.train_data
        hosts, host = self._pipelines.num_input_pipelines, self._pipelines.input_pipeline_id
        # As if each host had one device: its whole part in one batch.
        images, labels = next(iter(self.batches(params, step, tf.distribute.InputContext(hosts, host, hosts))))
        crops = params.global_batch_size // hosts
        numbers = [page_of_crop(step * crops + crop, self._config.crop) for crop in range(crops)]
        if self._stream is not None:
            return images, labels, [f"page {first_page(host, number)} of the stream" for number in numbers]
        order = page_order(params)
        return images, labels, [str(order.place(number * hosts + host)) for number in numbers]

    def validation_step(
        self, inputs: tuple[tf.Tensor, Mapping[str, Any]], model: tf_keras.Model, metrics: list[Any] | None = None
    ) -> dict[str, Any]:
        """Detects on one page as the exported model does, and hands truth and detections to the evaluator."""
        pages, labels = inputs
        config = self._config
        found = detect(
            model, pages[0], labels["scale"][0], labels["size"][0], config.model, config.export, self._classes
        )
        # Boxes are in pixels of the picture already.
        truth = labels["groundtruths"]
        info = {"source_id": truth["source_id"], "image_info": tf.ones([1, 4, 2])}
        seen = {"page": pages, "scale": labels["scale"], "truth": truth, "found": found}
        return {self.coco_metric.name: (truth, {**found, **info}), **seen}

    def aggregate_logs(self, state: Any = None, step_outputs: Any = None) -> Any:
        """Model Garden's, which gathers what COCO's numbers need; and the first pages are drawn."""
        self._pictures.see(step_outputs)
        return super().aggregate_logs(state, step_outputs)

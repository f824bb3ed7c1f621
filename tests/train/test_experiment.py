from __future__ import annotations

from pathlib import Path

import pytest
from hydra import compose, initialize_config_module
from hydra.core.config_store import ConfigStore
from official.core import config_definitions as cfg
from official.modeling.optimization import OptimizerFactory

import conf
from conf.app import typed
from conf.schema.train import TrainConfig
from train.dataset import TrainingData
from train.experiment import experiment

ROOT = Path(conf.__file__).parent
DATA = TrainingData(("a.tfrecord",), (), ("http", "www"))


def _config(*overrides: str) -> TrainConfig:
    ConfigStore.instance().store(group="schema", name="train", node=TrainConfig, package="_global_")
    ConfigStore.instance().store(group="hydra/help", name="train", node={"app_name": "train", "template": ""})
    with initialize_config_module("conf", version_base="1.3"):
        return typed(compose("train", ["dataset=sets/a", "out=runs/a", *overrides]), TrainConfig)


def _options(group: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / group).glob("*.yaml"))


@pytest.mark.parametrize("model", _options("model"))
def test_each_model_becomes_an_experiment(model: str) -> None:
    config = _config(f"model={model}")
    made = experiment(config, DATA)
    assert isinstance(made, cfg.ExperimentConfig)
    network = made.task.model
    assert network.backbone.mobilenet.filter_size_scale == config.model.width
    assert network.decoder.fpn.num_filters == network.head.num_filters == config.model.fpn_channels
    assert network.head.num_convs == config.model.head_convs
    assert network.decoder.fpn.use_separable_conv and network.head.use_separable_conv
    assert (network.min_level, network.max_level, network.num_classes) == (3, 5, 3)
    assert network.anchor.aspect_ratios == [2.2, 4.0]


@pytest.mark.parametrize("optimizer", _options("optimizer"))
def test_each_optimizer_warms_up_and_falls_to_zero(optimizer: str) -> None:
    config = _config(f"optimizer={optimizer}", "steps=1000")
    factory = OptimizerFactory(experiment(config, DATA).trainer.optimizer_config)
    rate = factory.build_learning_rate()
    made = factory.build_optimizer(rate)
    assert type(made).__name__.lower().startswith(config.optimizer.type[:3])
    highest = config.optimizer.learning_rate
    assert float(rate(0)) < 0.05 * highest
    assert float(rate(50)) == pytest.approx(highest, rel=0.02)
    assert float(rate(1000)) == pytest.approx(0.0, abs=1e-8)


def test_gradients_are_clipped() -> None:
    factory = OptimizerFactory(experiment(_config("optimizer.clip_norm=3"), DATA).trainer.optimizer_config)
    assert factory.build_optimizer(factory.build_learning_rate()).global_clipnorm == 3

"""A detector behind TensorFlow Serving's interface, or that of a server which speaks it: by gRPC, or by REST.

`grpc://HOST:8500/NAME` and `http://HOST:8501/v1/models/NAME` name a model; `/versions/2` behind it one of its
versions. The server is asked whether the model is ready before it is given a page. gRPC sends a page's bytes as they
are; REST writes each number out, at several times the size and time.
"""

from __future__ import annotations

import importlib
import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.model import Image
from data.pixels import Pixels
from data.preprocess import changes_nothing
from evaluate.detectors.answers import COUNT, NEEDED, Classes, detections_of
from evaluate.detectors.size import ModelSize
from evaluate.inputs import Subject
from evaluate.predictions import Detection
from train.quiet import load_tensorflow

INPUT = "image"
_READY = "AVAILABLE"
_PATIENCE_S = 120.0
_MOST_BYTES = 256 << 20
_GRPC = re.compile(r"grpc://(?P<host>[^/]+)/(?P<name>[^/]+)(?:/versions/(?P<version>\d+))?/?")
_REST = re.compile(r"(?P<base>https?://[^/]+/v1/models/[^/]+)(?P<version>/versions/\d+)?/?")

Arrays = dict[str, npt.NDArray[Any]]


class Client(Protocol):
    """One model on a server."""

    def status(self) -> Mapping[int, str]:
        """State of each version that the server has: START, LOADING, AVAILABLE, UNLOADING or END."""
        ...

    def predict(self, page: npt.NDArray[np.uint8]) -> Arrays:
        """Outputs of `serving_default` for uint8 [1, height, width, 3]."""
        ...


class ServingDetector:
    """Has the server find prefixes, picture by picture."""

    needs_pixels = True
    size: ModelSize | None = None

    def __init__(self, address: str, subject: Subject, preprocess: PreprocessConfig | None = None) -> None:
        """Asks the server for the model.

        Args:
            address: of the model.
            subject: its class names are what the model's class numbers stand for.
            preprocess: what is done to the pictures before the server gets them.

        Raises:
            UserError: where the address is none, the server does not answer, or no version is ready.
        """
        self._client, self._address = client(address), address
        ready = [version for version, state in self._client.status().items() if state == _READY]
        if not ready:
            raise UserError(f"{address} is not ready: {_states(self._client.status())}.")
        self.name = re.sub(r"/versions/\d+$", "", address.rstrip("/")).rsplit("/", 1)[-1]
        # What lies on the server is not to be seen: a version that is changed in place goes unnoticed.
        self.fingerprint = f"serving:{address}:{max(ready)}:{preprocess is None or changes_nothing(preprocess)}"
        self._classes = Classes(address, subject, None)

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """Detections of one picture, highest score first."""
        if pixels is None:
            raise ValueError("a server needs pixels")
        found = self._client.predict(pixels[None])
        lacking = sorted(set(NEEDED) - set(found))
        if lacking:
            raise UserError(f"{self._address} is no detector: its answer lacks {', '.join(lacking)}.")
        known = {name: found[name] for name in (*NEEDED, COUNT) if name in found}
        size = pixels.shape[0], pixels.shape[1]
        return detections_of(known, size, self._classes, f"{self._address} on {image.path}")


def client(address: str) -> Client:
    """Who talks to the model of an address.

    Raises:
        UserError: where it is none that is known here.
    """
    if found := _GRPC.fullmatch(address):
        return GrpcClient(found["host"], found["name"], int(found["version"]) if found["version"] else None)
    if found := _REST.fullmatch(address):
        return RestClient(found["base"] + (found["version"] or ""))
    raise UserError(
        f"detector={address} is no address of a model; it is grpc://HOST:8500/NAME or http://HOST:8501/v1/models/NAME, "
        "with /versions/NUMBER behind it where it shall be one version."
    )


class GrpcClient:
    """By TensorFlow Serving's own stubs."""

    def __init__(self, host: str, name: str, version: int | None) -> None:
        """Opens a channel; nothing is sent yet.

        Raises:
            UserError: where the stubs are not installed.
        """
        load_tensorflow()  # which Serving's stubs import too, with all that it has to say
        try:
            self._grpc = importlib.import_module("grpc")
            apis = [importlib.import_module(f"tensorflow_serving.apis.{part}") for part in _APIS]
        except ImportError:
            raise UserError("grpc:// needs TensorFlow Serving's API: pip install 'inklink[serving]'.") from None
        (self._predicting, _, self._asking, _), self._tensorflow = apis, importlib.import_module("tensorflow")
        limits = [(f"grpc.max_{way}_message_length", _MOST_BYTES) for way in ("send", "receive")]
        channel = self._grpc.insecure_channel(host, options=limits)
        self._predictions, self._models = apis[1].PredictionServiceStub(channel), apis[3].ModelServiceStub(channel)
        self._address, self._name, self._version = f"grpc://{host}/{name}", name, version

    def status(self) -> dict[int, str]:
        """State of each version."""
        request = self._of(self._asking.GetModelStatusRequest())
        answer = self._asked(self._models.GetModelStatus, request)
        states = self._asking.ModelVersionStatus.State
        return {each.version: states.Name(each.state) for each in answer.model_version_status}

    def predict(self, page: npt.NDArray[np.uint8]) -> Arrays:
        """Outputs by name."""
        request = self._of(self._predicting.PredictRequest())
        request.inputs[INPUT].CopyFrom(self._tensorflow.make_tensor_proto(page))
        answer = self._asked(self._predictions.Predict, request)
        return {name: self._tensorflow.make_ndarray(tensor) for name, tensor in answer.outputs.items()}

    def _of(self, request: Any) -> Any:
        request.model_spec.name = self._name
        if self._version is not None:
            request.model_spec.version.value = self._version
        return request

    def _asked(self, call: Any, request: Any) -> Any:
        try:
            return call(request, timeout=_PATIENCE_S)
        except self._grpc.RpcError as error:
            raise UserError(f"{self._address}: {error.code().name}, {error.details()}.") from None


_APIS = ("predict_pb2", "prediction_service_pb2_grpc", "get_model_status_pb2", "model_service_pb2_grpc")


class RestClient:
    """By JSON."""

    def __init__(self, address: str) -> None:
        """Takes http://HOST:8501/v1/models/NAME, with or without a version behind it; nothing is sent yet."""
        self._address = address

    def status(self) -> dict[int, str]:
        """State of each version."""
        answer = self._asked(urllib.request.Request(self._address))
        return {int(each["version"]): str(each["state"]) for each in answer.get("model_version_status", [])}

    def predict(self, page: npt.NDArray[np.uint8]) -> Arrays:
        """Outputs by name."""
        body = json.dumps({"inputs": {INPUT: page.tolist()}}, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        answer = self._asked(urllib.request.Request(f"{self._address}:predict", body, headers))
        return {name: np.asarray(values) for name, values in answer["outputs"].items()}

    def _asked(self, request: urllib.request.Request) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            said = error.read(2000).decode("utf-8", "replace")
            raise UserError(f"{self._address}: {error.code}, {said.strip() or error.reason}") from None
        except (OSError, json.JSONDecodeError) as error:
            raise UserError(f"{self._address} does not answer as a server of models does: {error}.") from None


def _states(states: Mapping[int, str]) -> str:
    return ", ".join(f"version {version} is {state}" for version, state in states.items()) or "it has no version"

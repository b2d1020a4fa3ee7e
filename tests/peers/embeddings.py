"""How the language model of `tests.peers.language_model` turns texts into vectors, well or badly.

A text's vector points where its words do: each word has a direction, told by a hash of it.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.peers.language_model import Act, Asked, Told


def vector_of(text: str, size: int) -> list[float]:
    total = np.full(size, 1e-3)
    for word in re.findall(r"\w+", text.lower()):
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        total += np.random.default_rng(seed).standard_normal(size)
    return [float(each) for each in total]


def embeds(size: int = 16, *, obeys: bool = False, **changes: Any) -> Act:
    """Answer as OpenAI does, with vectors of this size, or of the one that is asked for."""

    def act(asked: Asked) -> Told:
        given = asked.body["input"]
        texts = [given] if isinstance(given, str) else given
        wanted = asked.body.get("dimensions", size) if obeys else size
        data = [
            {"object": "embedding", "index": number, "embedding": vector_of(text, wanted)}
            for number, text in enumerate(texts)
        ]
        used = sum(len(text.split()) for text in texts)
        reply = {
            "object": "list",
            "data": data,
            "model": asked.body["model"],
            "usage": {"prompt_tokens": used, "total_tokens": used},
        }
        return Told(body=json.dumps({**reply, **changes}).encode())

    return act


def changed(then: Act, change: Callable[[list[dict[str, Any]]], Any]) -> Act:
    """Answer with other data than `then` does."""

    def act(asked: Asked) -> Told:
        reply = json.loads(then(asked).body)
        reply["data"] = change(reply["data"])
        return Told(body=json.dumps(reply).encode())

    return act

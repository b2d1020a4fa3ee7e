"""What is there to be asked for: ids and bodies of the arena, put into what schemathesis makes up.

Of itself it knows only shapes, and nearly all that it asks about is not there. Whatever it means to
be good gets the ids of things that are, and mostly a body that makes sense, whole or with one field
of its own; what it means to be bad stays as it is.
"""

import json
import re
from collections import deque
from random import Random
from types import SimpleNamespace
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from tests.isolation.routes import api_operations
from tests.isolation.samples.every import SAMPLES
from tests.isolation.samples.sample import Sample
from tests.isolation.world import World

PARAMETER = re.compile(r"<\w+:(\w+)>")
ANY_ID = re.compile(r"{(\w+)}")
# What ends the asker's own session, or lets nobody of the office in again.
ENDING = {
    *(("POST", "logout"), ("POST", "refresh"), ("POST", "sessions-end"), ("DELETE", "session")),
    *(("POST", "password-change"), ("DELETE", "user-sessions"), ("DELETE", "user")),
    ("PATCH", "user"),
}
OFTEN, MOSTLY, RARELY = 0.9, 0.8, 0.2
AS_IT_IS = 0.6
# What makes a good request miss: conditions and places that were made up.
MISSES = {"headers": ("If-Match",), "query": ("cursor", "page")}
# So many ids that were answered are known.
SEEN = 500
JSON, REDIRECT = "application/json", 300


class Known:
    """Good requests by the operation's label, and what was answered meanwhile."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)
        self._samples: dict[str, Sample] = {}
        self._seen: deque[str] = deque(maxlen=SEEN)

    def learn(self, world: World, tokens: dict[str, str]) -> None:
        """Take the requests that make sense for the person with the tokens."""
        self._seen.clear()
        api: Any = SimpleNamespace(tokens=tokens)
        for one in api_operations():
            if one.key in SAMPLES and one.key not in ENDING:
                path = PARAMETER.sub(r"{\1}", one.path.replace("<uuid:pk>", "{id}"))
                sample = SAMPLES[one.key](world, api)
                ids = {{"pk": "id"}.get(name, name): str(pk) for name, pk in sample.ids.items()}
                body = json.loads(json.dumps(sample.body, cls=DjangoJSONEncoder, default=str))
                label = f"{one.method.upper()} {path}"
                self._samples[label] = Sample(ids, sample.query, body, sample.headers)

    def improve(self, case: Any) -> None:
        """Put what is there in the place of what is not."""
        sample = self._samples.get(case.operation.label)
        if sample is None or (case.meta and case.meta.generation.mode.is_negative):
            return
        self._point(case, sample)
        self._fill(case, sample)
        if self._dice.random() < MOSTLY:
            for place, names in MISSES.items():
                for name in names:
                    (getattr(case, place) or {}).pop(name, None)

    def note(self, response: Any) -> None:
        """Remember the ids of what was answered."""
        if (
            response.status_code >= REDIRECT
            or JSON not in response.headers.get("content-type", [""])[0]
        ):
            return
        body = response.json()
        found = body.get("results", [body]) if isinstance(body, dict) else body
        for one in found if isinstance(found, list) else []:
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                self._seen.append(one["id"])

    def _point(self, case: Any, sample: Sample) -> None:
        given = case.path_parameters or {}
        # What a chain of calls has made stays in the chain.
        if not sample.ids or {str(one) for one in given.values()} & {*self._seen}:
            return
        if self._dice.random() < (RARELY if case.method.upper() == "DELETE" else OFTEN):
            case.path_parameters = {**given, **sample.ids}

    def _fill(self, case: Any, sample: Sample) -> None:
        if sample.query and self._dice.random() < MOSTLY:
            case.query = {**(case.query or {}), **sample.query}
        if not isinstance(sample.body, dict) or case.media_type != JSON:
            return
        way = self._dice.random()
        if way < AS_IT_IS:
            case.body = sample.body
        elif way < OFTEN and isinstance(case.body, dict) and case.body:
            name = self._dice.choice(sorted(case.body))
            case.body = {**sample.body, name: case.body[name]}


def link(schema: dict[str, Any]) -> None:
    """Say in the schema what can be asked about what was made, listed or looked at."""
    paths = schema["paths"]
    for base, methods in paths.items():
        for method in {"get", "post"} & methods.keys():
            found = {}
            for path, others in paths.items():
                parameters = _towards(base, path, is_list=method == "get")
                for other in others.keys() - {"parameters"} if parameters else ():
                    name = others[other]["operationId"]
                    found[name] = {"operationId": name, "parameters": parameters}
            for status, answer in methods[method]["responses"].items():
                if status.startswith("2") and "content" in answer and found:
                    answer["links"] = {**found, **answer.get("links", {})}


def _towards(base: str, path: str, *, is_list: bool) -> dict[str, str]:
    """Return where a path takes its ids from what the base has answered; nothing if it cannot."""
    shape, other = ANY_ID.sub("{}", base), ANY_ID.sub("{}", path)
    mine, theirs = ANY_ID.findall(base), ANY_ID.findall(path)
    if other != shape and not other.startswith(f"{shape}/"):
        return {}
    same = {name: f"$request.path.{own}" for name, own in zip(theirs, mine, strict=False)}
    if len(theirs) == len(mine):
        # Whatever else can be done with a thing that was looked at.
        return same if is_list and shape.endswith("{}") else {}
    if other.startswith(f"{shape}/{{}}") and len(theirs) == len(mine) + 1:
        return same | {theirs[-1]: f"$response.body#/{'results/0/' if is_list else ''}id"}
    return {}

"""Traces by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT names who takes them.

A span for each request by its route, each job by its name, each message by its channel, each call
outside by its method; jobs and what they do hang below the request that queued them. A span says
the ids of request and office, and nothing that people wrote or that names them: no addresses, no
query, no body, not what an exception says. Nothing is passed on to vendors.

This module is imported only when it is asked for; without it spans cost nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from celery.signals import (
    before_task_publish,
    task_failure,
    task_postrun,
    task_prerun,
    worker_process_shutdown,
)
from django.http import HttpRequest, HttpResponse

from common.logs import marks
from common.spans import record_spans

try:
    from opentelemetry import context as contexts
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ModuleNotFoundError as missing:
    message = f"OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of the extra “otel”: {missing}"
    raise ModuleNotFoundError(message) from missing

# Which marks of the log may leave.
IDS = ("request_id", "tenant")
SERVER_ERROR = 500
FLUSH_MILLISECONDS = 3000
_tracer = trace.get_tracer("office")
_carrier = TraceContextTextMapPropagator()
_jobs: dict[str, tuple[trace.Span, Any]] = {}


def begin_tracing(*, endpoint: str, headers: Mapping[str, str], release: str, place: str) -> None:
    """Record spans from now on, and send them to the endpoint in the background."""
    about = {"service.name": "office", "service.version": release, "deployment.environment": place}
    provider = TracerProvider(resource=Resource.create(about))
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", headers=dict(headers))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    record_spans(recorded)
    before_task_publish.connect(_send_along, weak=False)
    task_prerun.connect(_begin_job, weak=False)
    task_failure.connect(_note_failure, weak=False)
    task_postrun.connect(_end_job, weak=False)
    worker_process_shutdown.connect(
        lambda **_about: provider.force_flush(FLUSH_MILLISECONDS), weak=False
    )


@contextmanager
def recorded(name: str, facts: dict[str, str]) -> Iterator[None]:
    """Record a piece of work."""
    with _tracer.start_as_current_span(
        name, attributes=facts | ids(), record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception as error:
            fail(span, type(error).__name__)
            raise


def ids() -> dict[str, str]:
    """Return by what the span is found in the log."""
    known = marks()
    return {f"office.{name}": known[name] for name in IDS if known.get(name)}


def fail(span: trace.Span, kind: str) -> None:
    """Say that it failed, and of what kind the failure was."""
    span.set_status(trace.StatusCode.ERROR)
    span.set_attribute("error.type", kind)


class SpanMiddleware:
    """Makes each request a span, below that of the proxy if it tells one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the span after the route; an address may be a secret."""
        above = _carrier.extract({"traceparent": request.META.get("HTTP_TRACEPARENT", "")})
        method = request.method or ""
        with _tracer.start_as_current_span(
            method, context=above, kind=trace.SpanKind.SERVER, record_exception=False
        ) as span:
            response = self.get_response(request)
            match = request.resolver_match
            route = (match.view_name if match else "") or "none"
            span.update_name(f"{method} {route}")
            facts = {"http.request.method": method, "http.route": route, **ids()}
            span.set_attributes({**facts, "http.response.status_code": response.status_code})
            if tenant := getattr(request, "tenant", None):
                span.set_attribute("office.tenant", str(tenant.pk))
            if response.status_code >= SERVER_ERROR:
                fail(span, str(response.status_code))
        return response


def _send_along(headers: dict[str, str], **_about: Any) -> None:
    _carrier.inject(headers)


def _begin_job(task_id: str, task: Any, **_about: Any) -> None:
    told = task.request.headers or {}
    above = getattr(task.request, "traceparent", None) or told.get("traceparent", "")
    span = _tracer.start_span(
        task.name, context=_carrier.extract({"traceparent": above}), kind=trace.SpanKind.CONSUMER
    )
    _jobs[task_id] = span, contexts.attach(trace.set_span_in_context(span))


def _note_failure(task_id: str, exception: BaseException, **_about: Any) -> None:
    if task_id in _jobs:
        fail(_jobs[task_id][0], type(exception).__name__)


def _end_job(task_id: str, **_about: Any) -> None:
    if task_id in _jobs:
        span, token = _jobs.pop(task_id)
        contexts.detach(token)
        span.end()

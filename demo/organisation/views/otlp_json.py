"""The shape of OTLP/JSON as the JavaScript exporter of Claude Code writes it.

Integers are bare numbers, times are text, and the scope repeats the client's version. All is JSON
text from the start: what many records share is written once, the rest fills templates. That is
several times as fast as building objects.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import orjson

from demo.posting import Body

# Fields to be filled in: text that needs no escapes, whole numbers, numbers with a fraction.
TEXT: Final = "%s"
INTEGER: Final = "%d"
DOUBLE: Final = "%r"

_HEADERS: Final = {
    "content-type": "application/json",
    "user-agent": "OTel-OTLP-Exporter-JavaScript/0.208.0",
}
_SCOPE: Final = "com.anthropic.claude_code"


def attributes(values: Mapping[str, str]) -> str:
    """Attributes in the order of the values, without the brackets of their list."""
    listed = [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
    return orjson.dumps(listed)[1:-1].decode()


def joined(*parts: str) -> str:
    """Attributes of several sources; some may have none."""
    return ",".join(part for part in parts if part)


def event_template(event_name: str, fields: Mapping[str, str]) -> str:
    """Text of an event, to be filled with its time, twice, the common attributes and its fields.

    Args:
        event_name: Name of the event.
        fields: Its own attributes: constant text, or one of `TEXT`, `INTEGER`, `DOUBLE`.
    """
    own = ",".join(_field(key, value) for key, value in fields.items())
    return (
        f'{{"timeUnixNano":"{TEXT}","observedTimeUnixNano":"{TEXT}",'
        f'"body":{{"stringValue":"claude_code.{event_name}"}},"attributes":[{TEXT},'
        f'{_field("event.name", event_name)},{own}],"droppedAttributesCount":0}}'
    )


def data_point(attributes: str, start_ms: int, end_ms: int, value: float) -> str:
    """Text of one increment."""
    return (
        f'{{"attributes":[{attributes}],"startTimeUnixNano":"{start_ms}000000",'
        f'"timeUnixNano":"{end_ms}000000","asDouble":{value!r}}}'
    )


def delta_sum(name: str, description: str, unit: str, points: Iterable[str]) -> str:
    """Text of one metric of increments."""
    return (
        f'{{"name":"{name}","description":"{description}","unit":"{unit}","sum":'
        f'{{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{",".join(points)}]}}}}'
    )


def logs_body(name: str, resource: str, version: str, records: Iterable[str]) -> Body:
    """Events of one client as one request."""
    scope = f'"scope":{{"name":"{_SCOPE}.events","version":"{version}"}}'
    scoped = f'"scopeLogs":[{{{scope},"logRecords":[{",".join(records)}]}}]'
    return _body(name, "/v1/logs", "resourceLogs", resource, scoped)


def metrics_body(name: str, resource: str, version: str, metrics: Iterable[str]) -> Body:
    """Metrics of one client as one request."""
    scope = f'"scope":{{"name":"{_SCOPE}","version":"{version}"}}'
    scoped = f'"scopeMetrics":[{{{scope},"metrics":[{",".join(metrics)}]}}]'
    return _body(name, "/v1/metrics", "resourceMetrics", resource, scoped)


def _field(key: str, value: str) -> str:
    if value == INTEGER:
        return f'{{"key":"{key}","value":{{"intValue":{INTEGER}}}}}'
    if value == DOUBLE:
        return f'{{"key":"{key}","value":{{"doubleValue":{DOUBLE}}}}}'
    return f'{{"key":"{key}","value":{{"stringValue":"{value}"}}}}'


def _body(name: str, path: str, root: str, resource: str, scoped: str) -> Body:
    described = f'"resource":{{"attributes":[{resource}],"droppedAttributesCount":0}}'
    return Body(name, path, _HEADERS, f'{{"{root}":[{{{described},{scoped}}}]}}'.encode())

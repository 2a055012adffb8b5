"""What a receiver has done since it started, by signal; numbers only, nothing of what was sent."""

from dataclasses import dataclass, field, fields
from typing import Final

from ingestion.otlp.decode import SIGNALS, Signal

_PREFIX: Final = "otlp_receiver_"


@dataclass
class SignalCounters:
    """Counters of one signal.

    Attributes:
        accepted: Bodies stored and acknowledged, empty ones included.
        rejected: Bodies refused: token, type, size, or a client that stalled.
        quarantined: Bodies that could not be decoded and were kept as they came.
        not_stored: Bodies that the client has to send again, because the disk or memory was full.
        received_bytes: Bytes of the accepted and quarantined bodies as they came.
        stored_bytes: Bytes written to the spool.
        batches: Groups of bodies that were made durable together.
        fsyncs: Calls that made file data durable.
    """

    accepted: int = 0
    rejected: int = 0
    quarantined: int = 0
    not_stored: int = 0
    received_bytes: int = 0
    stored_bytes: int = 0
    batches: int = 0
    fsyncs: int = 0


@dataclass
class Counters:
    """Counters of a receiver."""

    logs: SignalCounters = field(default_factory=SignalCounters)
    metrics: SignalCounters = field(default_factory=SignalCounters)
    traces: SignalCounters = field(default_factory=SignalCounters)

    def of(self, signal: Signal) -> SignalCounters:
        """Counters of one signal."""
        counters: SignalCounters = getattr(self, signal)
        return counters

    def exposition(self) -> str:
        """All counters in the text format that Prometheus reads."""
        lines = []
        for counter in fields(SignalCounters):
            name = f"{_PREFIX}{counter.name}_total"
            lines.append(f"# TYPE {name} counter")
            lines += [
                f'{name}{{signal="{signal}"}} {getattr(self.of(signal), counter.name)}'
                for signal in SIGNALS
            ]
        return "\n".join(lines) + "\n"

    def summary(self) -> str:
        """The counters that are not zero, in one line."""
        return "; ".join(
            f"{signal}: "
            + ", ".join(
                f"{counter.name} {value}"
                for counter in fields(SignalCounters)
                if (value := getattr(self.of(signal), counter.name))
            )
            for signal in SIGNALS
            if self.of(signal) != SignalCounters()
        )

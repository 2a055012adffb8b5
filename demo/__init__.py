"""Recorded telemetry of a made-up organisation, sent as a real client sends it."""

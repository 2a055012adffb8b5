"""Tests: ingestion, project rules, gates, publishing and the whole product."""

"""OpenTelemetry over HTTP: the receiver, its spool, and the reader of spool and Collector files."""

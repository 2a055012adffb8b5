"""OpenTelemetry over HTTP: a receiver fills the spool, a reader reads spool and Collector files."""

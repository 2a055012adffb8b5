"""The reader: files of the spool and of the Collector to rows of the raw tables."""

"""The receiver: takes exports, stores them without content in the spool, then acknowledges."""

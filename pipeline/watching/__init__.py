"""What `status` looks at: days that were seen, how fresh they are, what waits in the spool."""

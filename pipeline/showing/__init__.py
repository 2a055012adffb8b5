"""What a command found, on the terminal."""

"""What terminals say, kept: recordings (asciicast) and the search index, each in a process of its own."""

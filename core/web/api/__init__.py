"""The HTTP API: the same pipeline for programs. Routes translate; nothing is decided here."""

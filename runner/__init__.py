"""The engine: owns every PTY, workspace and live screen of one machine. No Django, no secrets."""

"""Search over what sessions have printed and were told."""

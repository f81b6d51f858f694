"""Ground of the house: errors, envelope, socket base class, throttling, clock. Imports nothing of ours."""

"""The admin site as one place: its front page, its order, and pages about the machine."""

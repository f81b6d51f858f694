"""How the admin site writes dates and numbers, by language."""

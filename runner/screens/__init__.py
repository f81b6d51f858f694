"""Live screens: terminal emulators in a worker process of their own, and the repaint they give."""

"""What all panels share: the panel itself, its event loop, its HTML view, its controls."""

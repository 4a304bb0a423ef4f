"""The way downhill on a cost that can be drawn."""

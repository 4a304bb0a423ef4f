"""Grades for a whole class, from a zip file of a learning management system to the gradebook and feedback pages."""

"""Checks of a finished PDF: its structure, its lines, its pages."""

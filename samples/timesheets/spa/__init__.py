"""The single-page application, and the small server that hands out its files."""

"""URLs: `urllib.parse` is what there is."""

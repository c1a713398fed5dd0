"""Takes the place of the stand-in of this name."""

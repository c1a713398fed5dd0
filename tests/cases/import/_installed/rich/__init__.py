"""An installed package with one module."""

print("the installed one")

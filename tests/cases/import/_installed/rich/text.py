"""Of the installed package."""

name = "text of the installed one"

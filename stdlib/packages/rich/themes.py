"""The default theme."""

from .theme import DEFAULT

__all__ = ['DEFAULT']

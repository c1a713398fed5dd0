"""Something with a greatest width."""

from .containers import Constrain

__all__ = ["Constrain"]

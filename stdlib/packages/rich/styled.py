"""Something with a style."""

from .containers import Styled

__all__ = ["Styled"]

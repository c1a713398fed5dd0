"""A package."""
__all__ = ["public_one", "inner"]
order = ["init"]
public_one = public_two = hidden = 1

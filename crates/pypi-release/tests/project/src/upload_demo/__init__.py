"""Says in which moon phase a release was made."""

from .phase import phase

__all__ = ["phase"]

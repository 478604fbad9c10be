"""The fix of a task definition and of what runs it: planned here, applied by the gates.

Plain data in, plain data out; standard library only. ``plan`` reads final CloudFormation properties and returns the
changes that make a task definition pass, or the obstacles to them, in words.
"""

from __future__ import annotations

from ..model.resource import Resource
from .changes import Blocker, Change, apply
from .network import Network
from .obstacles.consumers import Consumer
from .plan import FixOptions, Plan, plan
from .run_as import checked_user

__all__ = [
    "Blocker",
    "Change",
    "Consumer",
    "FixOptions",
    "Network",
    "Plan",
    "Resource",
    "apply",
    "checked_user",
    "plan",
]

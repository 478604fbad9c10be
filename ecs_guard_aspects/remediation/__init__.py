"""What the fix does to a task definition and to what runs it: decided here, applied elsewhere.

Plain data in, plain data out; standard library only. ``plan`` reads final CloudFormation properties and returns the
changes that make a task definition pass, or what stands against them, in words.
"""

from __future__ import annotations

from ..model.resource import Resource
from .changes import Blocker, Change, apply
from .network import Network
from .obstacles.consumers import Consumer
from .plan import Plan, plan
from .run_as import checked_user

__all__ = [
    "Blocker",
    "Change",
    "Consumer",
    "Network",
    "Plan",
    "Resource",
    "apply",
    "checked_user",
    "plan",
]

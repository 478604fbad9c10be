"""Sentences that each language puts into its own words."""

from __future__ import annotations

from ecs_guard_aspects.cloudformation.values import Cause
from ecs_guard_aspects.model.sentence import NETWORK_MODE, PRIVILEGED, USER, Remove, Sentence, Set

AWSVPC = Sentence("{change}, and more.", change=Set(NETWORK_MODE, "awsvpc"))
NON_ROOT = Sentence("{change} or another.", change=Set(USER, "1000:1000"))
UNPRIVILEGED = Sentence("{change}.", change=Remove(PRIVILEGED))
ABSENT = Sentence("{mode} is not set.", mode=NETWORK_MODE)
CAUSE = Sentence("{cause}.", cause=Cause("Properties/ContainerDefinitions/0/User", "is a list"))
IN_MIDDLE = Sentence("Write more, and {change}.", change=Set(NETWORK_MODE, "awsvpc"))

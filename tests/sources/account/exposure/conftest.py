"""Readers of a Region and its network."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.sources.account.calls import Calls
from ecs_guard_aspects.sources.account.in_use import Clients, ProductionTag
from ecs_guard_aspects.sources.account.region import Region as Where
from ecs_guard_aspects.sources.account.region import read_region
from tests.cloud import IRELAND, OWN, Cloud


@pytest.fixture(scope="module")
def clients() -> tuple[Cloud, Clients]:
    cloud = Cloud()
    other = cache(lambda service: cloud.client(service, IRELAND))
    return cloud, Clients(*(cloud.client(service, IRELAND) for service in ("ecs", "events", "scheduler")), other)


@pytest.fixture
def cloud(clients: tuple[Cloud, Clients]) -> Cloud:
    clients[0].__init__()  # type: ignore[misc]
    return clients[0]


Read = Callable[..., Document]


@pytest.fixture
def read(cloud: Cloud, clients: tuple[Cloud, Clients]) -> Read:
    def read(*production: ProductionTag) -> Document:
        return read_region(Where(OWN, IRELAND), clients[1], Calls(lambda: None, lambda: False), production)

    return read

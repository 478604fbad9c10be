"""Readers of a Region whose clients are answered by ``tests.cloud``."""

from __future__ import annotations

from collections.abc import Callable

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
    return cloud, Clients(*(cloud.client(service, IRELAND) for service in ("ecs", "events", "scheduler")))


@pytest.fixture
def cloud(clients: tuple[Cloud, Clients]) -> Cloud:
    clients[0].__init__()  # type: ignore[misc]
    return clients[0]


Read = Callable[..., Document]


@pytest.fixture
def read(cloud: Cloud, clients: tuple[Cloud, Clients]) -> Read:
    def read(
        *production: ProductionTag, scheduled: bool = False, is_over: Callable[[], bool] = lambda: False
    ) -> Document:
        chosen = clients[1] if scheduled else Clients(clients[1].ecs)
        return read_region(Where(OWN, IRELAND), chosen, Calls(lambda: None, is_over), production)

    return read

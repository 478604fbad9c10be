"""What runs in a Region, and what was found about its exposure."""

from __future__ import annotations

from typing import Any

from tests.cloud import Region

WEB = [{"name": "app", "user": "1000", "portMappings": [{"containerPort": 80, "protocol": "tcp"}]}]


PUBLIC = "203.0.113.10"


PUBLIC_6 = "2001:db8::10"


def awsvpc(here: Region, public: str | None = PUBLIC, *rules: tuple[Any, ...], **more: Any) -> None:
    """Run a task with a network interface of its own."""
    here.register("web:1", mode="awsvpc", **{"containerDefinitions": WEB, **more})
    here.run("prod", "web:1", attachments=here.attach("eni-1", public), launchType="FARGATE")
    for rule in rules:
        here.admit("sg-1", *rule)


ANY, ANY_6 = "0.0.0.0/0", "::/0"


def classic(here: Region, scheme: str = "internet-facing") -> dict[str, Any]:
    listener = {"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}}
    here.classic = [
        {"LoadBalancerName": "old", "Scheme": scheme, "SecurityGroups": ["sg-1"], "ListenerDescriptions": [listener]}
    ]
    return {"loadBalancerName": "old", "containerName": "app", "containerPort": 80}


def everything(here: Region) -> None:
    """Use every call: a task of its own network, one on an instance, a service with each kind of load balancer."""
    awsvpc(here, PUBLIC, (ANY,))
    here.register("host:1", mode="host", containerDefinitions=WEB)
    here.run("prod", "host:1", containerInstanceArn=here.launch("i-1", PUBLIC))
    here.register("api:1", mode="awsvpc", containerDefinitions=WEB)
    here.serve("prod", "api", "api:1", loadBalancers=[here.balance("api", group="sg-1")])
    here.register("old:1", containerDefinitions=WEB)
    here.serve("prod", "old", "old:1", loadBalancers=[classic(here)])


NO_POLICY = "is missing (no identity-based policy allows it)"

"""The network that users give to the fix, for consumers without one."""

from __future__ import annotations

from dataclasses import dataclass

SECURITY_GROUP = "AWS::EC2::SecurityGroup"

SUBNETS = 16
SECURITY_GROUPS = 5
"""The limits for one task.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-awsvpcconfiguration.html
"""


@dataclass(frozen=True)
class Network:
    """Subnets and security groups for tasks with ``awsvpc``, all of one VPC.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html

    Attributes:
        subnets: ids of subnets, from 1 to 16.
        security_groups: ids of security groups, at most 5; without any, ECS uses the default security group of the VPC.
        assign_public_ip: a public address for tasks on Fargate. Tasks on EC2 instances cannot have one.

    Raises:
        ValueError: if ECS would not accept it.
    """

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...] = ()
    assign_public_ip: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "subnets", _ids("subnets", self.subnets, 1, SUBNETS))
        object.__setattr__(self, "security_groups", _ids("security_groups", self.security_groups, 0, SECURITY_GROUPS))
        if not isinstance(self.assign_public_ip, bool):
            raise ValueError(f"assign_public_ip is {self.assign_public_ip!r}: it must be True or False")  # noqa: TRY004

    def awsvpc_configuration(self, *, on_fargate: bool) -> dict[str, object]:
        """Return it as the ``AwsvpcConfiguration`` of CloudFormation."""
        configuration: dict[str, object] = {"Subnets": list(self.subnets)}
        if self.security_groups:
            configuration["SecurityGroups"] = list(self.security_groups)
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
        configuration["AssignPublicIp"] = "ENABLED" if self.assign_public_ip and on_fargate else "DISABLED"
        return configuration


def _ids(name: str, values: object, least: int, most: int) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, tuple | list):
        raise ValueError(f"{name} is {values!r}: it must be a tuple of ids")  # noqa: TRY004
    if not least <= len(values) <= most:
        raise ValueError(f"{name} has {len(values)} members: ECS takes {least} to {most}")
    for value in values:
        if not isinstance(value, str) or not value:
            raise ValueError(f"{name} has the member {value!r}: it must be an id")
    return tuple(values)

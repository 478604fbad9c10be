"""Containers that need root, and users that are written: no other user is set."""

from __future__ import annotations

import pytest

from ..support import changed, plan, ports, task_definition, texts, web


def efs(**more: object) -> dict[str, object]:
    return {"Name": "data", "EFSVolumeConfiguration": {"FilesystemId": "fs-1", **more}}


@pytest.mark.parametrize(
    ("container", "volumes", "need"),
    [
        (web(FirelensConfiguration={"Type": "fluentbit"}), [], "a FireLens log router"),
        (ports({"ContainerPort": 80}), [], "listens at port 80"),
        (ports({"ContainerPort": 8080}), [], ""),
        (web(LinuxParameters={"Capabilities": {"Add": ["NET_ADMIN"]}}), [], "adds capabilities"),
        (web(LinuxParameters={"Capabilities": {"Drop": ["ALL"]}}), [], ""),
        (web(LinuxParameters={"Devices": [{"HostPath": "/dev/fuse"}]}), [], "uses devices"),
        (
            web(MountPoints=[{"SourceVolume": "sock"}]),
            [{"Name": "sock", "Host": {"SourcePath": "/var/run/docker.sock"}}],
            "mounts a folder or socket of its instance (volume sock)",
        ),
        (web(MountPoints=[{"SourceVolume": "data"}]), [{"Name": "data", "Host": {}}], "writes to volume data"),
        (web(MountPoints=[{"SourceVolume": "data"}]), [{"Name": "data"}], "writes to volume data"),
        (web(MountPoints=[{"SourceVolume": "data", "ReadOnly": True}]), [{"Name": "data"}], ""),
        (web(MountPoints=[{"SourceVolume": "data"}]), [efs()], "writes to volume data"),
        (web(MountPoints=[{"SourceVolume": "data"}]), [efs(AuthorizationConfig={"AccessPointId": "fsap-1"})], ""),
        (web(Command=["sh", "-c", "chown app /data"]), [], "its command uses chown"),
        (web(EntryPoint=["/chown-free.sh"]), [], ""),
        (web(Command=["sh", "-c", "envsubst < a > /etc/app.conf"]), [], "its command writes to /etc/"),
        (web(Command=["sh", "-c", "app > /tmp/log"]), [], ""),
        (web(Command=["pip", "install", "."]), [], "its command uses pip"),
        (web(Environment=[{"Name": "PORT", "Value": "80"}]), [], "its environment shows port 80"),
        (web(Environment=[{"Name": "ASPNETCORE_URLS", "Value": "http://+:443"}]), [], "its environment shows port 443"),
        (web(Environment=[{"Name": "PORT", "Value": "8080"}]), [], ""),
        (web(Environment=[{"Name": "SMTP_PORT", "Value": "25"}]), [], ""),  # of another host
        (web(Environment=[{"Name": "PORT", "Value": {"Ref": "Any"}}]), [], ""),
        (
            web(HealthCheck={"Command": ["CMD-SHELL", "curl -f http://localhost/"]}),
            [],
            "its health check shows port 80",
        ),
        (web(HealthCheck={"Command": ["CMD-SHELL", "curl -f http://localhost:8080/"]}), [], ""),
        (web(Command=["serve", "--port", "443"]), [], "its command shows port 443"),
        (web(Command=["sh", "-c", "app > /var/log/app.log"]), [], "its command writes to /var/log/"),
        (web(Command=["sh", "-c", "mkdir -p /opt/app/cache && app"]), [], "its command writes to /opt/"),
        (web(Command=["sh", "-c", "mkdir -p /tmp/app && app"]), [], ""),
        (web(Command=["/usr/bin/supervisord", "-n"]), [], "its command uses supervisord"),
        (web(Command=["/sbin/init"]), [], "its command uses /sbin/init"),
        (web(Command=["npm", "run", "init"]), [], ""),
        (web(EntryPoint=["nginx", "-g", "daemon off;"]), [], "its command uses nginx"),
        (web(Image="caddy:2"), [], "its image shows port 80"),
        (web(Image="php:8.3-apache"), [], "its image shows port 80"),
        (web(Image="php:8.3-cli"), [], ""),
        (web(Image="wordpress:6-fpm"), [], ""),
        (web(Image="linuxserver/plex"), [], "its image starts as root"),
        (web(Image="docker:27-dind"), [], "its image starts as root"),
        (web(Image="docker:27-cli"), [], ""),
        (web(Image="traefik:3", PortMappings=[{"ContainerPort": 8080}]), [], "its image starts as root"),
        (web(Image="public.ecr.aws/datadog/agent:7"), [], "its image starts as root"),
        (web(Image="nginxinc/nginx-unprivileged"), [], ""),
        (web(Image="bitnami/nginx"), [], ""),
        (web(Image="postgres:16"), [], "a database that starts as root"),
        (web(Image="public.ecr.aws/docker/library/redis"), [], "a database that starts as root"),
        (web(Image="bitnami/postgresql"), [], ""),
        (web(Image="example/postgres-client:1"), [], ""),
        (web(Image={"Fn::Sub": "${Any}.dkr.ecr.eu-west-1.amazonaws.com/app"}), [], ""),
    ],
)
def test_what_needs_root_keeps_it(container: dict[str, object], volumes: list[object], need: str) -> None:
    decided = plan(task_definition(container, NetworkMode="host", Volumes=volumes), awsvpc=False, user="1000")

    assert [need in text for text in texts(decided)] == ([True] if need else [])
    assert bool(changed(decided)) is not bool(need)


@pytest.mark.parametrize(
    ("user", "permitted", "is_set"), [("0", False, False), ("root", True, True), (None, False, True)]
)
def test_a_user_that_is_written_as_root_is_replaced_only_if_asked(
    user: str | None, permitted: bool, is_set: bool
) -> None:
    definition = task_definition(web(User=user), NetworkMode="host")

    decided = plan(definition, awsvpc=False, user="1000", may_replace_root=permitted)

    assert [blocker.lifted_by for blocker in decided.blockers] == ([] if is_set else ["may_replace_root=True"])


SOCKET = {"Name": "sock", "Host": {"SourcePath": "/var/run/docker.sock"}}
WITH_SOCKET = web("proxy", User="1000", MountPoints=[{"SourceVolume": "sock", "ReadOnly": True}])


@pytest.mark.parametrize(
    ("properties", "need"),
    [
        ({"PidMode": "host"}, "sees the processes of its instance"),
        ({"PidMode": "task"}, ""),
        ({"Volumes": [SOCKET], "ContainerDefinitions": [WITH_SOCKET, web(VolumesFrom=[{"SourceContainer": "proxy"}])]},
         "mounts a folder or socket of its instance (volume sock)"),
        ({"Volumes": [SOCKET], "ContainerDefinitions": [WITH_SOCKET, web()]}, ""),
        ({"ContainerDefinitions": [web({"Ref": "Unknown"})], "Volumes": [{"Name": {"Ref": "Unknown"}}]}, ""),
    ],
)  # fmt: skip
def test_what_the_task_shares_with_its_instance_needs_root(properties: dict[str, object], need: str) -> None:
    decided = plan(task_definition(**{"NetworkMode": "host", **properties}), awsvpc=False, user="1000")

    assert [need in text for text in texts(decided)] == ([True] if need else [])

"""Containers that need root: what in a task definition shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...cloudformation.properties import Properties, is_given, list_at, map_at, maps_at, text_at
from ...model.resource import Resource
from ...policy.checks.awsvpc_limits import port_mappings
from .addresses.shown_ports import shown_ports
from .container_texts import container_texts

_FIRST_FREE_PORT = 1024
_COMMANDS = re.compile(
    r"(?<![\w.-])(?:adduser|apache2(?:ctl|-foreground)|apachectl|apk|apt|apt-get|chgrp|chmod|chown|crond?|dnf|dockerd"
    r"|gosu|httpd(?:-foreground)?|insmod|iptables|modprobe|mount|nginx|nsenter|pip3?|setcap|sshd|su-exec|sudo"
    r"|supervisord|/sbin/init|sysctl|systemd|tcpdump|useradd|usermod|yum)(?![\w.-])"
)
_WRITES = re.compile(
    r"(?:>\s*|\b(?:mkdir|tee|touch)\s+(?:-\S+\s+)*)(?P<folder>/(?:etc|opt|proc|root|run|sys|usr|var/(?:lib|log|run))/)"
)
# Official images of databases, whose start script makes their folders as root and changes the user itself.
_CHANGES_USER = re.compile(
    r"(?:.*/)?(?:cassandra|couchdb|influxdb|mariadb|mongo|mysql|postgis|postgres|redis|timescaledb|valkey)(?:[:@].*)?"
)
# Images of web servers, which listen at port 80, agents that read the instance, and images that change their user.
_STARTS_AS_ROOT = re.compile(
    r"(?:.*/)?(?:httpd|nginx|traefik|datadog/agent|cloudwatch-agent|newrelic/infrastructure|cadvisor|registrator"
    r"|(?:aws-for-)?fluent-?(?:bit|d)|consul|docker(?=:\S*dind)|gitlab/gitlab-[ce]e|linuxserver/[\w.-]+)(?:[:@].*)?"
)
_BITNAMI = re.compile(r"(?:.*/)?bitnami\w*/.*")  # these run as another user from the start


def needs_root(task: Properties, location: str) -> Iterator[str]:
    """Yield why the container at a location may need root, each as the rest of a sentence about the container."""
    if text_at(task, "PidMode") == "host":
        yield "it sees the processes of its instance (PidMode host), of which only root reads all"
    for container in maps_at(task, "ContainerDefinitions"):
        if container.location == location:
            yield from _needs(task, container)


def _needs(task: Properties, container: Properties) -> Iterator[str]:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
    if is_given(container, "FirelensConfiguration"):
        yield "it is a FireLens log router, which must run as root"
    for _, ports in port_mappings(container):
        if ports.first < _FIRST_FREE_PORT:
            yield f"it listens at port {ports.first}, which in host mode only root can do"
    linux = map_at(container, "LinuxParameters")
    capabilities = map_at(linux, "Capabilities") if linux else None
    if capabilities and list_at(capabilities, "Add"):
        yield "it adds capabilities, which only root gets"
    if linux and list_at(linux, "Devices"):
        yield "it uses devices of its instance"
    yield from _mounts(task, container)


def _mounts(task: Properties, container: Properties) -> Iterator[str]:
    # Names that are expressions matter only if something refers to them.
    sources = {text_at(each, "SourceContainer") for each in maps_at(container, "VolumesFrom")}
    others = [each for each in maps_at(task, "ContainerDefinitions") if sources and text_at(each, "Name") in sources]
    mounts = [mount for each in (container, *others) for mount in maps_at(each, "MountPoints")]
    volumes = {text_at(volume, "Name"): volume for volume in maps_at(task, "Volumes") if mounts}
    for mount in mounts:
        name = text_at(mount, "SourceVolume")
        volume = volumes.get(name)
        host = map_at(volume, "Host") if volume is not None else None
        if host is not None and is_given(host, "SourcePath"):
            yield f"it mounts a folder or socket of its instance (volume {name})"
        elif not (text_at(mount, "ReadOnly") == "true" or (volume is not None and _has_access_point(volume))):
            yield f"it writes to volume {name}, whose folder root owns"


def _has_access_point(volume: Properties) -> bool:
    """Return whether a volume is on EFS with an access point, which may have a user of its own.

    https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
    """
    system = map_at(volume, "EFSVolumeConfiguration")
    authorization = map_at(system, "AuthorizationConfig") if system is not None else None
    return authorization is not None and is_given(authorization, "AccessPointId")


def starts_as_root(task_definition: Resource, number: str) -> Iterator[str]:
    """Yield why the program of a container may need root.

    Args:
        task_definition: the task definition.
        number: the index of the container.
    """
    for each in shown_ports(task_definition):
        if each.number == number and 0 < each.port < _FIRST_FREE_PORT:
            yield f"{each.how} shows port {each.port}, which in host mode only root can listen at"
    for found in container_texts(task_definition):
        if found.number != number:
            continue
        command, writes = _COMMANDS.search(found.text), _WRITES.search(found.text)
        if found.property in ("Command", "EntryPoint") and command:
            yield f"its command uses {command[0]}"
        elif found.property in ("Command", "EntryPoint") and writes:
            yield f"its command writes to {writes['folder']}"
        elif found.property == "Image" and _STARTS_AS_ROOT.fullmatch(found.text) and not _BITNAMI.fullmatch(found.text):
            yield "its image starts as root, to listen at port 80, to change the user itself or to read its instance"
        elif found.property == "Image" and _CHANGES_USER.fullmatch(found.text) and not _BITNAMI.fullmatch(found.text):
            yield "its image is a database that starts as root and changes the user itself"

"""Ports at which a container listens by its settings, without a port mapping: they are evidence, not a proof."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from ....model.resource import Resource
from ..container_texts import LOCALHOST, ContainerText, container_texts, environment_of


class ShownPort(NamedTuple):
    """A port that a container shows: the container's number and name, the port, and what shows it."""

    number: str
    container: str
    port: int
    how: str


# The variables by which images are told at which port they listen.
_PORT_VARIABLE = re.compile(
    r"(?:(?:GF_SERVER_|QUARKUS_)?HTTPS?_|LISTEN_|SERVER_|MANAGEMENT_SERVER_)?PORT|ASPNETCORE_(?:URLS|HTTPS?_PORTS)"
    r"|(?:BIND|LISTEN)(?:_ADDR(?:ESS)?)?"
)
_PORTS = re.compile(r"(?<![\d.])\d{1,5}(?![\d.])")

_LOCAL = re.compile(
    rf"(?:\b(?P<client>curl|wget)\b[^|;&]*?)?(?:(?P<scheme>https?)://)?{LOCALHOST}"
    r"(?::(?P<port>\d{1,5})\b|\s(?P<argument>\d{2,5})(?![>\w.])|(?=[/\s\"']|$))"
)

# Options that are a port to listen at, and addresses that only a listener has.
_LISTENS = re.compile(
    r"(?:(?<![\w-])(?:--?|-D)(?:https?[-._]|server[-._]|listen[-._]|bind[-._]|web[-._]|management[-._]server[-._])?"
    r"port[= ]|(?:listen|addr(?:ess)?|bind)[\w-]*[= ]:|(?:0\.0\.0\.0|\[::\]|(?<![\w.\]])\*):)"
    r"[\"']?(?P<port>\d{1,5})\b"
    r"|(?<![\w-])-p[= ](?P<short>\d{2,5})\b"
)
# Clients, whose option is the port of a server.
_CLIENTS = re.compile(r"\b(?:mongo(?:dump|sh)?|mysql(?:admin|dump)?|pg_\w+|psql|redis-cli|scp|ssh)\b")

# The ports of images that are published with one.
_IMAGES = {
    53: "coredns/coredns|pihole/pihole",
    80: (
        r"caddy|drupal|httpd|joomla|nextcloud|nginx|php(?=:\S*apache)|phpmyadmin|traefik|wordpress(?!:\S*(?:cli|fpm))"
        r"|amazon/amazon-ecs-sample"
    ),
    3000: "grafana/grafana",
    3306: "mariadb|mysql",
    5000: "registry",
    5432: "postgis|postgres",
    5672: "rabbitmq",
    6379: "redis|valkey",
    8080: "tomcat",
    9090: "prom/prometheus",
    9200: "elasticsearch",
    11211: "memcached",
    27017: "mongo",
}
_PORT_OF_IMAGE = {
    port: re.compile(rf"(?!(?:.*/)?bitnami)(?:.*/)?(?:{names})(?:[:@].*)?") for port, names in _IMAGES.items()
}


# The programs of images that are called otherwise; most begin with the name of the image: redis-server, mysqld.
_PROGRAMS = dict.fromkeys(("drupal", "joomla", "nextcloud", "php", "phpmyadmin", "wordpress"), "apache2")


def shown_ports(task_definition: Resource) -> list[ShownPort]:
    """Return the ports that containers show; an image shows one only if nothing else does, a port mapping included."""
    texts = list(container_texts(task_definition))
    commands = _commands_in(texts, "EntryPoint", "Command")
    shown = [*_of_health_checks(texts), *_of_environment(task_definition), *_of_commands(commands)]
    images = _of_images(task_definition, texts, commands)
    silent = [each for each in images if all(each.number != other.number for other in shown)]
    return [*shown, *silent]


def _of_health_checks(texts: Iterable[ContainerText]) -> Iterator[ShownPort]:
    for found, command in _commands_in(texts, "HealthCheck"):
        for match in _LOCAL.finditer(command):
            default = "443" if match["scheme"] == "https" else "80" if match["scheme"] or match["client"] else None
            port = match["port"] or match["argument"] or default
            if port is not None:
                yield _shown(found, int(port), "its health check")


def _of_environment(task_definition: Resource) -> Iterator[ShownPort]:
    for variable, found in environment_of(task_definition):
        if _PORT_VARIABLE.fullmatch(variable):
            yield from (_shown(found, int(port), "its environment") for port in _PORTS.findall(found.text))


def _of_commands(commands: Iterable[tuple[ContainerText, str]]) -> Iterator[ShownPort]:
    for found, command in commands:
        if not _CLIENTS.search(command):
            yield from (
                _shown(found, int(match["port"] or match["short"]), "its command")
                for match in _LISTENS.finditer(command)
            )


def _commands_in(texts: Iterable[ContainerText], *properties: str) -> list[tuple[ContainerText, str]]:
    """Return commands, each with its first part: an option and its value may be two parts."""
    commands: dict[tuple[str, str], list[ContainerText]] = {}
    for found in texts:
        if found.property in properties:
            commands.setdefault((found.number, found.property), []).append(found)
    return [(parts[0], " ".join(part.text for part in parts)) for parts in commands.values()]


def _of_images(
    task_definition: Resource, texts: Iterable[ContainerText], commands: Sequence[tuple[ContainerText, str]]
) -> Iterator[ShownPort]:
    for found in (each for each in texts if each.property == "Image"):
        is_mapped = task_definition.written(f"ContainerDefinitions.{found.number}.PortMappings") is not None
        given = [command for of, command in commands if of.number == found.number]
        for port, pattern in _PORT_OF_IMAGE.items():
            if not is_mapped and pattern.fullmatch(found.text) and _runs_its_program(found.text, given):
                yield _shown(found, port, "its image")


def _runs_its_program(image: str, commands: Collection[str]) -> bool:
    """Return whether a container runs the program of its image: as it is, with other options, or by its name."""
    name = re.split("[:@]", image.rpartition("/")[2])[0]
    program = re.compile(rf"-|.*\b{_PROGRAMS.get(name, re.escape(name))}", re.DOTALL)
    is_it = not commands or any(program.match(command) for command in commands)
    return is_it and not any(map(_CLIENTS.search, commands))


def _shown(found: ContainerText, port: int, how: str) -> ShownPort:
    return ShownPort(found.number, found.container, port, how)

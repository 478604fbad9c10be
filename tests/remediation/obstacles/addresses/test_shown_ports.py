"""Ports that a container shows without a port mapping."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.obstacles.addresses.shown_ports import shown_ports

from ...support import if_prod, ports, task_definition, web


def variable(name: Any, value: Any) -> dict[str, object]:
    return web(Environment=[{"Name": name, "Value": value}])


def command(*parts: str) -> dict[str, object]:
    return web(Command=list(parts))


def check(*parts: str) -> dict[str, object]:
    return web(HealthCheck={"Command": list(parts)})


@pytest.mark.parametrize(
    ("container", "shown"),
    [
        (variable("PORT", "8080"), [8080]),
        (variable("SERVER_PORT", "80"), [80]),
        (variable("GF_SERVER_HTTP_PORT", "80"), [80]),
        (variable("ASPNETCORE_URLS", "http://+:80;https://+:443"), [80, 443]),
        (variable("LISTEN_ADDR", "0.0.0.0:9000"), [9000]),
        (variable("PORT", if_prod("80", "81")), [80, 81]),
        (variable("PORT", {"Ref": "Any"}), []),
        (variable("DB_PORT", "5432"), []),  # of another host
        (variable({"Ref": "Any"}, "80"), []),
        (check("CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"), [8080]),
        (check("CMD-SHELL", "curl -f http://localhost/health || exit 1"), [80]),
        (check("CMD", "curl", "-f", "https://127.0.0.1"), [443]),
        (check("CMD", "wget", "-q", "localhost/health"), [80]),
        (check("CMD-SHELL", "nc -z localhost 6379"), [6379]),
        (check("CMD-SHELL", "curl localhost 2>/dev/null"), [80]),
        (check("CMD-SHELL", "redis-cli -h localhost ping"), []),
        (check("CMD-SHELL", "curl http://localhost.example.com/"), []),
        (check("CMD-SHELL", "test -f /tmp/healthy"), []),
        (command("serve", "--port", "8080"), [8080]),
        (command("serve", "--port=8080"), [8080]),
        (command("java", "-Dserver.port=8080", "-jar", "app.jar"), [8080]),
        (command("uvicorn", "app", "--host", "0.0.0.0", "--port", "8000"), [8000]),
        (command("gunicorn", "-b", "0.0.0.0:8000", "app"), [8000]),
        (command("app", "--listen=:9000"), [9000]),
        (command("app", "-addr", ":9000"), [9000]),
        (command("sh", "-c", "exec app --http-port '80'"), [80]),
        (command("next", "start", "-p", "3000"), [3000]),
        (command("sh", "-c", "mkdir -p /tmp/1000 && app"), []),
        (command("ssh", "-p", "2222", "host"), []),
        (command("app", "--db-port", "5432"), []),
        (command("app", "--statsd", "10.0.0.1:8125"), []),
        (command("mysqladmin", "--host", "db", "--port", "3306", "ping"), []),
        (web(Image="redis:7"), [6379]),
        (web(Image="public.ecr.aws/docker/library/nginx:1"), [80]),
        (web(Image="php:8.3-apache"), [80]),
        (web(Image="php:8.3-fpm"), []),
        (web(Image="nginx", Command=["--port", "8080"]), [8080]),
        ({**ports({"ContainerPort": 8080}), "Image": "nginx"}, []),
        (web(Image="redis", Command=["redis-cli", "ping"]), []),
        (web(Image="redis:7", Command=["redis-server", "--appendonly", "yes"]), [6379]),
        (web(Image="memcached", Command=["-m", "64"]), [11211]),
        (web(Image="php:8.3-apache", Command=["apache2-foreground"]), [80]),
        (web(Image="php:8.3-apache", Command=["php", "worker.php"]), []),
        (web(Image="php:8.3-apache", EntryPoint=["cron", "-f"]), []),
        (web(Image="nginx", EntryPoint=["sh", "-c"], Command=["exec nginx -g 'daemon off;'"]), [80]),
        (web(Image="bitnami/nginx"), []),  # at 8080
        (web(Image="example/web"), []),
    ],
)
def test_the_ports_that_a_container_shows(container: dict[str, object], shown: list[int]) -> None:
    found = shown_ports(task_definition(container))
    assert [(each.number, each.container, each.port) for each in found] == [("0", "web", port) for port in shown]

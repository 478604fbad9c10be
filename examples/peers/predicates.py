"""What each standard or product says of the same containers: its published rule, as the profile of its name has it.

python -m examples.peers.predicates
"""

from __future__ import annotations

from typing import Any

from ecs_guard_aspects.policy import Enforcement, Policy, Profile, evaluate_template

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "bridge, user 1000": ("bridge", {"User": "1000"}),
    "bridge, no user": ("bridge", {}),
    "host, no user": ("host", {}),
    "host, no user, privileged": ("host", {"Privileged": True}),
    "host, user 1000": ("host", {"User": "1000"}),
    "awsvpc, no user": ("awsvpc", {}),
    "awsvpc, user 1000": ("awsvpc", {"User": "1000"}),
}


def violated(profile: Profile, mode: str, container: dict[str, Any]) -> list[str]:
    properties = {"NetworkMode": mode, "ContainerDefinitions": [{"Name": "web", "Image": "nginx:1.29", **container}]}
    template = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}
    findings = evaluate_template(template, Policy(profile=profile))
    return [finding.check for finding in findings if finding.enforcement is Enforcement.DENY]


def main() -> None:
    profiles = (Profile.DATADOG, Profile.AWS_CONFIG, Profile.CYSCALE, Profile.SECURITY_HUB)
    print(f"| task definition | {' | '.join(profile.value for profile in profiles)} |")
    print("|---" * (len(profiles) + 1) + "|")
    for name, (mode, container) in CASES.items():
        said = [", ".join(f"`{check}`" for check in violated(profile, mode, container)) for profile in profiles]
        print(f"| {name} | {' | '.join(checks or 'passes' for checks in said)} |")


if __name__ == "__main__":
    main()

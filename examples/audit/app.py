"""The app: ``cdk deploy --app "python -m examples.audit.app"``.

It is under its own gate, with the strictest profile.
"""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard, Policy, Profile
from examples.audit.scheduled_audit import ScheduledAudit

REPOSITORY = Path(__file__).parents[2]


def audit_app(image: str | None = None, outdir: str | None = None) -> cdk.App:
    """Return the app.

    Args:
        image: an image of ecs-guard; one is built from the Dockerfile of this repository if left out.
        outdir: the folder of the cloud assembly; that of the CDK CLI if left out.
    """
    app = cdk.App(outdir=outdir)
    EcsGuard(Policy(profile=Profile.STRICT)).protect(app)
    stack = cdk.Stack(app, "EcsGuardAudit")
    ScheduledAudit(
        stack,
        "Audit",
        vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1),
        image=ecs.ContainerImage.from_registry(image) if image else ecs.ContainerImage.from_asset(str(REPOSITORY)),
        security_hub=True,
    )
    return app


if __name__ == "__main__":
    audit_app().synth()

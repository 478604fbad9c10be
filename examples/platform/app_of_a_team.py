"""What an app team writes. Denied: the image, and the user."""

from __future__ import annotations

import aws_cdk as cdk
from acme_ecs_policy import protect
from aws_cdk import aws_ecs as ecs

app = cdk.App()
task = ecs.FargateTaskDefinition(cdk.Stack(app, "Billing"), "Task")
task.add_container("api", image=ecs.ContainerImage.from_registry("nginx:1.29"))
protect(app)
app.synth()

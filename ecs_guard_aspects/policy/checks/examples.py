"""Examples of corrections, as `ecs-guard explain` and docs/checks.md show them: a diff for each language."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """A task definition that a check denies, and its correction, as the lines of a diff.

    The lines that start with a space or ``-`` are denied; those that start with a space or ``+`` pass.

    Attributes:
        yaml: members of ``Resources`` in a CloudFormation template.
        cdk: Python code inside a stack.
        terraform: resources in HCL.
    """

    yaml: str
    cdk: str
    terraform: str


LANGUAGES = {"yaml": "CloudFormation (YAML)", "cdk": "CDK (Python)", "terraform": "Terraform"}
"""The names of the languages, by the fields of an example."""


def before(diff: str) -> str:
    """Return the text that the check denies."""
    return _without("+", diff)


def after(diff: str) -> str:
    """Return the corrected text."""
    return _without("-", diff)


def _without(mark: str, diff: str) -> str:
    return "".join(f"{line[1:]}\n" for line in diff.splitlines() if not line.startswith(mark))


AWSVPC_NETWORK_MODE = Example(
    yaml="""\
 TaskDefinition:
   Type: AWS::ECS::TaskDefinition
   Properties:
-    NetworkMode: bridge
+    NetworkMode: awsvpc
     ContainerDefinitions: [{Name: app, Image: "nginx:1.29", Memory: 256}]
 Service:
   Type: AWS::ECS::Service
   Properties:
     TaskDefinition: !Ref TaskDefinition
+    NetworkConfiguration:
+      AwsvpcConfiguration:
+        Subnets: [subnet-0123456789abcdef0]
+        SecurityGroups: [sg-0123456789abcdef0]
""",
    cdk="""\
-task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.BRIDGE)
+task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.AWS_VPC)
 task.add_container("app", image=ecs.ContainerImage.from_registry("nginx:1.29"), memory_limit_mib=256)
 # An ecs.Ec2Service without vpc_subnets and security_groups uses the private subnets and a new security group.
""",
    terraform="""\
 resource "aws_ecs_task_definition" "web" {
   family                = "web"
-  network_mode          = "bridge"
+  network_mode          = "awsvpc"
   container_definitions = jsonencode([{ name = "app", image = "nginx:1.29", memory = 256 }])
 }

 resource "aws_ecs_service" "web" {
   name            = "web"
   task_definition = aws_ecs_task_definition.web.arn
+  network_configuration {
+    subnets         = ["subnet-0123456789abcdef0"]
+    security_groups = ["sg-0123456789abcdef0"]
+  }
 }
""",
)

HOST_MODE_ROOT_USER = Example(
    yaml="""\
 TaskDefinition:
   Type: AWS::ECS::TaskDefinition
   Properties:
     NetworkMode: host
     ContainerDefinitions:
       - Name: app
         Image: nginx:1.29
         Memory: 256
+        User: "1000:1000"
""",
    cdk="""\
 task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.HOST)
 task.add_container(
     "app",
     image=ecs.ContainerImage.from_registry("nginx:1.29"),
     memory_limit_mib=256,
+    user="1000:1000",
 )
""",
    terraform="""\
 resource "aws_ecs_task_definition" "web" {
   family       = "web"
   network_mode = "host"
   container_definitions = jsonencode([{
     name   = "app"
     image  = "nginx:1.29"
     memory = 256
+    user   = "1000:1000"
   }])
 }
""",
)

HOST_MODE_PRIVILEGED = Example(
    yaml="""\
 TaskDefinition:
   Type: AWS::ECS::TaskDefinition
   Properties:
     NetworkMode: host
     ContainerDefinitions:
       - Name: app
         Image: nginx:1.29
         Memory: 256
-        Privileged: true
+        User: "1000:1000"
""",
    cdk="""\
 task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.HOST)
 task.add_container(
     "app",
     image=ecs.ContainerImage.from_registry("nginx:1.29"),
     memory_limit_mib=256,
-    privileged=True,
+    user="1000:1000",
 )
""",
    terraform="""\
 resource "aws_ecs_task_definition" "web" {
   family       = "web"
   network_mode = "host"
   container_definitions = jsonencode([{
     name       = "app"
     image      = "nginx:1.29"
     memory     = 256
-    privileged = true
+    user       = "1000:1000"
   }])
 }
""",
)

NO_HOST_NETWORK_MODE = Example(
    yaml="""\
 TaskDefinition:
   Type: AWS::ECS::TaskDefinition
   Properties:
-    NetworkMode: host
+    NetworkMode: awsvpc
     ContainerDefinitions: [{Name: app, Image: "nginx:1.29", Memory: 256}]
""",
    cdk="""\
-task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.HOST)
+task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.AWS_VPC)
 task.add_container("app", image=ecs.ContainerImage.from_registry("nginx:1.29"), memory_limit_mib=256)
""",
    terraform="""\
 resource "aws_ecs_task_definition" "web" {
   family                = "web"
-  network_mode          = "host"
+  network_mode          = "awsvpc"
   container_definitions = jsonencode([{ name = "app", image = "nginx:1.29", memory = 256 }])
 }
""",
)

NO_PRIVILEGED_CONTAINERS = Example(
    yaml="""\
 TaskDefinition:
   Type: AWS::ECS::TaskDefinition
   Properties:
     NetworkMode: awsvpc
     ContainerDefinitions:
       - Name: app
         Image: nginx:1.29
         Memory: 256
-        Privileged: true
""",
    cdk="""\
 task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.AWS_VPC)
 task.add_container(
     "app",
     image=ecs.ContainerImage.from_registry("nginx:1.29"),
     memory_limit_mib=256,
-    privileged=True,
 )
""",
    terraform="""\
 resource "aws_ecs_task_definition" "web" {
   family       = "web"
   network_mode = "awsvpc"
   container_definitions = jsonencode([{
     name       = "app"
     image      = "nginx:1.29"
     memory     = 256
-    privileged = true
   }])
 }
""",
)

NON_ROOT_USER = Example(
    yaml="""\
 TaskDefinition:
   Type: AWS::ECS::TaskDefinition
   Properties:
     NetworkMode: awsvpc
     ContainerDefinitions:
       - Name: app
         Image: nginx:1.29
         Memory: 256
+        User: "1000:1000"
""",
    cdk="""\
 task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.AWS_VPC)
 task.add_container(
     "app",
     image=ecs.ContainerImage.from_registry("nginx:1.29"),
     memory_limit_mib=256,
+    user="1000:1000",
 )
""",
    terraform="""\
 resource "aws_ecs_task_definition" "web" {
   family       = "web"
   network_mode = "awsvpc"
   container_definitions = jsonencode([{
     name   = "app"
     image  = "nginx:1.29"
     memory = 256
+    user   = "1000:1000"
   }])
 }
""",
)

NON_ADMIN_WINDOWS_USER = Example(
    yaml="""\
 TaskDefinition:
   Type: AWS::ECS::TaskDefinition
   Properties:
     NetworkMode: awsvpc
     RuntimePlatform: {OperatingSystemFamily: WINDOWS_SERVER_2022_CORE}
     ContainerDefinitions:
       - Name: app
         Image: mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2022
         Memory: 2048
+        User: ContainerUser
""",
    cdk="""\
 windows = ecs.RuntimePlatform(operating_system_family=ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE)
 task = ecs.FargateTaskDefinition(self, "Task", cpu=1024, memory_limit_mib=2048, runtime_platform=windows)
 task.add_container(
     "app",
     image=ecs.ContainerImage.from_registry("mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2022"),
+    user="ContainerUser",
 )
""",
    terraform="""\
 resource "aws_ecs_task_definition" "web" {
   family       = "web"
   network_mode = "awsvpc"
   runtime_platform {
     operating_system_family = "WINDOWS_SERVER_2022_CORE"
   }
   container_definitions = jsonencode([{
     name   = "app"
     image  = "mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2022"
     memory = 2048
+    user   = "ContainerUser"
   }])
 }
""",
)

AWSVPC_COMPATIBLE = Example(
    yaml="""\
 TaskDefinition:
   Type: AWS::ECS::TaskDefinition
   Properties:
     NetworkMode: awsvpc
     ContainerDefinitions:
       - Name: app
         Image: nginx:1.29
         Memory: 256
         User: "1000:1000"
-        Hostname: app
         PortMappings:
-          - {ContainerPort: 8080, HostPort: 80}
+          - {ContainerPort: 8080}
""",
    cdk="""\
 task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.AWS_VPC)
 task.add_container(
     "app",
     image=ecs.ContainerImage.from_registry("nginx:1.29"),
     memory_limit_mib=256,
     user="1000:1000",
-    hostname="app",
 )
""",
    terraform="""\
 resource "aws_ecs_task_definition" "web" {
   family       = "web"
   network_mode = "awsvpc"
   container_definitions = jsonencode([{
     name         = "app"
     image        = "nginx:1.29"
     memory       = 256
     user         = "1000:1000"
-    hostname     = "app"
-    portMappings = [{ containerPort = 8080, hostPort = 80 }]
+    portMappings = [{ containerPort = 8080 }]
   }])
 }
""",
)

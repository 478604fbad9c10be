"""Relevance: which bytes make a file worth parsing."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.sources.relevance import mentions_tasks, narrow, relevance_test, resembles_plan

RELEVANT: list[tuple[str, bytes, bool]] = [
    ("a.yaml", b"Type: AWS::ECS::TaskDefinition", True),
    ("a.json", b'{"containerDefinitions": []}', True),
    ("a.json", b'{"ContainerDefinitions": []}', True),
    ("a.yaml", b"Type: AWS::CloudFormation::Stack", True),
    ("a.yaml", b"Type: AWS::Serverless::Application", True),
    ("a.yaml", b"Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct", True),
    ("a.yaml", b"Type: AWS::ServiceCatalog::CloudFormationProduct", True),
    ("a.yaml", b"Type: Acme::Web::Service::MODULE", True),
    ("a.yaml", b"Fn::ForEach::X: []", True),
    ("a.yaml", b"Transform: Macro", True),
    ("a.yaml", b"Type: AWS::Batch::JobDefinition", True),
    ("a.yaml", b"Type: AWS::ECS::ExpressGatewayService", True),
    ("a.yaml", b"Type: AWS::ECS::DaemonTaskDefinition", True),
    ("a.yaml", b"Api: registerTaskDefinition", True),
    ("a.yaml", b"run: aws ecs register-task-definition", True),
    ("a.yaml", b"run: aws ecs register-daemon-task-definition", True),
    ("a.yaml", b"code: ecs.register_task_definition()", True),
    ("a.yml", b"- community.aws.ecs_taskdefinition: {}", True),
    ("ecs-params.yml", b"version: 1\ntask_definition:\n", True),
    ("manifest.yml", b"taskdef_overrides: []", True),
    ("cfn.patches.yml", b"- path: /Resources/TaskDefinition/Properties/NetworkMode\n", True),
    ("serverless.yml", b"plugins:\n- serverless-fargate\n", True),
    ("compose.yml", b"x-aws-cloudformation: {}", True),
    ("a.yaml", b"- name: a\n  image: x\n  essential: true\n", True),
    ("package.json", b'{"dependencies": {"express": "1"}, "definitions": {}}', False),
    ("plan.json", b'"type": "aws_ecs_task_definition"', True),
    ("plan.json", b'"type": "aws_ecs_daemon_task_definition"', True),
    ("plan.json", b'"type": "aws_batch_job_definition"', True),
    ("plan.json", b'"type": "aws_ecs_express_gateway_service"', True),
    ("a.yaml", b'Type: "AWS::ECS\\u003a:Task"', True),
    ("a.yaml", b'Type: "AWS::ECS\\x3a:Task"', True),
    ("a.yaml", b'Type: "AWS::ECS::Task\\\n  Definition"', True),
    ("a.yaml", b'Type: "AWS::ECS::Task\\\r\n  Definition"', True),
    ("a.yaml", b'Type: "AWS::ECS::Task\\\r  Definition"', True),
    ("a.yaml", 'Type: "AWS::ECS::Task\\\u0085  Definition"'.encode(), True),
    ("a.yaml", 'Type: "AWS::ECS::Task\\\u2028  Definition"'.encode(), True),
    ("a.yaml", 'Type: "AWS::ECS::Task\\\u2029  Definition"'.encode(), True),
    ("a.yaml", b"Type: AWS::S3::Bucket", False),
    ("a.yaml", b'text: "a\\tb"', False),
    ("main.tf", b'resource "aws_ecs_task_definition" "web" {', True),
    ("main.tf", b'resource "aws_\\u0065cs" "web" {', True),
    ("main.tf", b'module "web" { source = "terraform-aws-modules/ecs/aws" }', True),
    ("main.tf", b'module "web" { source = "./modules/ecs" }', False),
    ("main.tf", b'module "web" {\n  source = "git::x"\n  network_mode = "host"', True),
    ("main.tf", b'resource "aws_batch_job_definition" "web" {', True),
    ("main.tf", b'resource "aws_sfn_state_machine" "web" {\n  definition = "registerTaskDefinition"', True),
    ("main.tf", b'resource "aws_iam_policy" "web" {\n  policy = "ecs:RegisterTaskDefinition"', False),
    ("main.tf", b'resource "aws_cloudformation_stack" "web" {', True),
    ("main.tf", b"resource awscc_cloudformation_stack_set web {", True),
    ("main.tf", b"x = aws_cloudformation_stack.web.outputs", False),
    ("plan.json", b'"type": "aws_cloudformation_stack"', True),
    ("main.tf", b"task = aws_batch_job_definition.web.arn", False),
    ("main.tf", b"task = aws_ecs_task_definition.web.arn", False),
    ("main.tf", b"Type: AWS::ECS::TaskDefinition", False),
    ("main.tofu", b'resource "aws_ecs_task_definition" "web" {', True),
    ("main.tf.json", b'{"resource": {"aws_ecs_task_definition": {}}}', True),
    ("main.tf.json", b'{"module": {"web": {"source": "acme/ecs/aws"}}}', True),
    ("main.tf.json", b'{"resource": {"aws_s3_bucket": {}}}', False),
]


@pytest.mark.parametrize(("name", "content", "expected"), RELEVANT)
def test_a_file_is_relevant(name: str, content: bytes, expected: bool) -> None:
    assert relevance_test(name)(content) is expected


BROKEN: list[tuple[bytes, bool]] = [
    (b"a: AWS::ECS::TaskDefinition: b", True),
    (b"{containerDefinitions", True),
    (b' {"type": "aws_ecs_task_definition"', True),
    (b"- run: terraform import aws_ecs_task_definition.web", False),
    (b"a: b: c", False),
]


@pytest.mark.parametrize(("content", "expected"), BROKEN)
def test_a_broken_file_must_be_reported(content: bytes, expected: bool) -> None:
    assert mentions_tasks(content) is expected


PLANS: list[tuple[bytes, bool]] = [
    (b'{"format_version": "1.2"', True),
    (b'{"terraform_version": "1.9"', True),
    (b'{"resource_changes": [', True),
    (b'{"Resources": {', False),
]


@pytest.mark.parametrize(("content", "expected"), PLANS)
def test_a_broken_file_may_be_a_plan(content: bytes, expected: bool) -> None:
    assert resembles_plan(content) is expected


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_ascii_is_found_in_wide_text(encoding: str) -> None:
    assert b"TaskDefinition" in narrow("TaskDefinition".encode(encoding))

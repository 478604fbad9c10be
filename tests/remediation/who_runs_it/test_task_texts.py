"""Task texts: which properties may name a task to run."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.remediation.who_runs_it.task_texts import may_name_a_task


@pytest.mark.parametrize(
    ("kind", "location", "expected"),
    [
        ("Custom::Run", "Anything.0", True),
        ("Custom::Run", "Name", True),
        ("Custom::Run", "ServiceToken", False),
        ("AWS::CloudFormation::CustomResource", "Name", True),
        ("AWS::Logs::LogGroup", "Anything", False),
        ("AWS::EC2::Subnet", "Anything", False),
        ("AWS::EC2::Instance", "UserData", True),
        ("AWS::EC2::LaunchTemplate", "LaunchTemplateData.UserData", True),
        ("AWS::Lambda::Function", "Environment.Variables.T", True),
        ("AWS::Lambda::Function", "Handler", False),
        ("AWS::Lambda::Permission", "SourceArn", False),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions.0.Command.1", True),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions.0.WorkingDirectory", False),
        ("AWS::Events::Rule", "Targets.0.Input", True),
        ("AWS::Events::Rule", "Targets.0.RoleArn", False),
        ("AWS::Lambda::Function", "Environment.Variables.TaskFamilyName", True),
        ("AWS::Serverless::Function", "Environment.Variables.TaskName", True),
        ("AWS::CloudFormation::Stack", "Parameters.TaskFamilyName", True),
        ("AWS::StepFunctions::StateMachine", "DefinitionSubstitutions.TaskName", True),
        ("AWS::StepFunctions::StateMachine", "StateMachineName", False),
        ("AWS::Batch::JobDefinition", "Parameters.JobName", True),
        ("AWS::CodePipeline::Pipeline", "Stages.0.Actions.0.Configuration.FunctionName", True),
        ("AWS::CodePipeline::Pipeline", "Stages.0.Actions.0.Configuration.ServiceName", False),
        ("AWS::CodePipeline::Pipeline", "Stages.0.Actions.0.Name", False),
        ("A::Type::NotKnown", "Setting", True),
        ("A::Type::NotKnown", "Deep.ThingName", False),
        ("A::Type::NotKnown", "Tags.0.Value", False),
    ],
)
def test_which_properties_may_name_a_task(kind: str, location: str, expected: bool) -> None:
    assert may_name_a_task(kind, location) is expected

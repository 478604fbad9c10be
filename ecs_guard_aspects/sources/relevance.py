"""Relevance: which files can contain task definitions, decided by bytes before they are parsed."""

from __future__ import annotations

import re
from collections.abc import Callable
from mmap import mmap

from .cloudformation.untyped import may_have_untyped_resource
from .folders import CODE, JSON_CODE
from .workloads import TERRAFORM_TYPES

# One search per word: a pattern with all of them takes ten times as long.
_TASKS = (b"ECS::TaskDefinition", b"ontainerDefinitions")
_IN_TERRAFORM = (b"ecs_task_definition", b"ecs_daemon_task_definition")
# Formats of other tools: Ansible, ecs-params.yml, Copilot, plugins of Serverless, compose, patches of Copilot.
_FORMATS = (
    b"ecs_taskdefinition",
    b"\ntask_definition:",
    b"taskdef_overrides",
    b"- serverless-fargate",
    b"x-aws-cloudformation",
    b"/Resources/TaskDefinition/",
)
_CALLS = (b"egisterTaskDefinition", b"DaemonTaskDefinition")
_SCRIPTS = (b"register-task-definition", b"daemon-task-definition")
# A key, not a word of a script: workflows that only read a task definition are skipped.
_KEY_OF_CONTAINERS = rb"[cC]ontainerDefinitions\\*[\"']?\s*:"
_IN_CONTAINERS = (b'"essential"', b'"portMappings"', b'"logConfiguration"')
# fmt: off
_OTHERS = (
    # Resources that deploy templates of other files, and transforms that add or change resources.
    b"CloudFormation::Stack", b"Serverless::Application", b"ServiceCatalog::CloudFormationPro", b"::MODULE",
    b"Fn::ForEach", b"Transform",
    # Daemons, and workloads that no check covers.
    b"Batch::JobDefinition", b"ExpressGatewayService", *_CALLS, *_SCRIPTS, *_FORMATS,
    # Plans and states of Terraform, and calls in Python.
    b"_task_definition", b"batch_job_definition", b"express_gateway_service", b"cloudformation_stack",
)
# fmt: on
# Each word above has one of these in it: a file without any is not searched for each word.
_STEMS = (
    *(b"efinition", b"loudFormation", b"Serverless::", b"::MODULE", b"Fn::ForEach", b"Transform", b"xpress"),
    *(b"taskdef", b"- serverless-fargate", b"x-aws-cloudformation", b"cloudformation_stack"),
)
_WORKLOADS = (b"batch_job_definition", b"express_gateway_service", b"register_task_definition", *_CALLS, *_SCRIPTS)
_TYPES_OF_WORKLOADS = tuple(f'"{kind}"'.encode() for kind in sorted(TERRAFORM_TYPES))

# Compiled when they are used, so that the check of one template starts faster.
# Letters written as escapes, and words split over two lines, can hide a type.
# YAML 1.1 also ends a line at U+0085, U+2028 and U+2029.
_ESCAPED = rb"\\u00(?:3[aA]|[4-7])|\\U000000(?:3[aA]|[4-7])|\\x(?:3[aA]|[4-7])"
_HIDDEN = _ESCAPED + rb"|[A-Za-z:]\\(?:\r|\n|\xc2?\x85|\xe2\x80[\xa8\xa9])"
# In code: blocks but not references, labels written with escapes, modules from a registry.
_TASK_BLOCKS = rb"ecs_(?:daemon_)?task_definition(?!\s*[.\[]|\w)|resource\s+\"[^\"\n]*\\"
_STACK_BLOCKS = rb"cloudformation_stack(?:_set)?(?!\s*[.\[]|\w)"
_MODULES = rb"(?i)source\"?\s*[=:]\s*\"(?!\.)[^\"\n]*(?<![a-z0-9])(?:ecs|fargate)(?![a-z0-9])"
_ARGUMENTS = rb"\b(?:container_definitions?|network_mode|task_definition)\"?\s*[=:]"

WIDE = re.compile(rb"\xff\xfe|\xfe\xff|\0|[^\0]\0")
"""The first bytes of UTF-16 and UTF-32."""


def narrow(content: bytes) -> bytes:
    """Return bytes in which ASCII text can be found."""
    return content.replace(b"\0", b"") if WIDE.match(content) else content


def relevance_test(name: str) -> Callable[[bytes | mmap], bool]:
    """Return a function: whether the content of a file can contain task definitions.

    Args:
        name: the name of the file, in lower case.
    """
    if name.endswith(JSON_CODE):
        return lambda content: code_is_relevant(content) or _text_is_relevant(content)
    return code_is_relevant if name.endswith(CODE) else _text_is_relevant


def code_is_relevant(content: bytes | mmap) -> bool:
    """Return whether Terraform code may define tasks, or other workloads."""
    if code_may_define_tasks(content):
        return True
    if content.find(b"cloudformation_stack") >= 0 and re.search(_STACK_BLOCKS, content) is not None:
        return True
    return _mentions(content, _WORKLOADS) and _mentions(content, _TYPES_OF_WORKLOADS)


def code_may_define_tasks(content: bytes | mmap) -> bool:
    """Return whether Terraform code may define tasks."""
    # The patterns take far longer than a search for one of their words.
    if _mentions(content, (b"task_definition", b"\\")) and re.search(_TASK_BLOCKS, content) is not None:
        return True
    if content.find(b"module") < 0:
        return False
    return re.search(_MODULES, content) is not None or re.search(_ARGUMENTS, content) is not None


def _text_is_relevant(content: bytes | mmap) -> bool:
    if _mentions(content, _STEMS) and _mentions(content, (*_TASKS, *_OTHERS)):
        return True
    if content.find(b"\\") >= 0 and re.search(_HIDDEN, content) is not None:
        return True
    return _has_containers(content) or may_have_untyped_resource(content)


def mentions_definitions(content: bytes) -> bool:
    """Return whether a file of an unknown format can contain task definitions, or containers of one."""
    if _mentions(content, (*_CALLS, *_FORMATS)) or _has_containers(content):
        return True
    return re.search(_KEY_OF_CONTAINERS, content) is not None


def listed_mentions(content: bytes) -> bool:
    """Return whether a file with a suffix that is not read is listed: it may have any format."""
    return mentions_definitions(content) or _mentions(content, (*_TASKS, *_IN_TERRAFORM, b'"portMappings"'))


def _has_containers(content: bytes | mmap) -> bool:
    """Return whether a file may be a container, or a list of containers, in JSON or YAML."""
    if content.find(b"essential: ") >= 0 and content.find(b"image: ") >= 0:
        return True
    is_list = content[:64].lstrip()[:1] == b"["
    return content.find(b'"image"') >= 0 and _mentions(content, _IN_CONTAINERS if is_list else _IN_CONTAINERS[:1])


def mentions_tasks(content: bytes) -> bool:
    """Return whether a file that cannot be parsed must be reported."""
    # A plan is JSON. Workflows and documentation that only mention the Terraform resource are not reported.
    return _mentions(content, _TASKS) or (content.lstrip()[:1] == b"{" and _mentions(content, _IN_TERRAFORM))


def resembles_plan(content: bytes) -> bool:
    """Return whether a file that cannot be parsed can be a plan or a state, which contain secrets."""
    return _mentions(content, (b'"format_version"', b'"terraform_version"', b'"resource_changes"'))


def _mentions(content: bytes | mmap, words: tuple[bytes, ...]) -> bool:
    return any(content.find(word) >= 0 for word in words)

"""The policy as Rego for ``CloudFormationValidatePlugin`` of the AWS CDK, which apps in every language have.

https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.CloudFormationValidatePlugin.html
https://github.com/aws-cloudformation/cloudformation-validate/blob/main/src/CUSTOM_RULES.md

The engine of the plugin resolves expressions: ``properties_scenarios`` yields each combination of values. The rules
require the correct values instead of looking for wrong ones, so a value that is not known before deployment is denied.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..policy.checks import Check
from ..policy.enforcement import Enforcement
from ..policy.errors import PolicyError
from ..policy.policy import Policy
from .guard_rules import header
from .user_patterns import ADMINISTRATOR, ROOT, WINDOWS

_SEVERITIES = {Enforcement.DENY: "ERROR", Enforcement.WARN: "WARN", Enforcement.AUDIT: "INFO"}

_LIBRARY = r"""
package ecs_guard

import rego.v1

# --- what a task definition can become -----------------------------------------------------------

_fields := ["NetworkMode", "ContainerDefinitions", "RequiresCompatibilities", "RuntimePlatform"]

_scenarios(name) := [scenario |
	some scenario in properties_scenarios(name, _fields)
	is_satisfiable(scenario.conditions)
	_is_created(name, scenario.conditions)
]

_is_created(name, _) if resource_condition(name) == null

_is_created(name, conditions) if {
	condition := resource_condition(name)
	object.get(conditions, condition, true) == true
	is_satisfiable(object.union(conditions, {condition: true}))
}

_is_never_created(name) if {
	condition := resource_condition(name)
	condition != null
	not is_satisfiable({condition: true})
}

# What a macro returns, and a resource without any known combination of values, can be anything.
_is_opaque(name) if {
	some key, _ in input.resources[name].properties
	startswith(key, "Fn::")
	key != "Fn::If"
}

_is_opaque(name) if {
	count(_scenarios(name)) == 0
	not _is_never_created(name)
}

# Whether a value depends on what is known at deployment only: the engine fills in the default of a parameter, and the
# Region that is the key of a mapping. A path is a regular expression, because a path has a step for each Fn::If.
_is_open(name, path) if {
	some edge in edges_from(name)
	regex.match(path, edge.sourcePath)
	_is_open_parameter(edge.target)
}

_is_open(name, path) if {
	some origin in input.resolutionSources
	origin.resourceId == name
	origin.source == "Intrinsic/Ref"
	contains(origin.propertyPath, "Fn::FindInMap")
	regex.match(path, origin.propertyPath)
}

_is_open_parameter(parameter) if {
	input.parameters[parameter]
	count(param_allowed_values(parameter)) == 0
}

_is_open_parameter(parameter) if startswith(param_type(parameter), "AWS::SSM::")

# A text as CloudFormation reads it; not defined for a list or a map.
_text(value) := coerce_to_string(value) if {
	not is_object(value)
	not is_array(value)
}

# What another tool replaces before the deployment: see ecs_guard_aspects.policy.user.
_is_placeholder(text) if not regex.match(`^[\w.+\\ -]*\$?(:[\w.+\\ -]*\$?)?$`, text)

_is_placeholder(text) if _is_token(text)

_is_token(text) if regex.match(`(^|[-.:])__\w+__([-.:]|$)`, text)

_path(steps) := concat("", array.concat(array.concat(["^Properties"], _steps(steps)), [`(\.|$)`]))

_steps(steps) := [concat("", [`(\.Fn::If\.[12])*\.`, step]) | some step in steps]

# --- the network mode ----------------------------------------------------------------------------

_mode(scenario) := object.get(scenario.properties, "NetworkMode", null)

_is_mode_open(name) if _is_open(name, _path(["NetworkMode"]))

_is_awsvpc(name, scenario) if {
	_mode(scenario) == "awsvpc"
	not _is_mode_open(name)
}

_is_not_host(name, scenario) if _mode(scenario) == null

_is_not_host(name, scenario) if {
	mode := _text(_mode(scenario))
	mode != "host"
	not _is_placeholder(mode)
	not _is_mode_open(name)
}

_is_only_for(name, scenario, launch_type) if {
	is_array(scenario.properties.RequiresCompatibilities)
	launch_types := [each | some each in scenario.properties.RequiresCompatibilities; each != null]
	count(launch_types) > 0
	not _is_open(name, _path(["RequiresCompatibilities"]))
	every each in launch_types {
		each == launch_type
	}
}

# ECS Anywhere does not support awsvpc, and Managed Instances use it where no mode is set.
_has_no_choice(name, scenario) if _is_only_for(name, scenario, "EXTERNAL")

_has_no_choice(name, scenario) if {
	_is_only_for(name, scenario, "MANAGED_INSTANCES")
	_mode(scenario) == null
}

# --- containers ----------------------------------------------------------------------------------

_definitions(scenario) := object.get(scenario.properties, "ContainerDefinitions", null)

_containers(scenario) := [] if _definitions(scenario) == null

_containers(scenario) := containers if {
	definitions := _definitions(scenario)
	is_array(definitions)
	containers := [{"index": sprintf("%d", [index]), "value": value} |
		some index, value in definitions
		value != null
	]
}

# What is not a list is not known: it passes no check.
_containers(scenario) := [{"index": "", "value": "unknown"}] if {
	_definitions(scenario) != null
	not is_array(_definitions(scenario))
}

_label(container) := container.value.Name if is_string(container.value.Name)

_label(container) := container.index if not is_string(container.value.Name)

_is_macro(value) if {
	is_object(value)
	some key, _ in value
	startswith(key, "Fn::")
}

_is_container(container) if {
	is_object(container.value)
	not _is_macro(container.value)
}

_is_known(name, container, property) if {
	_is_container(container)
	value := object.get(container.value, property, null)
	not is_object(value)
	not is_array(value)
	not _is_open(name, _path(["ContainerDefinitions", container.index, property]))
}

_is_privileged(name, container) if {
	_is_known(name, container, "Privileged")
	container.value.Privileged in {true, "true"}
}

_is_not_privileged(name, container) if {
	_is_known(name, container, "Privileged")
	not container.value.Privileged in {true, "true"}
	not _is_placeholder(coerce_to_string(object.get(container.value, "Privileged", "")))
}

_is_not_root(name, container) if {
	_is_known(name, container, "User")
	user := coerce_to_string(container.value.User)
	not _is_placeholder(user)
	not regex.match(`^(@ROOT@)?(:|$)`, user)
}

_does_not_declare_root(name, container) if {
	_is_known(name, container, "User")
	object.get(container.value, "User", null) in {null, ""}
}

_does_not_declare_root(name, container) if _is_not_root(name, container)

# --- the operating system ------------------------------------------------------------------------

_platform(scenario) := object.get(scenario.properties, "RuntimePlatform", null)

_system(scenario) := null if _platform(scenario) == null

_system(scenario) := object.get(_platform(scenario), "OperatingSystemFamily", null) if is_object(_platform(scenario))

_is_system_known(name, scenario) if {
	system := _system(scenario)
	not is_object(system)
	not is_array(system)
	not _is_marker(_platform(scenario))
	not _is_open(name, _path(["RuntimePlatform", "OperatingSystemFamily"]))
	not _is_open(name, `^Properties(\.Fn::If\.[12])*\.RuntimePlatform$`)
}

_is_marker(value) if {
	is_object(value)
	some key, _ in value
	startswith(key, "__")
}

_is_windows(name, scenario) if {
	_is_system_known(name, scenario)
	system := _text(_system(scenario))
	not _is_placeholder(system)
	regex.match(`@WINDOWS@`, system)
}

_is_not_windows(name, scenario) if {
	_is_system_known(name, scenario)
	system := _text(_system(scenario))
	not _is_placeholder(system)
	not regex.match(`@WINDOWS@`, system)
}

_is_not_windows(name, scenario) if {
	_is_system_known(name, scenario)
	_system(scenario) == null
}

_is_not_administrator(name, container) if {
	_is_known(name, container, "User")
	user := coerce_to_string(container.value.User)
	regex.match(`^[\w.+\\ '!^~-]*(\$|\w@[\w.-]+)?(:[\w.+\\ '!^~-]*(\$|\w@[\w.-]+)?)?$`, user)
	not _is_token(user)
	not regex.match(`^([\s\S]*\\)?(@ADMINISTRATOR@)?$`, user)
}

# --- the checks ----------------------------------------------------------------------------------

_finding(check, name, path, label) := make_diag_full(
	check.id,
	check.severity,
	name,
	path,
	concat("", [_prefix(label), check.title, " This is violated, or cannot be decided before deployment."]),
	check.fix,
	check.url,
)

_prefix("") := ""

_prefix(label) := concat("", ["container ", label, ": "]) if label != ""
"""

_OF_OPAQUE = """\
violation contains _finding(@FINDING@, name, "Properties", "") if {
	some name in resources_of_type(@TYPE@)
	_is_opaque(name)
}
"""

_OF_TASK_DEFINITIONS = """\
violation contains _finding(@FINDING@, name, @PATH@, "") if {
	some name in resources_of_type(@TYPE@)
	some scenario in _scenarios(name)
	not @PASSES@(name, scenario)
}
"""

_OF_CONTAINERS = """\
violation contains _finding(@FINDING@, name, @PATH@, label) if {
	some name in resources_of_type(@TYPE@)
	some scenario in _scenarios(name)
	some container in _containers(scenario)
	not @PASSES@(name, scenario, container)
	label := _label(container)
}
"""

# DEFAULT: where ECS leaves no choice, a violation is a warning.
_OF_NO_CHOICE = """\
violation contains _finding(@FINDING@, name, @PATH@, "") if {
	some name in resources_of_type(@TYPE@)
	some scenario in _scenarios(name)
	_has_no_choice(name, scenario)
	not _is_awsvpc(name, scenario)
}
"""


class _Rule(NamedTuple):
    """When a task definition, or a container, passes a check: if one of the bodies holds."""

    path: str
    passes: tuple[str, ...]
    of_containers: bool = False


_NETWORK_MODE = "Properties.NetworkMode"
_CONTAINERS = "Properties.ContainerDefinitions"
_NOT_HOST = "_is_not_host(name, scenario)"

_RULES: Mapping[str, _Rule] = {
    "awsvpc-network-mode": _Rule(_NETWORK_MODE, ("_is_awsvpc(name, scenario)",)),
    "host-mode-root-user": _Rule(
        _CONTAINERS,
        (_NOT_HOST, "_is_privileged(name, container)", "_is_not_root(name, container)"),
        of_containers=True,
    ),
    "host-mode-privileged": _Rule(
        _CONTAINERS,
        (_NOT_HOST, "_is_not_privileged(name, container)\n\t_does_not_declare_root(name, container)"),
        of_containers=True,
    ),
    "no-host-network-mode": _Rule(_NETWORK_MODE, (_NOT_HOST,)),
    "no-privileged-containers": _Rule(_CONTAINERS, ("_is_not_privileged(name, container)",), of_containers=True),
    "non-root-user": _Rule(
        _CONTAINERS,
        ("_is_container(container)\n\t_is_windows(name, scenario)", "_is_not_root(name, container)"),
        of_containers=True,
    ),
    "non-admin-windows-user": _Rule(
        _CONTAINERS,
        ("_is_container(container)\n\t_is_not_windows(name, scenario)", "_is_not_administrator(name, container)"),
        of_containers=True,
    ),
}


def cdk_rego(policy: Policy) -> str:
    """Return the checks that a policy enforces as Rego rules, each with the id of its check.

    What is set to warn is a warning, and what is set to audit is only information. A comment lists the parts of the
    policy that the rules do not have.

    Raises:
        PolicyError: if a custom check is denied, which only Python can make; or if nothing is enforced.
    """
    custom = [check.id for check in policy.checks if policy.enforcement_of(check.id) is Enforcement.DENY]
    if custom:
        raise PolicyError(
            f"the policy denies custom checks, which only Python can make: {', '.join(custom)}. Generate the rules"
            " from a policy without them (policy.without_custom_checks())"
        )
    checks = [check for check in policy.enforced_checks if check.id in _RULES]
    if not checks:
        raise PolicyError("this policy enforces nothing, so there is nothing to generate")
    library = _LIBRARY.replace("@ROOT@", ROOT).replace("@WINDOWS@", WINDOWS).replace("@ADMINISTRATOR@", ADMINISTRATOR)
    rules = [rule for check in checks for rule in _rules_of(check, policy)]
    return "\n".join(["\n".join(header(policy, left_out(policy))), library.lstrip("\n"), *rules])


def left_out(policy: Policy) -> Iterator[str]:
    """Yield, as sentences, the parts of a policy that the rules do not have."""
    for check in policy.enforced_checks:
        if check.is_made_by_ecs:
            yield f"{check.id}: ECS itself refuses what it denies, when the stack is deployed."
    if policy.unresolved is not Enforcement.DENY:
        yield f"unresolved is set to {policy.unresolved.value}: the rules deny what is known only at deployment."
    if policy.exemptions:
        of = Counter(exemption.check for exemption in policy.exemptions)
        counts = ", ".join(f"{check} ({count})" for check, count in sorted(of.items()))
        yield f"Exemptions: acknowledge findings in the app instead, with Validations.of(scope).acknowledge. {counts}."


def _rules_of(check: Check, policy: Policy) -> Iterator[str]:
    rule = _RULES[check.id]
    enforcement = policy.enforcement_of(check.id)
    is_lenient = check.id == "awsvpc-network-mode" and policy.profile.warns_where_nothing_can_be_fixed
    passes = f"_passes_{check.id.replace('-', '_')}"
    parameters = "name, scenario, container" if rule.of_containers else "name, scenario"
    yield f"# {check.title}"
    for body in (*rule.passes, *(["_has_no_choice(name, scenario)"] if is_lenient else [])):
        yield f"{passes}({parameters}) if {{\n\t{body}\n}}\n"
    texts = [(_OF_OPAQUE, enforcement), (_OF_CONTAINERS if rule.of_containers else _OF_TASK_DEFINITIONS, enforcement)]
    if is_lenient:
        texts.append((_OF_NO_CHOICE, enforcement.at_most(Enforcement.WARN)))
    for type_ in check.types:
        for text, enforced in texts:
            yield (
                text.replace("@FINDING@", json.dumps(_finding(check, enforced)))
                .replace("@TYPE@", json.dumps(type_))
                .replace("@PATH@", json.dumps(rule.path))
                .replace("@PASSES@", passes)
            )


def _finding(check: Check, enforcement: Enforcement) -> dict[str, str]:
    """Return the fields of the findings of a check."""
    what, to = check.setting or ("", "")
    return {
        "id": check.id,
        "severity": _SEVERITIES[enforcement],
        "title": check.title,
        "fix": f"{what}: {to}".replace("`", ""),
        "url": check.controls[0].url,
    }

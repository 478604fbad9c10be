#!/usr/bin/env bash
# Installs the wheel of dist/ into empty environments, without and with each extra, and runs the command there.
# `make try-install PYTHON=/path/to/python3.13`; needs a package index.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
wheel=$(realpath dist/*.whl)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 'Resources: {Task: {Type: AWS::ECS::TaskDefinition, Properties: {NetworkMode: host}}}' >"$work/denied.yaml"
echo 'resource "aws_ecs_task_definition" "task" { network_mode = "host" }' >"$work/denied.tf"

# expect CODE COMMAND...: the command ends with this exit code
expect() {
  local expected=$1 code=0
  shift
  "$@" >"$work/out" 2>&1 || code=$?
  [ "$code" -eq "$expected" ] || { cat "$work/out"; echo "exit code $code, not $expected: $*" >&2; exit 1; }
}

for extra in '' cdk account terraform; do
  environment="$work/env-$extra"
  "${PYTHON:-python3}" -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel${extra:+[$extra]}"
  expect 0 "$environment/bin/ecs-guard" --version
  expect 1 "$environment/bin/ecs-guard" check --no-config "$work/denied.yaml"
  case $extra in
    '') # what needs an extra names it
      expect 2 "$environment/bin/ecs-guard" check --no-config "$work/denied.tf"
      grep --quiet --fixed-strings '[terraform]' "$work/out"
      expect 2 "$environment/bin/ecs-guard" audit
      grep --quiet --fixed-strings '[account]' "$work/out" ;;
    cdk) expect 0 "$environment/bin/python" -c 'from ecs_guard_aspects import EcsGuard; EcsGuard()' ;;
    account) expect 0 "$environment/bin/ecs-guard" audit --help ;;
    terraform) expect 1 "$environment/bin/ecs-guard" check --no-config "$work/denied.tf" ;;
  esac
  echo "$("$environment/bin/python" --version), ${extra:-without an extra}: $("$environment/bin/ecs-guard" --version)"
done

#!/usr/bin/env bash
# The demo: app.py at the gate, in three steps. `make demo` sets up and runs it; the cloud assembly is in cdk.out.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The CDK's own validation of templates takes five seconds of each synth. The gate does not depend on it.
export CDK_VALIDATION=false

failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs a command and shows it, its output with short paths, and its exit code. A code that is not expected fails the demo.
step() {
  local expected=$1 code=0
  shift
  echo "\$ $*"
  "$@" 2>&1 | sed -u "s|$PWD/||g" | tee "$log" || code=$?
  echo "Exit code $code, $expected expected."
  [ "$code" -eq "$expected" ] || failed=1
}

echo 'The demo sets CDK_VALIDATION=false: that switches off the validation that the CDK brings, to save time, not the gate.'
echo
echo 'Step 1 of 3: the CDK synthesizes app.py as it is. Expect a denial: two task definitions do not use awsvpc,'
echo 'and a container runs as root on the network of its host.'
echo
step 1 cdk synth --quiet
grep -q 'awsvpc-network-mode' "$log" && grep -q 'host-mode-root-user' "$log" || {
  echo 'The output above does not name the findings.'
  failed=1
}

echo
echo 'Step 2 of 3: ecs-guard checks the templates that step 1 wrote to cdk.out, without the CDK, as a pipeline does.'
echo 'Expect the same findings, with the lines of Python that made the task definitions.'
echo
step 1 ecs-guard check cdk.out

echo
echo 'Step 3 of 3: the CDK synthesizes app.py with the fix. Expect success: the fix sets awsvpc and a user, and lists'
echo 'each change.'
echo
step 0 cdk synth --quiet -c ecs-guard:fix=true

echo
if [ "$failed" -ne 0 ]; then
  echo 'demo failed: a step above did not do what was expected'
  exit 1
fi
echo 'The demo worked: denied, denied, admitted. The fixed templates are in cdk.out.'

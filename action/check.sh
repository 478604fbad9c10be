#!/usr/bin/env bash
# Runs `ecs-guard check`. Inputs come by the environment and become words of the command, whatever is in them.
set -uo pipefail

words=("--format=$INPUT_FORMAT")

# Adds an option that was given.
add() {
  if [ -n "$2" ]; then words+=("$1=$2"); fi
}

# Adds every line that is not empty, after $1.
add_lines() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    if [ -n "$line" ]; then words+=("$1$line"); fi
  done <<<"$2"
}

add --policy "$INPUT_POLICY"
add --profile "$INPUT_PROFILE"
add --baseline "$INPUT_BASELINE"
case $INPUT_ALLOW_CHECKS in
  true) words+=(--allow-checks) ;;
  false) ;;
  *)
    echo '::error title=ecs-guard::The input allow-checks must be true or false.'
    exit 2
    ;;
esac
add --require "$INPUT_REQUIRE"
add_lines --exclude= "$INPUT_EXCLUDE"
add --output "${GITHUB_STEP_SUMMARY:+markdown=$GITHUB_STEP_SUMMARY}"

report=$RUNNER_TEMP/ecs-guard.json
rm -f "$report"
add --output "json=$report"

sarif=''
case $INPUT_ADVANCED_SECURITY in
  true)
    sarif=$RUNNER_TEMP/ecs-guard.sarif
    rm -f "$sarif"
    add --output "sarif=$sarif"
    ;;
  false) ;;
  *)
    echo '::error title=ecs-guard::The input advanced-security must be true or false.'
    exit 2
    ;;
esac

words+=(--)
add_lines '' "$INPUT_PATHS"

code=0
"$ECS_GUARD_PYTHON" -I "$GITHUB_ACTION_PATH/action/ecs_guard.py" check "${words[@]}" || code=$?

admitted=false
if [ "$code" -eq 0 ]; then admitted=true; fi
# Of a report only this line looks so: in texts of JSON quotes are escaped. Nothing judged is neither admitted nor denied.
if [ "$code" -eq 0 ] && grep -qs '^    "task_definitions": 0$' "$report"; then admitted=''; fi
if [ ! -f "$sarif" ]; then sarif=''; fi
{
  echo "exit-code=$code"
  echo "admitted=$admitted"
  echo "sarif-file=$sarif"
} >>"$GITHUB_OUTPUT"
exit "$code"

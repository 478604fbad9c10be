"""cfn-guard: the binary that a Python package carries, and rules for templates like the two default checks."""

from __future__ import annotations

import platform
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

RULES = """
let tasks = Resources.*[ Type == 'AWS::ECS::TaskDefinition' ]

rule awsvpc_network_mode when %tasks !empty {
  %tasks.Properties.NetworkMode == 'awsvpc'
}

let in_host_mode = Resources.*[ Type == 'AWS::ECS::TaskDefinition' Properties.NetworkMode == 'host' ]

rule host_mode_root_user when %in_host_mode !empty {
  %in_host_mode.Properties.ContainerDefinitions[ Privileged not exists or Privileged != true ] {
    User exists
    User not in ['root', '0', '']
  }
}
"""

_PLATFORMS = {"linux": "ubuntu", "darwin": "macos"}
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def command(folder: Path) -> tuple[str, ...] | None:
    """Write cfn-guard and the rules to a folder; return the command up to the templates, None without the package."""
    try:
        spec = find_spec("cdklabs.cdk_validator_cfnguard")
    except ModuleNotFoundError:
        return None
    archive = next(Path(str(spec.origin)).parent.glob("_jsii/*.tgz"), None) if spec else None
    if archive is None:
        return None
    wanted = f"package/bin/{_PLATFORMS.get(sys.platform)}/{_MACHINES.get(platform.machine().lower())}/cfn-guard"
    with tarfile.open(archive) as members:
        if wanted not in members.getnames():
            return None
        content = members.extractfile(wanted)
        (folder / "cfn-guard").write_bytes(content.read() if content else b"")
    (folder / "cfn-guard").chmod(0o755)
    (folder / "rules.guard").write_text(RULES)
    return (str(folder / "cfn-guard"), "validate", "-r", str(folder / "rules.guard"), "-d")

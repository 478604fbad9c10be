"""A host-mode root container inside a Stage, in front of the peer that ``-c peer=NAME`` names (see compare.py).

cdk synth --quiet --app "python -m examples.peers.stage" -c peer=ecs-guard
"""

import aws_cdk as cdk

from .compare import PEERS, host_and_root_in_a_stage

app = cdk.App()
PEERS[app.node.get_context("peer")](app)
host_and_root_in_a_stage(app)
app.synth()

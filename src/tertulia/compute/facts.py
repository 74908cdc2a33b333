"""What is known of a machine, for a plan: each number with its basis, or no number at all."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tertulia.compute.claim import Claim
from tertulia.recipe.section import Section


class Facts(Section):
    """Facts of a machine profile. A device is one GPU; where there is none, one processor core."""

    cores: Claim | None = None
    """Processor cores of a node."""
    devices: Claim | None = None
    """GPUs of a node."""
    available_nodes: Claim | None = None
    """Nodes of this kind that the whole machine has."""
    memory_gb: Claim | None = None
    """Main memory of a node, in 10^9 bytes."""
    device_memory_gb: Claim | None = None
    """Memory of one GPU, in 10^9 bytes."""
    peak_tflops: dict[Literal["float32", "bfloat16"], Claim] = Field(default_factory=dict)
    """Dense matrix products of one device in 10^12 operations a second, by precision."""
    utilisation: Claim | None = None
    """Share of that peak which training reaches, from 0 to 1."""
    network_gbps: Claim | None = None
    """Bandwidth of one node to the others, in 10^9 bits a second."""
    watts_per_core: Claim | None = None
    """What a busy core draws: also the estimate of energy where none can be measured."""
    watts_per_device: Claim | None = None
    """What a busy GPU draws."""
    watts_per_node: Claim | None = None
    """What a busy node draws, everything in it; it goes before the two above."""
    pue: Claim | None = None
    """Energy of the whole site over that of its machines."""
    carbon_g_per_kwh: Claim | None = None
    """Grams of CO2 equivalent for a kilowatt-hour of the electricity used."""
    euros_per_node_hour: Claim | None = None
    """What an hour of a node is charged; it goes before the price of energy."""
    euros_per_kwh: Claim | None = None
    """What a kilowatt-hour costs where one's own machine runs."""

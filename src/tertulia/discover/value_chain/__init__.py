"""Screens of the value chain on real tables: process gases, raw materials, solvents."""

from __future__ import annotations

from tertulia.discover.value_chain.gas_screen import GasScreen, screen_gases
from tertulia.discover.value_chain.gas_spec import GasSpec
from tertulia.discover.value_chain.material_screen import MaterialScreen, screen_materials
from tertulia.discover.value_chain.material_spec import MaterialSpec
from tertulia.discover.value_chain.screen_page import ScreenSection, render_page
from tertulia.discover.value_chain.solvent_screen import SolventScreen, screen_solvents
from tertulia.discover.value_chain.solvent_spec import SolventSpec

__all__ = [
    "GasScreen",
    "GasSpec",
    "MaterialScreen",
    "MaterialSpec",
    "ScreenSection",
    "SolventScreen",
    "SolventSpec",
    "render_page",
    "screen_gases",
    "screen_materials",
    "screen_solvents",
]

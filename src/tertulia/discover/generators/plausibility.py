"""What a random change makes and no chemist would: turned away where it arises, with a reason.

This is no judgement of safety or of law, which the constraints give; it keeps the genetic search
among molecules that can exist in a bottle.
"""

from __future__ import annotations

from typing import Any

from tertulia.discover.molecules.families import pattern

_IMPLAUSIBLE = (
    ("charge", "[!+0;!$([N+](=O)[O-]);!$([O-][N+]=O)]"),
    ("radical", "[#6;v0,v1,v2,v3;+0]"),
    ("ring-size", "[r7,r8,r9,r10,r11,r12,r13,r14,r15,r16]"),
    ("strained-ring", "[r3]=[*]"),
    ("strained-ring", "*#;@*"),
    ("strained-ring", "*1=**=*1"),
    ("strained-ring", "[r4;!$(*-[#6]=O)]=;@[r4]"),
    ("cumulene", "*=[#6,#7]=*"),
    ("chain-of-heteroatoms", "[OX2,SX2]-[OX2,SX2]"),
    ("chain-of-heteroatoms", "[OX2]-[#7X3;!$([#7]-C=O)]"),
    ("chain-of-heteroatoms", "[NX3,NX2;!a;!$(N=C)]-[NX3;!a]"),
    ("chain-of-heteroatoms", "[#7;!a]~[#7;!a]~[#7;!a]"),
    ("chain-of-heteroatoms", "[#7;!a]=[#7;!a]"),
    ("chain-of-heteroatoms", "[OX1]=[#7;+0]"),
    ("chain-of-heteroatoms", "[SX2]-[#7;!a]"),
    ("chain-of-heteroatoms", "[SX2]-[#16,#15]"),
    ("chain-of-heteroatoms", "[o,s]1nnnc1"),
    ("chain-of-heteroatoms", "nnnnn"),
    ("halogen-on-heteroatom", "F-[!#6;!$(S(=O)(=O)N)]"),
    ("halogen-on-heteroatom", "Cl-[!#6]"),
    ("acyl-halide", "[F,Cl]-C(=[O,N,S])"),
    ("acyl-sulfonyl", "[$(C=O),$(C#N)]-S(=O)=O"),
    ("acyl-cyanide", "[$(C=O),$(P=O)]-C#N"),
    ("anhydride", "O=[#6,#15,#16]-[OX2]-[#6,#15,#16]=O"),
    ("carbonic-acid", "[OX2H]-C(=O)-[OX2,NX3]"),
    ("cyanate", "[OX2,SX2]-C#N"),
    ("geminal-heteroatoms", "[OX2H,NX3H1,NX3H2,SX2H]-[CX4]-[OX2,NX3,SX2,SX4,F,Cl,$(C#N)]"),
    ("geminal-heteroatoms", "[F,Cl]-[CX4]-[OX2,NX3,SX2]"),
    ("perfluorinated", "[#6;H0](F)F"),
    ("trivalent-phosphorus", "[#15;v3]"),
    ("low-valent-sulfur", "[SX3;!$(S(=O)([#6])[#6]);!$(S(=O)O)]"),
    ("low-valent-sulfur", "[#16]=[#6,#7,#16]"),
    ("hydride", "[#15,#16X3,#16X4;!H0]"),
    ("unstable-enol", "[OX2H]-[CX3;!$(C=O);!R]=[CX3;!R]"),
    ("unstable-imine", "[NX2H]=[#6]"),
    ("unstable-imine", "[CX3H2]=[#7]"),
    ("nitro-off-ring", "[N+](=O)([O-])[!c;!r5]"),
    # It would take the proton that the acid is to give.
    ("basic-amine", "[NX3;+0;!$(N-[#6]=,:*);!$(N-C#N);!$(N-[#15,#16])]"),
)


def implausible(molecule: Any) -> str | None:
    """Why a sanitised molecule is left out, None where nothing speaks against it."""
    for reason, smarts in _IMPLAUSIBLE:
        if molecule.HasSubstructMatch(pattern(smarts)):
            return reason
    return "bent-bridge" if _has_bent_bridge(molecule) else None


def _has_bent_bridge(molecule: Any) -> bool:
    """Whether two rings share three atoms or more of which one is flat (Bredt's rule)."""
    from rdkit import Chem

    rings = [set(ring) for ring in molecule.GetRingInfo().AtomRings()]
    return any(
        molecule.GetAtomWithIdx(at).GetHybridization() == Chem.HybridizationType.SP2
        and molecule.GetAtomWithIdx(at).GetSymbol() in {"C", "N"}
        for place, one in enumerate(rings)
        for other in rings[place + 1 :]
        if len(one & other) > 2
        for at in one & other
    )

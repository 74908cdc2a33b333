"""How a closed shell's density answers to an excitation, to first order: A·X for singlets.

Both operators take vectors (k, occupied, empty) of amplitudes and give as many; all integrals are
fitted, and the exact one never forms a product of four orbitals. Energies in hartree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tertulia.discover.physics.geometry import FloatArray
from tertulia.discover.physics.slater_radii import slater_radius

Operator = Callable[[FloatArray], FloatArray]

_THETA = 0.2
"""Exponent of a fitting Gaussian times the square of its atom's radius."""
_NUMBERS_AT_ONCE = 2**24
"""Of the integrals that are worked on together: 128 MiB, and twice that while they are turned."""
_POINTS_AT_ONCE = 56 * 20


class Orbitals:
    """Occupied (n, o) and empty (n, v) orbitals of a solved field, and their `gaps` (o, v)."""

    def __init__(self, field: Any) -> None:
        """`field` is PySCF's object with its orbitals."""
        count = int(np.count_nonzero(field.mo_occ))
        self.occupied: FloatArray = np.ascontiguousarray(field.mo_coeff[:, :count])
        self.empty: FloatArray = np.ascontiguousarray(field.mo_coeff[:, count:])
        energies = np.asarray(field.mo_energy)
        self.gaps: FloatArray = energies[None, count:] - energies[:count, None]


def minimal_response(field: Any, orbitals: Orbitals) -> Operator:
    """TDA-ris: Coulomb and exchange integrals fitted with one s Gaussian on each atom.

    Of the Coulomb part heavy atoms have a p shell too; the kernel of exchange and correlation is
    left out. Sources: Zhou, Della Sala and Parker, J. Phys. Chem. Lett. 2023, 14, 1968 (θ = 0.2);
    Giannone and Della Sala, J. Chem. Phys. 2020, 153, 084110.
    """
    share = _exact_exchange(field)
    three = _fitted(field.mol, shells=(0, 1))
    mixed = _between(three, orbitals.occupied, orbitals.empty)
    three = _fitted(field.mol, shells=(0,))
    inner = _between(three, orbitals.occupied, orbitals.occupied)
    outer = _between(three, orbitals.empty, orbitals.empty)

    def applied(vectors: FloatArray) -> FloatArray:
        weights = np.tensordot(vectors, mixed, axes=([1, 2], [1, 2]))
        found = orbitals.gaps * vectors + 2.0 * np.tensordot(weights, mixed, axes=1)
        for left, right in zip(inner, outer, strict=True):
            found -= share * (left @ vectors @ right)
        return np.asarray(found)

    return applied


def exact_response(field: Any, orbitals: Orbitals, *, grid: int) -> Operator:
    """TDA with every term, the kernel of exchange and correlation on PySCF's grid level `grid`."""
    from pyscf import dft

    points = dft.gen_grid.Grids(field.mol)
    points.level = grid
    points.build()
    kernel = _kernel(field, orbitals, points)
    share = _exact_exchange(field)

    def applied(vectors: FloatArray) -> FloatArray:
        found = orbitals.gaps * vectors
        found += _interactions(field, orbitals, vectors, share)
        found += _exchange_correlation(field, orbitals, vectors, points, kernel)
        return np.asarray(found)

    return applied


def _exact_exchange(field: Any) -> float:
    range_separation, _, share = field._numint.rsh_and_hybrid_coeff(field.xc)
    assert range_separation == 0, "the level allows global hybrids alone"
    return float(share)


def _fitted(molecule: Any, *, shells: tuple[int, ...]) -> FloatArray:
    """Fitted integrals (P, n(n+1)/2) over minimal Gaussians, hydrogen with an s alone."""
    from pyscf import df

    basis = {}
    for symbol in sorted({molecule.atom_pure_symbol(atom) for atom in range(molecule.natm)}):
        exponent = _THETA / slater_radius(symbol) ** 2
        basis[symbol] = [
            [shell, [exponent, 1.0]] for shell in shells if not (shell and symbol == "H")
        ]
    auxiliary = df.addons.make_auxmol(molecule, basis)
    return np.asarray(df.incore.cholesky_eri(molecule, auxmol=auxiliary))


def _between(three: FloatArray, left: FloatArray, right: FloatArray) -> FloatArray:
    """Fitted integrals (P, l, r) between two sets of orbitals."""
    from pyscf import lib

    return np.stack([left.T @ lib.unpack_tril(row) @ right for row in three])


def _interactions(field: Any, orbitals: Orbitals, vectors: FloatArray, share: float) -> FloatArray:
    """Coulomb and exact exchange, by half-transformed integrals: o is far less than n."""
    from pyscf import lib

    occupied, empty = orbitals.occupied, orbitals.empty
    (size, count), total = occupied.shape, len(vectors)
    halves = np.einsum("na,kia->kin", empty, vectors, optimize=True)
    densities = np.einsum("mi,kin->kmn", occupied, halves, optimize=True)
    packed = lib.pack_tril(densities + densities.transpose(0, 2, 1))
    diagonal = np.arange(size)
    packed[:, diagonal * (diagonal + 1) // 2 + diagonal] *= 0.5
    coulomb = np.zeros_like(packed)
    exchange = np.zeros((total, count, size))
    flat = np.ascontiguousarray(halves.reshape(total * count, size).T)
    rows = max(8, _NUMBERS_AT_ONCE // (size * (size + total * count)))
    for block in field.with_df.loop(rows):
        coulomb += (packed @ block.T) @ block
        if share:
            full = lib.unpack_tril(block)
            inner = np.einsum("mi,Pmn,nj->Pij", occupied, full, occupied, optimize=True)
            turned = (full.reshape(-1, size) @ flat).reshape(len(block), size, total, count)
            left = inner.transpose(1, 0, 2).reshape(count, -1)
            for one in range(total):
                right = turned[:, :, one].transpose(0, 2, 1).reshape(-1, size)
                exchange[one] += left @ right
    found = 2.0 * np.einsum("mi,kmn->kin", occupied, lib.unpack_tril(coulomb), optimize=True)
    return np.asarray((found - share * exchange) @ empty)


def _kernel(field: Any, orbitals: Orbitals, points: Any) -> FloatArray:
    """Second derivatives (4, 4, points) of the functional in density and gradient, weighted."""
    parts = []
    for _, weights, values in _blocks(field, points):
        inner = values @ orbitals.occupied
        density = 2.0 * np.einsum("ri,cri->cr", inner[0], inner)
        density[1:] *= 2.0
        second = field._numint.eval_xc_eff(field.xc, density, deriv=2, xctype="GGA")[2]
        parts.append(second * weights)
    return np.concatenate(parts, axis=2)


def _exchange_correlation(
    field: Any, orbitals: Orbitals, vectors: FloatArray, points: Any, kernel: FloatArray
) -> FloatArray:
    occupied, empty = orbitals.occupied, orbitals.empty
    (size, count), total = occupied.shape, len(vectors)
    halves = np.einsum("na,kia->nki", empty, vectors, optimize=True).reshape(size, -1)
    found = np.zeros((total * count, size))
    for begin, weights, values in _blocks(field, points):
        rows = len(weights)
        inner = values @ occupied
        outer = (values @ halves).reshape(4, rows, total, count)
        density = 2.0 * np.einsum("ri,crki->ckr", inner[0], outer, optimize=True)
        density[1:] += 2.0 * np.einsum("cri,rki->ckr", inner[1:], outer[0], optimize=True)
        force = np.einsum("cdr,dkr->ckr", kernel[:, :, begin : begin + rows], density)
        turned = np.einsum("ckr,cri->rki", force, inner, optimize=True)
        found += turned.reshape(rows, -1).T @ values[0]
        for axis in (1, 2, 3):
            along = np.einsum("kr,ri->rki", force[axis], inner[0], optimize=True)
            found += along.reshape(rows, -1).T @ values[axis]
    return np.asarray(found.reshape(total, count, size) @ empty)


def _blocks(field: Any, points: Any) -> Iterator[tuple[int, FloatArray, FloatArray]]:
    """Where a block of points begins, its weights, and basis functions with gradients there."""
    begin = 0
    for values, _, weights, _ in field._numint.block_loop(
        field.mol, points, deriv=1, blksize=_POINTS_AT_ONCE
    ):
        yield begin, weights, np.asarray(values)
        begin += len(weights)

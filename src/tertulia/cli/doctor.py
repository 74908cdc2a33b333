"""`tertulia doctor`: what this machine offers, what is missing and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.cli.options import RUNS, JsonOption, MachineOption, RunsOption
from tertulia.messages import tr

if TYPE_CHECKING:
    from tertulia.cli.examination import Examination


def doctor(on: MachineOption = None, runs: RunsOption = RUNS, json: JsonOption = False) -> None:
    from dataclasses import asdict

    from tertulia.cli.examination import examine
    from tertulia.cli.json_output import print_json
    from tertulia.compute.profiles import resolve_machine

    result = examine(resolve_machine(on), runs)
    if json:
        print_json(_without_translations(asdict(result)))
        return
    _show(result)


def _show(result: Examination) -> None:
    from tertulia.cli.table import print_pairs
    from tertulia.messages.quantities import bytes_text

    memory = result.memory_bytes
    print_pairs(
        {
            "tertulia": result.tertulia,
            "Python": f"{result.python}, {result.system}",
            "torch": result.torch,
            tr("processor"): tr(
                "{cores} cores, {capability}",
                cores=result.cores,
                capability=result.cpu_capability,
            ),
            tr("memory"): bytes_text(memory) if memory else tr("unknown"),
            tr("free disk"): bytes_text(result.free_disk_bytes),
            tr("C++ compiler"): result.compiler or tr("none"),
            "GPU": result.gpu or tr("none"),
            tr("machine profile"): result.machine,
            tr("training runs on"): tr(
                "{device}, {precision}, {threads} threads",
                device=result.device,
                precision=result.precision,
                threads=result.threads,
            ),
            tr("compiled training"): tr("yes") if result.compile else tr("no"),
        }
    )
    for finding in result.findings:
        print(f"! {finding.what} {finding.remedy}")
    if not result.findings:
        print(tr("Nothing is missing."))


def _without_translations(fields: dict[str, object]) -> dict[str, object]:
    """Programs get the codes of findings: their words change with the reader's language."""
    findings = fields["findings"]
    assert isinstance(findings, tuple)
    return {**fields, "findings": [finding["code"] for finding in findings]}

"""`keras-workbench doctor`: what is installed, what works here, and remedies for the rest."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

NAME = "doctor"
HELP = "Check this machine: versions, backends, devices, Qt; each problem with its remedy."

_SIGNS = {"ok": "  ok     ", "note": "  note   ", "problem": "  PROBLEM"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this verb."""
    parser.add_argument(
        "--quick", action="store_true", help="do not start the backends, which takes a while"
    )
    parser.add_argument("--json", action="store_true", help="one finding per line, as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings as they come; 1 when one of them is a problem."""
    from workbench.cli.diagnosis import examine
    from workbench.cli.output import OK, PROBLEM

    topic, problems = "", 0
    for finding in examine(quick=arguments.quick):
        problems += finding.level == "problem"
        if arguments.json:
            print(json.dumps(asdict(finding), ensure_ascii=False), flush=True)
            continue
        if finding.topic != topic:
            topic = finding.topic
            print(f"\n{topic}")
        print(f"{_SIGNS[finding.level]}  {finding.text}", flush=True)
        if finding.remedy:
            print(f"             → {finding.remedy}", flush=True)
    if not arguments.json:
        words = {0: "No problem found.", 1: "One problem found."}
        print(f"\n{words.get(problems, f'{problems} problems found.')}")
    return PROBLEM if problems else OK

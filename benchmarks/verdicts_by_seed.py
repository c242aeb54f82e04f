"""Judge one study under several seeds and write ``benchmarks/verdicts_by_seed.csv``: what a seed alone moves.

A seed decides which accounts trees and resamples draw, how folds are dealt, how columns are shuffled for the floor and
which signs the joint tests try. Data, cohort and the time-varying Cox fit are the same under every seed. The file holds
a line a seed, and of each family its joint p value, what knowing it is worth, and whether it is called a driver.
"""

import argparse
import dataclasses
from pathlib import Path

import pandas as pd

from analysis.contest.ranking import Worth
from analysis.inference.joint_tests import family_tests
from analysis.progress import quiet
from analysis.workbench import Workbench, open_study

HERE = Path(__file__).parent


def verdicts_under(seed: int, tenure: Workbench) -> dict[str, object]:
    """Return every verdict of the contest and of the models beside their twins, and the numbers behind each."""
    names = [family.name for family, is_measured in tenure.families() if is_measured]
    tests = family_tests(tenure.inference.fit, tenure.inference.columns, names, seed=seed).set_index("family")
    study = dataclasses.replace(tenure.study, seed=seed)
    seeded = Workbench(study, tenure.cohort_file, tenure.hashes, quiet, tenure.threads)
    ranking = seeded.contest.brief.ranking
    line: dict[str, object] = {"seed": seed, "quoted": seeded.forecast.headline, "rank": ranking.rank.value}
    for one in sorted(ranking.families, key=lambda one: names.index(one.family)):
        line |= {f"{one.family}_p": tests.loc[one.family, "p_value"], f"{one.family}_drives": one.worth is Worth.DRIVER}
        line |= {f"{one.family}_{name}": getattr(one, name) for name in ("estimate", "conf_low", "conf_high")}
    line |= {"total": ranking.total, "total_low": ranking.total_low, "total_high": ranking.total_high}
    gain = seeded.gain
    line |= {"gain": gain.lead.value if gain.lead else "", "gain_estimate": gain.estimate, "gain_low": gain.conf_low}
    for twin in seeded.skill.twins:
        line |= {f"{twin.model}_behind": twin.falls_behind, f"{twin.model}_by": twin.twin_auc - twin.auc}
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", type=Path, default=Path("study.toml"))
    parser.add_argument("--source", type=Path, help="read the raw data from here instead of where the study says")
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--seeds", type=int, default=10, help="from 1 on")
    options = parser.parse_args()
    tenure = open_study(options.study, source=options.source, out=options.out)
    lines = []
    for seed in range(1, options.seeds + 1):
        lines.append(verdicts_under(seed, tenure))
        print(*(f"{name} {value}" for name, value in lines[-1].items()), sep="  ", flush=True)
        pd.DataFrame(lines).to_csv(HERE / "verdicts_by_seed.csv", index=False, float_format="%.4g", lineterminator="\n")


if __name__ == "__main__":
    main()

"""Judge one study under several seeds and write ``benchmarks/verdicts_by_seed.csv``: what a seed alone moves.

A seed decides which accounts trees and resamples draw, how folds are dealt, in which order families are shuffled and
which signs the joint tests try. Data, cohort and the time-varying Cox fit are the same under every seed. The file holds
a line a seed, and of the quoted model what its forecasts lose without each family.
"""

import argparse
import dataclasses
from pathlib import Path

import pandas as pd
from analysis.contest.reliance import permutation_losses_of

from analysis.contest.verdicts import judge
from analysis.evaluation.readings import quoted_model
from analysis.evaluation.rolling_origin import rolling_origin_of
from analysis.evaluation.skill import skill_of
from analysis.inference.joint_tests import family_tests
from analysis.models.registry import QUOTABLE
from analysis.progress import quiet
from analysis.workbench import Workbench, open_study

HERE = Path(__file__).parent
METRIC = "ipa"


def verdicts_under(seed: int, tenure: Workbench) -> dict[str, object]:
    """Return every verdict of the contest and of the models beside their twins, and the numbers behind each."""
    names = [family.name for family, is_measured in tenure.families() if is_measured]
    tests = family_tests(tenure.inference.fit, tenure.inference.columns, names, seed=seed)
    study = dataclasses.replace(tenure.study, seed=seed)
    seeded = Workbench(study, tenure.cohort_file, tenure.hashes, quiet, tenure.threads)
    rolling = rolling_origin_of(seeded)
    reliance = permutation_losses_of(seeded, rolling)
    losses, contrasts = (one[one["metric"] == METRIC] for one in (reliance.losses, reliance.contrasts))
    quoted = quoted_model(rolling.pooled, QUOTABLE)
    skill = skill_of(rolling, quoted, QUOTABLE)
    found = judge(tests, losses, contrasts, skill.pairs, quoted)
    line: dict[str, object] = {"seed": seed, "quoted": quoted}
    own = losses[losses["model"] == quoted].set_index("family")
    for verdict in found.families:
        family = verdict.family
        line |= {f"{family}": verdict.standing.value, f"{family}_p": verdict.p_value}
        line |= {f"{family}_{name}": own.loc[family, name] for name in ("estimate", "conf_low", "conf_high")}
    leader, gain = found.leader, found.gain
    line |= {"leads": leader.family, "leadership": leader.leadership.value, "lead_p": leader.p_value}
    line |= {"gain": gain.lead.value if gain.lead else "", "gain_estimate": gain.estimate, "gain_low": gain.conf_low}
    for twin in skill.twins:
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

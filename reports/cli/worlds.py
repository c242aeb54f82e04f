"""The commands on simulated companies: one writes them, the other asks whether their truth is found."""

import argparse

from analysis.errors import StudyError
from analysis.wording.columns import in_columns
from reports.cli.timed import Timed


def simulate(options: argparse.Namespace) -> None:
    """Write the tables of a simulated company, and the truth behind them."""
    from analysis.worlds.company.world import make_world  # its imports take a second

    written = make_world(options.accounts, options.seed, options.scenario, options.out, Timed(), n_paths=options.paths)
    print(f"\n{len(written)} tables are in {options.out}, the truth behind them in {options.out / 'truth'}.")
    print("Next: name the folder as source.path of a study of kind 'contract', as study.toml does.")


def study_worlds(options: argparse.Namespace) -> None:
    """Study simulated worlds, and write what came of it as the tables that are asked for."""
    from analysis.worlds.proofs.proofs import TABLES, Proofs  # as above

    unknown = sorted(set(options.only) - set(TABLES))
    if unknown:
        raise StudyError(f"--only names '{unknown[0]}', which is no table. Known: {', '.join(TABLES)}.")
    options.tables.mkdir(parents=True, exist_ok=True)  # before what takes hours
    proofs = Proofs(options.out, Timed(), options.share)
    for name in options.only:
        table = getattr(proofs, name)()
        table.to_csv(options.tables / f"{name}.csv", index=False, lineterminator="\n", float_format="%.4g")
        texts = table.map(lambda value: f"{value:g}" if isinstance(value, float) else str(value))
        print(f"\n{in_columns(list(texts.columns), texts.to_numpy().tolist())}\n")
        if name == "study_worlds":
            right = int((table["planted"] == table["points_to"]).sum())
            print(f"The analysis pointed to what was planted, or to none, in {right} of {len(table)} worlds.")
    print(f"The tables are in {options.tables}: {', '.join(f'{name}.csv' for name in options.only)}")

#!/usr/bin/env python3
"""Runs charter and the peers on one generated register: first the results are compared to the fen, then the times.

    benches/peers/run.py --bench FOLDER [--work FOLDER] [--households N] [--rounds R]

FOLDER of --bench (or CHARTER_BENCH) holds the generator and the peers: `rust` with the crate charter-bench, `py` with
scripts `bench_NAME.py`. Whatever is built or generated goes to --work (or CHARTER_BENCH_WORK), by default a folder of
the system's temporary files, never into the project. Exits with 1 where a result differs, with 2 where a program fails.

Times are medians over rounds; in a round all commands run one after the other, so that a slow minute of the machine
hits them alike. Compare ratios, and on a busy machine those of CPU seconds.
"""

import argparse
import collections
import csv
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
RULES = ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r12"]
# Households in a town of the generator.
TOWN = 14000
# Names in one list of the charter: the language takes chains of up to 200.
LIST = 150
# The single date of the reference is the last day of June 2009. The duties of a day are looked at two days later; of
# those that fell due by the day between, see policy.charter.
SINGLE, DUE_BY = "2009-06-30..2009-07-02", "2009-07-01"
MONTH, YEAR = "2009-06", "2008-07..2009-06"
MODES = {"e2e_csv": MONTH, "months": YEAR, "e2e_pq": MONTH}


class Failed(Exception):
    """A program that did not end well."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    env = os.environ.get
    parser.add_argument("--bench", type=Path, default=env("CHARTER_BENCH"), help="generator and peers")
    parser.add_argument("--work", type=Path, default=env("CHARTER_BENCH_WORK"), help="what is built and generated")
    parser.add_argument("--charter", type=Path, help="a program that is built already")
    parser.add_argument("--peer-binary", type=Path, help="charter-bench, where it is built already")
    parser.add_argument("--households", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=3, help="0 compares only")
    parser.add_argument("--modes", default="e2e_csv,months", help="of " + ", ".join(MODES))
    parser.add_argument("--peers", default="", help="scripts of py beside the Rust ones: polars,duckdb,…")
    parser.add_argument("--jobs", help="passed on to charter, where it takes threads")
    args = parser.parse_args()
    if args.bench is None:
        parser.error("--bench FOLDER or CHARTER_BENCH is needed")
    unknown = set(args.modes.split(",")) - set(MODES)
    if unknown:
        parser.error(f"no mode {', '.join(sorted(unknown))}")
    args.work = args.work or Path(tempfile.gettempdir()) / "charter-bench"
    if PROJECT in [args.work.resolve(), *args.work.resolve().parents]:
        parser.error("--work lies in the project")
    return args


def run(command, **options):
    """Runs a command; its output, and wall seconds, CPU seconds of all threads and peak MB of it."""
    begun = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if status:
        raise Failed(f"{' '.join(map(str, command))}: status {os.waitstatus_to_exitcode(status)}")
    return output, {"s": wall, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}


def peer_lines(output):
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


# ------------------------------------------------------------------ what is needed

def peer_binary(args):
    """The generator and reference, built from a copy so that nothing is written beside its source."""
    if args.peer_binary:
        return args.peer_binary
    binary = args.work / "target" / "release" / "charter-bench"
    if not binary.exists():
        source = args.work / "rust"
        shutil.copytree(args.bench / "rust", source, dirs_exist_ok=True, copy_function=shutil.copy)
        for path in [source, *source.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
        env = {**os.environ, "CARGO_TARGET_DIR": str(args.work / "target"), "RUSTFLAGS": "-C target-cpu=native"}
        # Parquet takes minutes to build.
        lean = [] if "e2e_pq" in args.modes else ["--no-default-features"]
        subprocess.run(["cargo", "build", "--release", *lean], cwd=source, env=env, check=True)
    return binary


def charter_binary(args):
    if args.charter:
        return args.charter.resolve()
    env = {**os.environ, "CARGO_TARGET_DIR": str(args.work / "charter")}
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=PROJECT, env=env, check=True)
    return args.work / "charter" / "release" / "charter"


def data_folder(args, peer):
    folder = args.work / f"data-{args.households}"
    if not (folder / "persons.csv").exists():
        run([peer, "gen", folder, args.households])
    return folder


def folder_of(args, data, format):
    """The files of a register in one format: a folder holds each record once."""
    folder = args.work / f"{data.name}-{format}"
    folder.mkdir(exist_ok=True)
    for name in [f"households.{format}", f"persons.{format}"]:
        if not (folder / name).exists():
            os.link(data / name, folder / name)
    return folder


def policy_folder(args):
    """The policy, its lists of villages those of as many towns as the generator makes."""
    folder = args.work / f"policy-{args.households}"
    shutil.copytree(HERE / "policy", folder, dirs_exist_ok=True)
    towns = max(1, -(-args.households // TOWN))
    path = folder / "villages.charter"

    def of_all_towns(found):
        villages = [int(text) % 100 for text in re.findall(r'"(\d+)"', found[0])]
        words = [f'"{town * 100 + village}"' for town in range(1, towns + 1) for village in villages]
        lists = [words[at:at + LIST] for at in range(0, len(words), LIST)]
        return " or ".join("village in {" + ", ".join(one) + "}" for one in lists)

    path.write_text(re.sub(r"village in \{[^}]*\}", of_all_towns, path.read_text("utf-8")), "utf-8")
    return folder


# ------------------------------------------------------------------ what charter says

def fen(text):
    value = Decimal(text) * 100
    assert value == int(value), text
    return int(value)


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def charter_command(args, charter, policy, data, period, out):
    jobs = ["--jobs", args.jobs] if args.jobs else []
    return [charter, "eval", policy, "--data", data, "--period", period, "--out", out, *jobs]


def evaluated(args, charter, policy, data, period):
    """The folder of the tables of one run."""
    out = args.work / "out"
    shutil.rmtree(out, ignore_errors=True)
    run(charter_command(args, charter, policy, data, period, out), stderr=subprocess.DEVNULL)
    return out


def single_date(out):
    """Sums of the rules, total, households by flag, late registrations; and the table of villages."""
    paid = dict.fromkeys(RULES, 0)
    villages = collections.defaultdict(lambda: [0, 0, 0, 0])
    for row in rows(out / "benefits.csv"):
        if row["status"] == "granted":
            amount = fen(row["amount"])
            paid[row["clause"]] += amount
            villages[int(row["village"])][0] += amount
    flags, late = [0, 0, 0], 0
    flag_of = {"met": 0, "excused": 0, "in_remedy": 1, "unmet": 1, "undetermined": 2}
    for row in rows(out / "obligations.csv"):
        if row["due"] > DUE_BY:
            continue
        village = villages[int(row["village"])]
        if row["clause"] == "flag10":
            flag = flag_of[row["status"]]
            flags[flag] += 1
            if flag:
                village[flag] += 1
        elif row["status"] == "in_remedy":
            late += 1
            village[3] += 1
    return [*paid.values(), sum(paid.values()), *flags, late], dict(villages)


def village_hash(villages):
    """The checksum of the reference over its table of villages."""
    weights = (1, 3, 7, 11)
    total = sum(code * sum(w * x for w, x in zip(weights, row)) for code, row in villages.items())
    return total % ((1 << 61) - 1)


def month_ends(out):
    totals = collections.Counter()
    for row in rows(out / "benefits.csv"):
        if row["status"] == "granted":
            totals[row["period"]] += fen(row["amount"])
    return [totals[month] for month in sorted(totals)]


def differences(args, charter, peer, policy, data):
    """Compares charter with the reference, prints both, and gives back the names of what differs."""
    wrong = []

    def compare(what, ours, theirs):
        same = ours == theirs
        print(f"  {'same     ' if same else 'DIFFERENT'} {what}: {ours}" + ("" if same else f", reference {theirs}"))
        if not same:
            wrong.append(what)

    print(f"{args.households} households, against the plain loop of charter-bench")
    reference = peer_lines(run([peer, "eval", args.households, 1])[0])
    names = [*RULES, "total", "training met or excused", "training unmet", "training unknown", "registered late"]
    sums, villages = single_date(evaluated(args, charter, policy, folder_of(args, data, "csv"), SINGLE))
    for name, ours, theirs in zip(names, sums, reference[0]["sums"], strict=True):
        compare(name, ours, theirs)
    compare(f"table of {len(villages)} villages (checksum)", village_hash(villages), reference[0]["vh"])
    if "e2e_pq" in args.modes:
        parquet = single_date(evaluated(args, charter, policy, folder_of(args, data, "parquet"), SINGLE))
        compare("all of it from Parquet", parquet, (sums, villages))
    months = peer_lines(run([peer, "months", args.households, 1])[0])[0]["sums"]
    ours = month_ends(evaluated(args, charter, policy, folder_of(args, data, "csv"), YEAR))
    compare("number of month ends", len(ours), len(months))
    for index, (mine, theirs) in enumerate(zip(ours, months)):
        compare(f"month end {index + 1}", mine, theirs)
    return wrong


# ------------------------------------------------------------------ times

def timed(args, charter, peer, policy, data):
    out = args.work / "out"
    # Mode, command, and the name of what it times; a peer names and times itself, without its start.
    commands = [("eval", [peer, "eval", args.households, 5], None)]
    for mode in args.modes.split(","):
        if mode == "e2e_pq":
            command = charter_command(args, charter, policy, folder_of(args, data, "parquet"), MODES[mode], out)
            commands.append((mode, [*command, "--format", "parquet"], "charter, Parquet to Parquet"))
        else:
            commands.append((mode, charter_command(args, charter, policy, folder_of(args, data, "csv"), MODES[mode], out), "charter, CSV to CSV"))
        if mode == "months":
            commands.append((mode, [peer, mode, args.households, 1], None))
        else:
            commands.append((mode, [peer, mode, data], None))
        if mode == "e2e_csv":
            commands.append((mode, [peer, mode, data, "hand"], None))
        for name in filter(None, args.peers.split(",")):
            script = args.bench / "py" / f"bench_{name}.py"
            commands.append((mode, [sys.executable, "-B", script, mode, data], None))
    found = collections.defaultdict(list)
    for _ in range(args.rounds):
        for mode, command, name in commands:
            shutil.rmtree(out, ignore_errors=True)
            output, usage = run(command, stderr=subprocess.DEVNULL)
            if name:
                found[mode, name].append(usage)
            else:
                for line in peer_lines(output):
                    found[mode, line["impl"]].append({"s": line["s"], "cpu": line["cpu"], "mb": line["peak_mb"]})
    return found


def table(args, found):
    def median(key, what):
        return statistics.median(one[what] for one in found[key])

    base = ("eval", "rust-loop")
    print(f"\nMedians of {args.rounds} rounds, {args.households} households; ratios to rust-loop with the data in memory")
    print(f"{'mode':9} {'program':27} {'wall s':>9} {'cpu s':>9} {'peak MB':>8} {'ratio wall':>11} {'ratio cpu':>10}")
    for key in sorted(found, key=lambda key: (["eval", *MODES].index(key[0]), median(key, "cpu"))):
        wall, cpu = median(key, "s"), median(key, "cpu")
        ratios = f"{wall / median(base, 's'):11.2f} {cpu / median(base, 'cpu'):10.2f}"
        print(f"{key[0]:9} {key[1]:27} {wall:9.4f} {cpu:9.4f} {median(key, 'mb'):8.0f} {ratios}")


def main():
    args = arguments()
    args.work.mkdir(parents=True, exist_ok=True)
    try:
        peer, charter = peer_binary(args), charter_binary(args)
        data, policy = data_folder(args, peer), policy_folder(args)
        wrong = differences(args, charter, peer, policy, data)
        if wrong:
            print(f"{len(wrong)} results differ", file=sys.stderr)
            return 1
        if args.rounds:
            table(args, timed(args, charter, peer, policy, data))
    except (Failed, OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

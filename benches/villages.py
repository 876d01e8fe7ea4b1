#!/usr/bin/env python3
"""How `charter check` grows with the number of villages.

Copies the villages of the example town, each copy under a name and of a village of its own, under the town's
framework, and times the check of all of them. Needs nothing but Python.

    cargo build --release
    benches/villages.py target/release/charter            # 41, 410 and 4100 villages, best of three runs
    benches/villages.py target/release/charter 41 82
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

TOWN = pathlib.Path(__file__).resolve().parent.parent / "charters" / "town"
RUNS = 3


def village(text: str, copy: int) -> str:
    """The same charter under another name, of another village."""
    text = re.sub(r'^(charter|章程) (\w+)', rf"\1 \2_{copy}", text, count=1, flags=re.M)
    return re.sub(r'^(\s+(?:of village|适用村|適用村)\s+"[^"]+)"', rf'\1之{copy}"', text, count=1, flags=re.M)


def fill(folder: pathlib.Path, count: int) -> None:
    """So many villages and the framework."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((TOWN / "villages").glob("*.charter"))]
    framework = (TOWN / "framework.charter").read_text(encoding="utf-8")
    (folder / "framework.charter").write_text(framework, encoding="utf-8")
    for number in range(count):
        text = village(texts[number % len(texts)], number // len(texts))
        (folder / f"village_{number}.charter").write_text(text, encoding="utf-8")


def seconds(program: str, folder: pathlib.Path) -> float:
    """The time of one check; it must find nothing wrong."""
    began = time.perf_counter()
    ran = subprocess.run([program, "check", "--format", "json", str(folder)], capture_output=True, check=False)
    took = time.perf_counter() - began
    if ran.returncode != 0:
        sys.exit(ran.stdout.decode()[-2000:] + ran.stderr.decode()[-2000:])
    return took


def main() -> None:
    program = str(pathlib.Path(sys.argv[1]).resolve()) if len(sys.argv) > 1 else "charter"
    counts = [int(word) for word in sys.argv[2:]] or [41, 410, 4100]
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            fill(folder, count)
            best = min(seconds(program, folder) for _ in range(RUNS))
        print(f"{count} villages: {best:.2f} s, {1000 * best / count:.2f} ms each", flush=True)


if __name__ == "__main__":
    main()

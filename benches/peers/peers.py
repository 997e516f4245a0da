"""Times the workloads of `bench-step` in JAX and PyTorch, in turns with minigrad. See README.md."""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ["minigrad", "jax", "torch", "torch-compile"]
WORKLOADS = ["W1", "W2", "W3", "W4", "W5", "walk"]
BATCH, WIDTH, EPSILON, MOMENTUM = 64, 256, 1e-5, 0.9


def fill(family, rows, columns, std):
    """Uniform numbers of this standard deviation: splitmix64 of the index, as in workloads.rs."""
    import numpy as np

    z = (np.uint64(family << 32) + np.arange(rows * columns, dtype=np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    k = ((z ^ (z >> np.uint64(31))) >> np.uint64(40)).astype(np.float32)
    entries = (np.float32(2) * (k / np.float32(2**24)) - np.float32(1)) * np.float32(3**0.5 * std)
    return entries.astype(np.float32).reshape(rows, columns)


def problem(name):
    """Inputs, labels, and the parameters as a list of layers: dictionaries of w, b, gain, shift."""
    import numpy as np

    x = fill(0, BATCH, WIDTH, 1.0)
    total = np.float32(0)
    for column in range(10):
        total = total + x[:, column]
    labels = (total >= 0).astype(np.int64)
    if name == "walk":
        shapes, std = [(WIDTH, WIDTH)] * 20, lambda fan_in: 1 / 16
    elif name == "W4":
        shapes = [(WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH)] * 50 + [(WIDTH, 2)]
        std = lambda fan_in: 1 / 320 if fan_in == 4 * WIDTH else 1 / 16
    else:
        shapes, std = [(WIDTH, WIDTH)] * 11 + [(WIDTH, 2)], lambda fan_in: (2 / WIDTH) ** 0.5
    layers = []
    for index, (fan_in, fan_out) in enumerate(shapes):
        layer = {"w": fill(index + 1, fan_in, fan_out, std(fan_in)), "b": np.zeros(fan_out, np.float32)}
        inner = index < len(shapes) - 1
        if (name in ("W2", "W3") and inner) or (name == "W4" and inner and index % 2 == 0):
            layer["gain"] = np.ones(WIDTH, np.float32)
            if name == "W2":
                layer["shift"] = np.zeros(WIDTH, np.float32)
        layers.append(layer)
    return x, labels, layers


def forward(name, layers, x, rms, layer_norm, relu, gelu):
    """The network of a workload, in terms of an engine's functions."""
    if name == "W4":
        for a, b in zip(layers[0:-1:2], layers[1:-1:2]):
            x = x + (gelu(rms(x, a["gain"]) @ a["w"] + a["b"]) @ b["w"] + b["b"])
        return x @ layers[-1]["w"] + layers[-1]["b"]
    for layer in layers[:-1]:
        x = x @ layer["w"] + layer["b"]
        if "shift" in layer:
            x = layer_norm(x, layer["gain"], layer["shift"])
        elif "gain" in layer:
            x = rms(x, layer["gain"])
        x = relu(x)
    return x @ layers[-1]["w"] + layers[-1]["b"]


def jax_step(name, threads):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_platforms", "cpu")
    x, labels, layers = problem(name)
    x, labels, layers = jnp.asarray(x), jnp.asarray(labels), jax.tree.map(jnp.asarray, layers)
    rms = lambda x, gain: x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + EPSILON) * gain

    def layer_norm(x, gain, shift):
        x = x - x.mean(-1, keepdims=True)
        return rms(x, gain) + shift

    gelu = lambda x: jax.nn.gelu(x, approximate=False)
    if name == "walk":

        @jax.jit
        def walk(layers, x):
            for layer in layers:
                x = x @ layer["w"] + layer["b"]
                square = (x * x).mean()
            return square

        return lambda: float(walk(layers, x))

    def loss(layers):
        z = forward(name, layers, x, rms, layer_norm, jax.nn.relu, gelu)
        return -jnp.take_along_axis(jax.nn.log_softmax(z), labels[:, None], 1).mean()

    zeros = jax.tree.map(jnp.zeros_like, layers)
    if name == "W5":

        def step(layers, state):
            value, grads = jax.value_and_grad(loss)(layers)
            m, v, t = state
            t = t + 1
            m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
            v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
            update = lambda w, m, v: w - 1e-5 / (1 - 0.9**t) * m / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
            return value, jax.tree.map(update, layers, m, v), (m, v, t)

        state = (zeros, jax.tree.map(jnp.zeros_like, layers), jnp.float32(0))
    else:

        def step(layers, velocity):
            value, grads = jax.value_and_grad(loss)(layers)
            velocity = jax.tree.map(lambda v, g: MOMENTUM * v + g, velocity, grads)
            return value, jax.tree.map(lambda w, v: w - 1e-3 * v, layers, velocity), velocity

        state = zeros
    step = jax.jit(step, donate_argnums=(0, 1))
    held = [layers, state]

    def run():
        value, held[0], held[1] = step(*held)
        return float(value)

    return run


def torch_step(name, threads, compiled):
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    x, labels, layers = problem(name)
    x, labels = torch.from_numpy(x), torch.from_numpy(labels)
    trained = name != "walk"
    layers = [{k: torch.from_numpy(v).requires_grad_(trained) for k, v in layer.items()} for layer in layers]
    rms = lambda x, gain: F.rms_norm(x, (WIDTH,), gain, EPSILON)
    layer_norm = lambda x, gain, shift: F.layer_norm(x, (WIDTH,), gain, shift, EPSILON)
    wrap = torch.compile if compiled else lambda f: f
    if name == "walk":

        def walk(x):
            for layer in layers:
                x = torch.addmm(layer["b"], x, layer["w"])
                square = (x * x).mean()
            return square

        walk = wrap(walk)

        def run():
            with torch.no_grad():
                return walk(x).item()

        return run
    loss = wrap(lambda x: F.cross_entropy(forward(name, layers, x, rms, layer_norm, F.relu, F.gelu), labels))
    parameters = [p for layer in layers for p in layer.values()]
    if name == "W5":
        optimizer = torch.optim.Adam(parameters, lr=1e-5, fused=True)
    else:
        optimizer = torch.optim.SGD(parameters, lr=1e-3, momentum=MOMENTUM, fused=True)

    def run():
        value = loss(x)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        return value.item()

    return run


def child(engine, name, threads, seconds):
    """Prints the tenth loss and the milliseconds of every step."""
    step = jax_step(name, threads) if engine == "jax" else torch_step(name, threads, engine == "torch-compile")
    first = [step() for _ in range(10)]
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    print(json.dumps({"loss10": first[9], "times": times}))


def run(engine, name, threads, seconds):
    """One engine's turn: its tenth loss and its milliseconds, or None where it fails."""
    env = dict(os.environ, BENCH_THREADS=str(threads), OMP_NUM_THREADS=str(threads), JAX_PLATFORMS="cpu")
    if engine == "minigrad":
        command, line = [str(ROOT / "target/release/bench-step")], f"{name} {seconds}\n"
    else:
        command, line = [sys.executable, __file__, "--child", engine, name, str(threads), str(seconds)], ""
    held = range(threads) if hasattr(os, "sched_setaffinity") else None
    hold = (lambda: os.sched_setaffinity(0, held)) if held else None
    done = subprocess.run(command, input=line, env=env, text=True, capture_output=True, preexec_fn=hold)
    if done.returncode:
        print(f"{engine} {name}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return answer["loss10"], answer["times"]


def at(times, share):
    return sorted(times)[int((len(times) - 1) * share)]


def machine():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
        flags = next(line for line in lines if line.startswith("flags")).split()
        return f"{names[0]}, {len(names)} cores, {'AVX-512' if 'avx512f' in flags else 'no AVX-512'}"
    except (OSError, IndexError, StopIteration):
        return platform.machine()


def report(workloads, threads, seconds, rounds):
    from importlib.metadata import version

    rows = []
    for count in threads:
        for name in workloads:
            found = {engine: [] for engine in ENGINES}
            for _ in range(rounds):
                for engine in ENGINES:
                    found[engine].append(run(engine, name, count, seconds))
            ours = next((turn[0] for turn in found["minigrad"] if turn), None)
            cells, medians = [], {}
            for engine in ENGINES:
                turns = [turn for turn in found[engine] if turn]
                if not turns or ours is None or abs(turns[0][0] - ours) > 1e-4:
                    cells.append("-")
                    print(f"{engine} {name}: not shown, losses {[turn[0] for turn in turns]} against {ours}", file=sys.stderr)
                    continue
                times = [t for turn in turns for t in turn[1]]
                medians[engine] = at(times, 0.5)
                cells.append(f"{at(times, 0.5):.3g} ({at(times, 0.1):.3g} to {at(times, 0.9):.3g})")
            peers = {engine: t for engine, t in medians.items() if engine != "minigrad"}
            best = min(peers, key=peers.get, default=None)
            ratio = f"{medians['minigrad'] / peers[best]:.2f} ({best})" if best and "minigrad" in medians else "-"
            rows.append([name, str(count), *cells, ratio])
            print(" | ".join(rows[-1]), flush=True)
    values = {
        "machine": machine(),
        "date": datetime.date.today().isoformat(),
        "jax": version("jax"),
        "torch": version("torch"),
        "rounds": f"{rounds} rounds of {seconds:g} s",
    }
    header = ["workload", "threads", *(f"{engine}, ms" for engine in ENGINES), "minigrad / best peer"]
    return {
        "experiment": "peers-timing",
        "question": "How long does the same step take elsewhere?",
        "settings": values,
        "claims": [],
        "values": values,
        "tables": {"steps": {"header": header, "rows": rows}},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of steps, for each engine in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, os.cpu_count() or 1}))
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=WORKLOADS)
    parser.add_argument("--out", type=Path, default=ROOT / "figures/peers-timing.json")
    arguments = parser.parse_args()
    found = report(arguments.workloads, arguments.threads, arguments.seconds, arguments.rounds)
    unfinished = arguments.out.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(found, indent=2) + "\n")
    unfinished.replace(arguments.out)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
    else:
        main()

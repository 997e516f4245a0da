// The explorer: theory's answer while a knob turns, the reader's guess, and the network itself.
//
// This file runs twice: in the page, where it draws, and in workers, where the library computes, so
// that no computation keeps a reader waiting. Both speak the JSON of labs/explorer/src/lib.rs.
"use strict";

// ---- In a worker: the library ----

/** The compiled library: `ask(request)` answers with an object, or throws a sentence. */
async function load(module) {
    const { exports } = await WebAssembly.instantiate(module);
    const words = (at) => {
        const bytes = new DataView(exports.memory.buffer);
        return new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at + 4, bytes.getUint32(at, true)));
    };
    return (request) => {
        const bytes = new TextEncoder().encode(JSON.stringify(request));
        const room = exports.room(bytes.length);
        new Uint8Array(exports.memory.buffer, room, bytes.length).set(bytes);
        let said;
        try {
            said = words(exports.ask());
        } catch {
            throw new Error(`the library stopped: ${words(exports.last_words()) || "out of memory"}`);
        }
        const answer = JSON.parse(said);
        if (answer.error) throw new Error(answer.error);
        return answer;
    };
}

function work() {
    let ask;
    let training = 0; // The number of the run under way; 0 where none is, or it pauses.
    const steps = (run, chunk) => {
        if (run !== training) return;
        const from = performance.now();
        const answer = attempt(() => ask({ step: chunk }));
        const took = performance.now() - from;
        // A probe costs two steps: one in ten chunks, and the first.
        const probe = !answer.error && !answer.outcome && attempt(() => ask({ probe: null }));
        postMessage({ run, ...answer, took, probe });
        if (answer.error || answer.outcome) return;
        // A chunk takes about a tenth of a second, so that Pause is heard.
        const next = Math.max(1, Math.min(200, Math.round((chunk * 100) / Math.max(took, 1))));
        setTimeout(steps, 0, run, next);
    };
    const attempt = (what) => {
        try {
            return what();
        } catch (error) {
            return { error: error.message };
        }
    };
    onmessage = async ({ data }) => {
        try {
            if (data.module) ask = await load(data.module);
            if (data.request) postMessage({ id: data.id, answer: ask(data.request) });
            if (data.run !== undefined) {
                training = data.run;
                if (training) steps(training, 1);
            }
        } catch (error) {
            postMessage({ id: data.id, error: error.message });
        }
    };
}

// ---- In the page ----

const SCRIPT = typeof document === "undefined" ? "" : document.currentScript.src;
const GUESS = Math.LN2;
const VERDICTS = ["diverges", "vanishes", "trains"];
const STORE = "minigrad-explorer-score";
const ANSWERS = "minigrad-self-test"; // Those of the self-test under way.
const ROUND = 20;

/** A worker with the library: `ask` gives a promise; `onrun` hears of the training under way. */
class Library {
    constructor(module, onrun = () => {}, onlost = () => {}) {
        this.waiting = new Map();
        this.next = 1;
        this.worker = new Worker(SCRIPT);
        this.worker.onmessage = ({ data }) => {
            if (data.run !== undefined) return onrun(data);
            const { yes, no } = this.waiting.get(data.id) ?? {};
            this.waiting.delete(data.id);
            if (data.error) no?.(new Error(data.error));
            else yes?.(data.answer);
        };
        this.worker.onerror = (event) => {
            event.preventDefault();
            const error = new Error(event.message || "the worker cannot be started");
            this.waiting.forEach(({ no }) => no(error));
            this.waiting.clear();
            onlost(error);
        };
        this.worker.postMessage({ module });
    }
    ask(request) {
        const id = this.next++;
        this.worker.postMessage({ id, request });
        return new Promise((yes, no) => this.waiting.set(id, { yes, no }));
    }
    run(number) {
        this.worker.postMessage({ run: number });
    }
    end() {
        this.worker.terminate();
    }
}

// Small builders: elements, numbers.

function el(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
        else if (value === true) node.setAttribute(key, "");
        else if (value !== false && value != null) node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
}

function svg(name, attributes = {}, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
}

const finite = (x) => typeof x === "number" && Number.isFinite(x);

/** Three significant digits. */
function short(x) {
    if (!finite(x)) return "not finite";
    if (x === 0) return "0";
    const size = Math.abs(x);
    return size < 1e-3 || size >= 1e4 ? x.toExponential(1).replace("e+", "e").replace(".0e", "e") : String(Number(x.toPrecision(3)));
}

function table(caption, head, rows) {
    return el("div", { class: "table-wrapper" }, el("table", {}, caption ? el("caption", {}, caption) : "",
        el("thead", {}, el("tr", {}, ...head.map((cell) => el("th", { scope: "col" }, cell)))),
        el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, `${cell}`)))))));
}

const counts = (what, rows) => table("", [what, "right", "of"], rows);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// ---- Drawings, in the figures' palette ----

const LEFT = 58;
const RIGHT = 26;

/**
 * One set of axes. `series`: `{points: [[x, y]], as: "line" | "points" | "trace", color}`, or `as: "band"` with
 * `[x, low, high]`; `marks`: horizontal and vertical references `{x or y, name}`. A value that is not finite is left
 * out, one outside is cut off; a band without an upper end is open.
 */
function chart({ title, x, y, series, marks = [], wide = 640, height = 250 }) {
    const bottom = height - 42;
    const scale = (axis, values, from, to) => {
        const at = axis.log ? (v) => Math.log10(Math.max(v, 1e-300)) : (v) => v;
        let [low, high] = axis.range ?? [Math.min(...values), Math.max(...values)];
        if (!(low < high)) [low, high] = axis.log ? [low / 10 || 0.1, (high || 1) * 10] : [low - 1, high + 1];
        const [a, b] = [at(low), at(high)];
        return { low, high, place: (v) => from + ((at(v) - a) / (b - a)) * (to - from), ticks: ticks(axis.log, low, high) };
    };
    const all = series.flatMap(({ points }) => points).filter(([px, py]) => finite(px) && finite(py));
    const xs = all.map((p) => p[0]).concat(marks.map((m) => m.x).filter(finite));
    const ys = all.map((p) => p[1]).concat(marks.map((m) => m.y).filter(finite));
    const across = scale(x, xs.length ? xs : [1, 2], LEFT, wide - RIGHT);
    const up = scale(y, ys.length ? ys : [0.1, 1], bottom, 30);
    const node = svg("svg", { viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": title, class: "explorer-chart" });
    const text = (at, words, anchor, kind = "label") =>
        node.append(svg("text", { x: at[0], y: at[1], "text-anchor": anchor, class: kind }, words));
    text([LEFT, 18], title, "start", "title");
    for (const tick of up.ticks) {
        const at = up.place(tick);
        node.append(svg("line", { x1: LEFT, x2: wide - RIGHT, y1: at, y2: at, class: "grid" }));
        text([LEFT - 7, at + 4], short(tick), "end");
    }
    for (const tick of across.ticks) text([across.place(tick), bottom + 17], x.shown?.(tick) ?? short(tick), "middle");
    node.append(svg("line", { x1: LEFT, x2: wide - RIGHT, y1: bottom, y2: bottom, class: "axis" }));
    text([(LEFT + wide) / 2, height - 5], x.name, "middle");
    const id = `explorer-clip-${(chart.count = (chart.count ?? 0) + 1)}`;
    node.append(svg("clipPath", { id }, svg("rect", { x: LEFT, y: 26, width: wide - RIGHT - LEFT, height: bottom - 25 })));
    for (const mark of marks) {
        const at = finite(mark.y) ? up.place(mark.y) : across.place(mark.x);
        const ends = finite(mark.y) ? { x1: LEFT, x2: wide - RIGHT, y1: at, y2: at } : { x1: at, x2: at, y1: 28, y2: bottom };
        node.append(svg("line", { ...ends, class: "mark" }));
        if (finite(mark.y)) text([wide - RIGHT - 2, at - 5], mark.name, "end");
        else text([at + 5, 40], mark.name, "start");
    }
    const inside = svg("g", { "clip-path": `url(#${id})` });
    for (const { points, as, color } of series) {
        if (as === "band") {
            const known = points.filter(([px, low]) => finite(px) && finite(low));
            const edge = (end) => known.map(([px, ...ends]) => [across.place(px), finite(ends[end]) ? up.place(ends[end]) : 0]);
            const outline = [...edge(0), ...edge(1).reverse()];
            inside.append(svg("polygon", { points: outline.map((p) => p.map((v) => v.toFixed(1)).join()).join(" "), class: `band ${color}` }));
            continue;
        }
        const placed = points.filter(([px, py]) => finite(px) && finite(py)).map(([px, py]) => [across.place(px), up.place(py)]);
        if (as === "points") {
            placed.forEach(([cx, cy]) => inside.append(svg("circle", { cx, cy, r: 4, class: `dot ${color}` })));
        } else if (placed.length) {
            inside.append(svg("polyline", { points: placed.map((p) => p.map((v) => v.toFixed(1)).join()).join(" "), class: `${as} ${color}` }));
        }
    }
    node.append(inside);
    return node;
}

function ticks(log, low, high) {
    if (log) {
        const [a, b] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
        const by = Math.max(1, Math.ceil((b - a) / 5));
        const found = [];
        for (let e = a; e <= b; e += by) found.push(10 ** e);
        if (found.length > 1) return found;
        const fine = [a - 1, a, a + 1].flatMap((e) => [1, 2, 5].map((n) => Number((n * 10 ** e).toPrecision(3))));
        return fine.filter((tick) => tick >= low && tick <= high);
    }
    const rough = (high - low) / 5;
    const unit = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= rough);
    const found = [];
    for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step) found.push(Number(at.toPrecision(6)));
    return found;
}

// ---- What a reader can turn ----

const CHOICES = {
    body: [["plain", "plain layers"], ["block", "blocks"]],
    activation: ["identity", "relu", "leaky_relu(0.01)", "tanh", "sigmoid", "gelu", "gelu_tanh", "silu", "elu", "selu", "softplus"].map((name) => [name, name]),
    norm: [["none", "none"], ["ln", "LayerNorm"], ["rms", "RMSNorm"]],
    placement: [["pre", "pre-norm"], ["post", "post-norm"]],
    out_proj: [["plain", "plain"], ["zero", "zero"], ["scaled", "scaled by 1/√(2 depth)"], ["fixup", "Fixup"], ["deepnorm", "DeepNorm, with post-norm"]],
    optimizer: [["sgd", "SGD with momentum"], ["adam", "Adam"]],
    init: ["kaiming", "kaiming_uniform", "xavier", "xavier_uniform", "glorot", "glorot_uniform", "gpt2", "uniform", "sigma", "orthogonal"].map((name) => [name, name]),
};
const VALUED = { uniform: 0.5, sigma: 0.05, orthogonal: 1 };
const SIZES = { depth: [1, 200], width: [8, 1024], lr: [1e-5, 10] };

const FIELDS = [
    ["body", "Body"], ["depth", "Depth"], ["width", "Width"], ["activation", "Activation"], ["init", "Init"],
    ["value", "Its value"], ["norm", "Norm"], ["placement", "Placement"], ["residual", "Residual connections"],
    ["out_proj", "Start of a branch"], ["final_norm", "One more norm at the end"], ["optimizer", "Optimizer"], ["lr", "Learning rate"],
    ["momentum", "Momentum"], ["batch", "Batch"], ["steps", "Steps"], ["seed", "Seed"],
];
// Fields of a line that no control sets: the library says what it makes of them.
const UNSET = ["bias_std", "weight_decay", "warm_up", "clip_norm"];

/** The controls: `line()` reads them, `show(line)` sets them. */
class Controls {
    constructor(prefix, onchange) {
        this.inputs = {};
        this.rows = {};
        this.node = el("div", { class: "explorer-fields" });
        for (const [name, label] of FIELDS) {
            const id = `${prefix}-${name}`;
            const row = el("div", { class: "explorer-field" });
            let input;
            if (CHOICES[name]) {
                input = el("select", { id }, ...CHOICES[name].map(([value, text]) => el("option", { value }, text)));
            } else if (name === "residual" || name === "final_norm") {
                input = el("input", { id, type: "checkbox" });
            } else {
                input = el("input", { id, type: "number", step: "any", inputmode: "decimal" });
            }
            row.append(el("label", { for: id }, label), input);
            if (SIZES[name]) row.append(this.slider(name, id, label, input));
            input.addEventListener("input", () => {
                if (name === "init" && VALUED[input.value]) this.inputs.value.value = VALUED[input.value];
                this.fit();
                onchange();
            });
            this.inputs[name] = input;
            this.rows[name] = row;
            this.node.append(row);
        }
    }
    /** A logarithmic slider beside a number. */
    slider(name, id, label, input) {
        const [low, high] = SIZES[name].map(Math.log10);
        const range = el("input", { type: "range", id: `${id}-slider`, min: low, max: high, step: 0.01, "aria-label": `${label}, logarithmic` });
        const say = () => range.setAttribute("aria-valuetext", input.value);
        range.addEventListener("input", () => {
            const value = 10 ** Number(range.value);
            input.value = name === "lr" ? Number(value.toPrecision(2)) : Math.round(value);
            say();
            input.dispatchEvent(new Event("input"));
        });
        input.follow = () => {
            range.value = Math.log10(Math.max(Number(input.value), 1e-9));
            say();
        };
        input.addEventListener("input", () => document.activeElement !== range && input.follow());
        return range;
    }
    /** Shows what goes with the others. */
    fit() {
        const { body, norm, init } = this.inputs;
        const block = body.value === "block";
        const normed = norm.value !== "none";
        this.rows.value.hidden = !VALUED[init.value];
        this.rows.placement.hidden = !(block && normed);
        this.rows.out_proj.hidden = !block;
        this.rows.final_norm.hidden = !(block && normed);
    }
    line() {
        const get = (name) => this.inputs[name].value;
        // An empty field is not a zero: the library says what it misses.
        const number = (name) => (get(name) === "" ? null : Number(get(name)));
        const block = get("body") === "block";
        const normed = get("norm") !== "none";
        const init = { kind: get("init") };
        if (VALUED[init.kind]) init.value = number("value");
        return {
            ...this.unset,
            body: get("body"), depth: number("depth"), width: number("width"), activation: get("activation"), init,
            norm: get("norm"), placement: !normed ? "none" : block ? get("placement") : "pre_act",
            residual: this.inputs.residual.checked, out_proj: block ? get("out_proj") : "plain",
            final_norm: block && normed && this.inputs.final_norm.checked,
            optimizer: get("optimizer"), lr: number("lr"), momentum: number("momentum"), batch: number("batch"), steps: number("steps"), seed: number("seed"),
        };
    }
    show(line) {
        const usual = { body: "plain", width: 256, activation: "relu", norm: "none", residual: false, out_proj: "plain", final_norm: false, optimizer: "sgd", momentum: 0.9, batch: 64, steps: 1000, seed: 0 };
        const full = { ...usual, ...line };
        this.unset = Object.fromEntries(UNSET.filter((name) => name in line).map((name) => [name, line[name]]));
        for (const [name] of FIELDS) {
            const input = this.inputs[name];
            if (name === "init") input.value = full.init?.kind ?? "kaiming";
            else if (name === "value") input.value = full.init?.value ?? "";
            else if (name === "placement") input.value = full.placement === "post" ? "post" : "pre";
            else if (input.type === "checkbox") input.checked = Boolean(full[name]);
            else input.value = full[name] ?? "";
            input.follow?.();
        }
        this.fit();
    }
}

// ---- The reader's score, kept in this browser alone ----

class Score {
    constructor(store, onfail) {
        this.store = store;
        this.onfail = onfail;
        this.entries = [];
        try {
            const kept = JSON.parse(localStorage.getItem(store) ?? "[]");
            if (Array.isArray(kept)) this.entries = kept.filter((e) => VERDICTS.includes(e?.guess) && VERDICTS.includes(e?.outcome));
        } catch {
            this.fails();
        }
    }
    fails() {
        this.onfail("This browser keeps nothing for this page: your score lasts until you leave it.");
    }
    save() {
        try {
            localStorage.setItem(this.store, JSON.stringify(this.entries));
        } catch {
            this.fails();
        }
    }
    add(entry) {
        this.entries = [...this.entries, entry].slice(-500);
        this.save();
    }
    clear() {
        this.entries = [];
        this.save();
    }
    right(of = (entry) => entry.guess) {
        return this.entries.filter((entry) => of(entry) === entry.outcome).length;
    }
    /** Rows `[name, right, of all]` by what `of` names. */
    by(of) {
        const rows = new Map();
        for (const entry of this.entries) {
            const [right, all] = rows.get(of(entry)) ?? [0, 0];
            rows.set(of(entry), [right + (entry.guess === entry.outcome), all + 1]);
        }
        return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, counts]) => [name, ...counts]);
    }
    /** One of `cases`, those kinds more often that were misjudged, none of `dealt`. */
    deal(cases, dealt) {
        const left = cases.filter((_, index) => !dealt.has(index));
        const pool = left.length ? left : cases;
        const wrong = new Map(this.by((e) => e.kind).map(([kind, right, all]) => [kind, 1 - right / all]));
        const kinds = [...new Set(pool.map((one) => one.kind))];
        const weights = kinds.map((kind) => 1 + 3 * (wrong.get(kind) ?? 0.5));
        let at = Math.random() * weights.reduce((a, b) => a + b);
        const kind = kinds[Math.max(0, weights.findIndex((weight) => (at -= weight) < 0))];
        const some = pool.filter((one) => one.kind === kind);
        // Every outcome is as likely: a reader who always says the same learns that it does not pay.
        const outcomes = [...new Set(some.map((one) => one.outcome))];
        const outcome = outcomes[Math.floor(Math.random() * outcomes.length)];
        const last = some.filter((one) => one.outcome === outcome);
        return last[Math.floor(Math.random() * last.length)];
    }
}

// ---- The component ----

class Explorer {
    constructor(root, number) {
        this.root = root;
        this.prefix = number ? `explorer${number}` : "explorer";
        this.up = root.dataset.root;
        this.fixed = root.querySelector(".explorer-still");
        this.message = el("p", { class: "explorer-message", role: "alert" });
        root.prepend(this.message);
        // Arrows move a slider and letters are typed: mdBook would turn the page or search.
        root.addEventListener("keydown", (event) => {
            if (!event.altKey && !event.ctrlKey && !event.metaKey) event.stopPropagation();
        });
    }

    say(text = "") {
        this.message.textContent = text;
    }

    async start() {
        this.root.classList.add("is-opening");
        await this.load().finally(() => this.root.classList.remove("is-opening"));
    }

    async load() {
        const { missing, wasm } = this.root.dataset;
        const page = location.pathname.split("/").slice(-this.up.split("/").length).join("/");
        if (missing) return this.say(`The explorer is not in this book: ${missing}.`);
        if (location.protocol === "file:") {
            return this.say(`Browsers load no library for a page that was opened as a file: type cargo run and open http://127.0.0.1:3000/${page}.`);
        }
        if (typeof WebAssembly === "undefined" || typeof Worker === "undefined") {
            return this.say("This browser runs no WebAssembly in workers: the explorer needs one that does.");
        }
        const slow = setTimeout(() => {
            this.say("The library has not answered yet.");
            this.root.classList.remove("is-opening");
        }, 5000);
        try {
            const answer = await fetch(new URL(this.up + wasm, location.href));
            if (!answer.ok) throw new Error(`${wasm} is not there (${answer.status})`);
            this.module = await WebAssembly.compile(await answer.arrayBuffer());
            this.theory = this.library();
            // Nothing can be turned before both are there.
            [this.presets, this.cases] = await Promise.all([this.theory.ask({ presets: null }), this.theory.ask({ [this.deals]: null })]);
        } catch (error) {
            const old = error instanceof WebAssembly.CompileError ? " (it needs the 128-bit vectors that browsers have had since 2023)" : "";
            return this.say(`The explorer cannot start: ${error.message}${old}.`);
        } finally {
            clearTimeout(slow);
        }
        this.say();
        this.build();
        this.open();
        window.addEventListener("hashchange", () => location.hash.startsWith("#recipe=") && this.open());
    }

    /** Which networks are dealt. */
    get deals() {
        return "cases";
    }

    library() {
        return new Library(this.module, () => {}, (error) => {
            this.say(`Theory has stopped: ${error.message}. It starts again with the next change.`);
            this.theory = null;
            this.busy = false;
        });
    }

    build() {
        const id = (name) => `${this.prefix}-${name}`;
        const link = (page, text) => el("a", { href: `${this.up}${page}` }, text);
        const button = (name, text, onclick) => (this[name] = el("button", { type: "button", id: id(name), onclick }, text));
        this.score = new Score(STORE, (text) => this.note(text));
        this.dealt = new Set();
        this.round = [];
        this.run = 0;

        this.preset = el("select", { id: id("preset"), onchange: () => this.choose() },
            ...this.presets.map(({ key, name }) => el("option", { value: key }, name)), el("option", { value: "", hidden: true }, "your own"), el("option", { value: "dealt", hidden: true }, "a case"));
        this.first = el("input", { type: "checkbox", id: id("first"), onchange: () => this.hide() });
        const head = el("div", { class: "explorer-head" },
            el("label", { for: id("preset") }, "Network"), this.preset,
            el("label", { for: id("first"), class: "explorer-check" }, this.first, " Guess first"),
            button("deal", "Deal a case", () => this.next()));
        this.controls = new Controls(this.prefix, () => this.changed());

        // The guess.
        this.asked = el("p", { id: id("asked") });
        this.guesses = VERDICTS.map((name) => el("input", { type: "radio", name: id("guess"), id: id(name), value: name }));
        this.sure = el("select", { id: id("sure") }, ...[40, 60, 80, 95].map((p) => el("option", { value: p, selected: p === 60 }, `${p} %`)));
        this.loss = el("input", { type: "number", step: "any", min: 0, id: id("loss") });
        this.guess = el("form", { class: "explorer-guess", hidden: true, "aria-labelledby": id("asked"), onsubmit: (event) => { event.preventDefault(); this.answer(); } },
            this.asked,
            el("fieldset", {}, el("legend", {}, "What will become of it?"),
                ...this.guesses.flatMap((radio) => [el("label", { for: radio.id }, radio, ` ${radio.value}`)])),
            el("label", { for: id("sure") }, "How sure? ", this.sure),
            el("label", { for: id("loss") }, "Final loss, if you like ", this.loss),
            el("button", { type: "submit", id: id("answer") }, "Answer"));
        this.feedback = el("div", { class: "explorer-feedback", role: "status", tabindex: -1, id: id("feedback") });

        // Theory.
        this.verdict = el("p", { class: "explorer-verdict", role: "status", id: id("verdict") });
        this.curve = el("div", { id: id("curve") });
        this.layers = el("div", { class: "explorer-layers" });
        this.place = el("div", {});
        this.tables = el("div", {});
        this.says = el("div", { class: "explorer-says", id: id("says") },
            this.verdict, this.curve, this.layers,
            el("p", { class: "explorer-where" }, "Derived in: ", link("theory/th01-initialization.html", "q and the gradient"), ", ",
                link("theory/th03-residuals.html", "correlation and residual connections"), ", ",
                link("theory/th05-5-verdict.html", "push, collapse and the curve"), "."),
            el("details", {}, el("summary", {}, "Push and collapse, each against its limit"), this.place),
            el("details", {}, el("summary", {}, "The same in numbers"), this.tables));

        // The network itself.
        this.status = el("p", { role: "status", id: id("status") });
        this.trains = el("div", { class: "explorer-buttons", id: id("training") },
            button("train", "Train it", () => this.begin()), button("pause", "Pause", () => this.hold()),
            button("stop", "Stop", () => this.halt("stopped")), button("another", "Another seed", () => this.again()));
        this.pause.disabled = this.stop.disabled = true;

        // To take along.
        this.json = el("textarea", { id: id("json"), rows: 4, spellcheck: "false" });
        this.link = el("a", { id: id("link"), href: "#" }, "A link that opens it");
        this.command = el("code", { id: id("command") });
        const share = el("details", {}, el("summary", {}, "Take it along: JSON, link, command"),
            el("p", {}, el("label", { for: id("json") }, "One line of a file for predict --recipes")), this.json,
            el("p", {}, el("button", { type: "button", id: id("read"), onclick: () => this.read() }, "Open this JSON"), " ", this.link), el("p", {}, this.command));
        this.scores = el("div", { id: id("score") });
        this.said = el("p", { class: "explorer-note", role: "status", id: id("note") });
        const kept = el("details", {}, el("summary", {}, "Your score"), this.scores,
            el("button", { type: "button", onclick: () => { this.score.clear(); this.tally(); } }, "Forget it"));

        this.root.append(...this.lay({ head, share, kept }));
        if (this.fixed) this.fixed.hidden = true;
        this.root.classList.add("is-live");
        this.root.explorer = this; // For tests, and for the curious.
        this.tally();
    }

    /** What stands on the page, in order. */
    lay({ head, share, kept }) {
        return [head, this.controls.node, this.guess, this.feedback, this.trains, this.status, this.says, share, this.said, kept];
    }

    note(text) {
        if (this.said) this.said.textContent = text;
        else queueMicrotask(() => (this.said.textContent = text));
    }

    // ---- Which network ----

    open() {
        let line = null;
        if (location.hash.startsWith("#recipe=")) {
            try {
                line = JSON.parse(decodeURIComponent(location.hash.slice(8)));
                if (typeof line !== "object" || line === null || Array.isArray(line)) throw new Error("expected an object");
            } catch (error) {
                line = null;
                this.broken = `The link holds no recipe (${error.message}): here is the page's own network.`;
            }
        }
        const preset = this.presets.find(({ key }) => key === this.root.dataset.preset) ?? this.presets[0];
        if (!line) this.preset.value = preset.key;
        else this.preset.value = "";
        this.set(line ?? preset.line);
    }

    choose() {
        const preset = this.presets.find(({ key }) => key === this.preset.value);
        if (preset) this.set(preset.line);
    }

    read() {
        try {
            const line = JSON.parse(this.json.value);
            if (typeof line !== "object" || line === null) throw new Error("expected an object");
            this.preset.value = "";
            this.set(line);
        } catch (error) {
            this.say(`This is no JSON of a recipe: ${error.message}.`);
        }
    }

    /** Shows a line, and asks for it as it was given: what the controls cannot hold is refused, not lost. */
    set(line) {
        this.case = null;
        this.controls.show(line);
        this.changed(line);
    }

    changed(given) {
        if (!given) {
            this.case = null;
            this.preset.value = "";
        }
        this.halt();
        this.losses = [];
        this.outcome = null;
        this.probe = null;
        this.status.textContent = "";
        this.line = given ?? this.controls.line();
        this.feedback.textContent = "";
        this.revealed = !this.first.checked;
        this.predict();
    }

    // ---- Theory ----

    /** Asks for the network that stands there now; while an answer is under way, once more after it. */
    async predict() {
        if (this.busy) {
            this.stale = true;
            return;
        }
        this.busy = true;
        this.theory ??= this.library();
        const from = performance.now();
        const asked = this.line;
        try {
            const prediction = await this.theory.ask({ predict: asked });
            if (asked === this.line) {
                this.prediction = prediction;
                this.says.dataset.ms = (performance.now() - from).toFixed(1);
                this.say(this.broken);
            }
        } catch (error) {
            if (asked === this.line) {
                this.prediction = null;
                this.say(`${error.message}.`);
            }
            // A library that has stopped holds what nobody knows.
            if (error.message.startsWith("the library stopped")) {
                this.theory?.end();
                this.theory = null;
            }
        }
        this.broken = "";
        this.busy = false;
        if (this.stale) {
            this.stale = false;
            this.predict();
        } else {
            this.draw();
        }
    }

    draw() {
        const { prediction: p } = this;
        this.guess.hidden = !(p && this.first.checked && !this.revealed);
        this.says.hidden = !p || !this.revealed;
        this.trains.hidden = !p || !this.revealed;
        if (!p) return;
        this.asked.textContent = this.question(p);
        this.json.value = JSON.stringify(p.line);
        this.link.href = `#recipe=${encodeURIComponent(JSON.stringify(p.line))}`;
        const seed = this.line.seed ? ` --seed ${this.line.seed}` : "";
        this.command.textContent = `cargo run --bin predict -- ${p.command}\ncargo run --bin train -- ${p.command}${seed}`;
        if (!this.revealed) {
            this.toFocus?.focus();
            this.toFocus = null;
            return;
        }
        const sure = p.probability ? ` (${Math.round(100 * p.probability[p.verdict])} %)` : "";
        this.verdict.replaceChildren(el("strong", { class: p.verdict }, p.verdict), `${sure}: ${p.reason.replace(" -> ", " → ")}.`);
        this.drawLayers();
        this.drawMap();
        this.drawTables();
        this.drawCurve();
    }

    question({ network, training }) {
        return `${network}. Trained at ${training}.`;
    }

    /** Means over the spans that theory speaks of; the last tenth only where the run has come to it. */
    measured() {
        return this.prediction.windows.map(([start, end]) => {
            const part = this.losses.slice(start, end);
            return part.length === end - start && part.every(finite) ? mean(part) : null;
        });
    }

    drawCurve() {
        const p = this.prediction;
        const middle = ([start, end]) => (start + end + 1) / 2;
        const spans = p.windows.map((window, i) => [middle(window), p.loss[i], p.band.low[i], p.band.high[i]]);
        const last = spans.pop();
        // The last tenth overlaps the span before it.
        if (last[0] > spans[spans.length - 1][0]) spans.push(last);
        const line = spans.map(([at, loss]) => [at, loss]);
        const band = spans.map(([at, , low, high]) => [at, low, high]);
        const by = Math.max(1, Math.ceil(this.losses.length / 400));
        const trace = this.losses.map((loss, i) => [i + 1, loss]).filter(([i]) => i % by === 1 % by);
        const dots = this.measured().map((loss, i) => [middle(p.windows[i]), loss]);
        const seen = [...line, ...band, ...trace].map(([, loss]) => loss).filter((loss) => finite(loss) && loss > 0);
        const low = Math.max(1e-4, Math.min(0.1, ...seen));
        // A curve that diverges is a bound from below, and leaves the axes.
        const high = Math.min(1e12, Math.max(2, ...seen));
        // No longer than a phone is wide.
        const what = this.losses.length ? "Loss: predicted (line), measured (points)" : "Predicted loss (shaded: 8 of 10 networks)";
        this.curve.replaceChildren(chart({
            title: what, wide: this.wide(), x: { name: "update", log: true, range: [1, Math.max(2, this.prediction.windows.at(-1)[1])] },
            y: { log: true, range: [low / 1.5, high * 1.5] },
            series: [{ points: band, as: "band", color: "a" }, { points: trace, as: "trace", color: "b" }, { points: line, as: "line", color: "a" }, { points: dots, as: "points", color: "b" }],
            marks: [{ y: GUESS, name: "a guess, ln 2" }],
        }));
    }

    /** As wide as its letters are legible on this screen. */
    wide() {
        return this.root.clientWidth < 520 ? 390 : 640;
    }

    drawLayers() {
        const p = this.prediction;
        const points = (values) => values.map((value, i) => [i + 1, value]);
        const x = { name: "layer", range: [1, Math.max(2, p.q.length)] };
        const range = (...lists) => {
            const all = lists.flat().filter((v) => finite(v) && v > 0);
            return all.length ? [Math.max(1e-30, Math.min(...all)) / 2, Math.min(1e30, Math.max(...all)) * 2] : [0.1, 10];
        };
        const seen = this.probe?.q ?? [];
        this.layers.replaceChildren(
            chart({ title: seen.length ? "q: size of the signal (points: now)" : "q: size of the signal", x, y: { log: true, range: range(p.q, seen) }, wide: 300, height: 190,
                series: [{ points: points(p.q), as: "line", color: "a" }, { points: points(seen), as: "points", color: "b" }] }),
            chart({ title: "size of the gradient, relative", x, y: { log: true, range: range(p.gradient) }, wide: 300, height: 190, series: [{ points: points(p.gradient), as: "line", color: "c" }] }),
            chart({ title: "correlation of two inputs", x, y: { range: [0, 1] }, wide: 300, height: 190, series: [{ points: points(p.correlation), as: "line", color: "d" }] }));
    }

    drawMap() {
        const { push, collapse, limits } = this.prediction;
        const even = "At a limit it is even whether a network survives; the further away, the surer.";
        if (!finite(push)) return this.place.replaceChildren(el("p", {}, "The signal is not finite: there is no push."));
        if (!finite(collapse)) {
            return this.place.replaceChildren(el("p", {}, `Push ${short(push)}, limit ${limits.push}. Collapse asks for a norm on every path, which there is not. ${even}`));
        }
        const around = (value, limit) => [Math.min(value, limit) / 10, Math.max(value, limit) * 10];
        this.place.replaceChildren(
            el("p", {}, `Push ${short(push)}, limit ${limits.push}. Collapse ${short(collapse)}, limit ${limits.collapse}. ${even}`),
            chart({
                title: "collapse, against push",
                wide: this.wide(),
                x: { name: "push: the movement of the weights per step that counts", log: true, range: around(push, limits.push) },
                y: { log: true, range: around(collapse, limits.collapse) },
                series: [{ points: [[push, collapse]], as: "points", color: "b" }],
                marks: [{ x: limits.push, name: "rewritten" }, { y: limits.collapse, name: "collapses above" }],
            }));
    }

    drawTables() {
        const p = this.prediction;
        const measured = this.measured();
        const losses = p.windows.map(([start, end], i) => [end - start === 1 ? `${start}` : `${start} to ${end - 1}`, short(p.loss[i]), `${short(p.band.low[i])} to ${short(p.band.high[i])}`, measured[i] === null ? "" : short(measured[i])]);
        const now = this.probe;
        const layers = p.q.map((q, i) => [`${i + 1}`, short(q), short(p.gradient[i]), short(p.correlation[i]),
            ...(now ? [short(now.q[i]), short(now.gradient_norm[i]), short(now.correlation[i]), short(now.dead[i])] : [])]);
        this.tables.replaceChildren(
            table("Loss", ["updates", "predicted", "8 of 10 networks", "measured"], losses),
            table("Layers", ["layer", "q", "gradient", "correlation", ...(now ? ["q now", "norm of its gradient", "cosine now", "dead"] : [])], layers));
    }

    // ---- The guess ----

    hide() {
        this.halt();
        this.losses = [];
        this.outcome = this.probe = null;
        this.status.textContent = this.feedback.textContent = "";
        this.revealed = !this.first.checked;
        this.guesses.forEach((radio) => (radio.checked = false));
        this.draw();
    }

    async next() {
        this.first.checked = true;
        this.guesses.forEach((radio) => (radio.checked = false));
        this.loss.value = "";
        const one = this.score.deal(this.cases, this.dealt);
        this.dealt.add(this.cases.indexOf(one));
        this.preset.value = "dealt";
        this.set(one.line);
        this.case = one;
        this.toFocus = this.guesses[0]; // It is hidden until theory has answered.
    }

    answer() {
        const guess = this.guesses.find((radio) => radio.checked)?.value;
        if (!guess) {
            this.feedback.textContent = "Choose one of the three first.";
            return;
        }
        this.revealed = true;
        this.guessed = { guess, sure: Number(this.sure.value), loss: this.loss.value };
        if (this.case) this.judge(this.case.outcome, "measured from two seeds");
        else this.feedback.textContent = `You say ${guess}. Train it to see who is right.`;
        this.draw();
        if (this.case) this.explain();
        this.feedback.focus();
    }

    judge(outcome, how) {
        const { guess, sure, loss } = this.guessed;
        const kind = this.case?.kind ?? "your own";
        const entry = { kind, guess, sure, outcome, theory: this.prediction.verdict };
        this.guessed = null;
        this.keep(entry);
        this.verdictOn = `${guess === outcome ? "Right" : "Not so"}: you said ${guess}, the network ${outcome} (${how}). Theory says ${entry.theory}.`;
        if (entry.theory !== outcome) this.verdictOn += " Here theory is wrong.";
        if (loss) this.verdictOn += ` Final loss: you ${loss}, theory ${short(this.prediction.loss.at(-1))}.`;
        this.judged = entry;
        this.tally();
    }

    keep(entry) {
        this.score.add(entry);
        this.round = [...this.round, entry].slice(-ROUND);
    }

    /** What speaks for and against each of the three, from theory's numbers. */
    explain() {
        const { guess, outcome } = this.judged;
        const all = VERDICTS.map((name, i) => {
            const mark = name === outcome ? " (what happened)" : name === guess ? " (what you said)" : "";
            return el("li", {}, el("strong", {}, name), `${mark}: ${this.prediction.options[i]}.`);
        });
        this.feedback.replaceChildren(el("p", {}, this.verdictOn), el("ul", {}, ...all), el("p", {}, this.standing()));
    }

    standing() {
        if (this.round.length < ROUND) return `Case ${this.round.length} of ${ROUND}.`;
        const right = (of) => this.round.filter((entry) => of(entry) === entry.outcome).length;
        return `Of the last ${ROUND}: you ${right((entry) => entry.guess)}, theory ${right((entry) => entry.theory)}.`;
    }

    tally() {
        const { entries } = this.score;
        if (!entries.length) {
            this.scores.textContent = "No guesses yet. They stay in this browser.";
            return;
        }
        this.scores.replaceChildren(
            el("p", {}, `You: ${this.score.right()} of ${entries.length} right. Theory: ${this.score.right((entry) => entry.theory)}.`),
            counts("kind of network", this.score.by((entry) => entry.kind)),
            counts("how sure", this.score.by((entry) => `${entry.sure} %`)));
    }

    // ---- The network itself ----

    begin() {
        this.halt();
        this.losses = [];
        this.outcome = this.probe = null;
        this.took = 0;
        this.number = (this.number ?? 0) + 1;
        const run = this.number;
        const line = this.line;
        const lost = (error) => run === this.number && this.halt(`stopped: ${error.message}`);
        this.training = new Library(this.module, (news) => run === this.number && this.hear(news), lost);
        this.status.textContent = "Building the network.";
        this.train.disabled = true;
        this.stop.disabled = this.pause.disabled = false;
        this.pause.textContent = "Pause";
        this.training.ask({ train: line }).then(({ parameters }) => {
            if (run !== this.number || !this.training) return;
            this.parameters = parameters;
            this.training.run(run);
        }, lost);
    }

    hear({ error, losses, outcome, took, probe }) {
        if (error) return this.halt(`stopped: ${error}`);
        this.losses.push(...losses.map((loss) => loss ?? NaN));
        this.took += took;
        if (probe && !probe.error) this.probe = probe;
        const per = this.took / this.losses.length;
        const last = this.losses.at(-1);
        const where = `update ${this.losses.length} of ${this.line.steps ?? 1000}, loss ${short(last)}, ${per.toFixed(1)} ms an update, ${this.parameters} parameters`;
        this.status.dataset.ms = per.toFixed(2);
        if (outcome) {
            this.outcome = outcome;
            this.end();
            this.status.textContent = `The network ${outcome}: ${where}.`;
            if (this.guessed) {
                this.judge(outcome, `seed ${this.line.seed ?? 0}`);
                this.explain();
            }
        }
        // A reader who asked for less motion sees it move once a second.
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 120;
        if (!outcome && performance.now() - (this.drawn ?? 0) < calm) return;
        this.drawn = performance.now();
        // A screen reader hears the end, not every update.
        this.status.setAttribute("aria-live", outcome ? "polite" : "off");
        if (!outcome) this.status.textContent = `In training: ${where}.`;
        this.drawCurve();
        this.drawLayers();
        this.drawTables();
    }

    hold() {
        const paused = this.pause.textContent === "Pause";
        this.training?.run(paused ? 0 : this.number);
        this.pause.textContent = paused ? "Go on" : "Pause";
    }

    /** Ends the worker; what it has shown stays. */
    end() {
        this.training?.end();
        this.training = null;
        this.train.disabled = false;
        this.pause.disabled = this.stop.disabled = true;
        this.pause.textContent = "Pause";
    }

    halt(why) {
        const was = this.training;
        this.number = (this.number ?? 0) + 1;
        this.end();
        if (was && why) this.status.textContent = `Training ${why}, after ${this.losses.length} updates.`;
    }

    again() {
        const seed = Number(this.controls.inputs.seed.value) + 1;
        this.controls.inputs.seed.value = seed;
        this.line = { ...this.line, seed };
        this.prediction.line = { ...this.prediction.line, seed };
        this.draw();
        this.begin();
    }
}

// ---- The self-test: the same, with twenty cases in their order ----

class Exercise extends Explorer {
    get deals() {
        return "exercise";
    }

    build() {
        this.answers = new Score(ANSWERS, (text) => this.note(text));
        this.result = el("div", { class: "explorer-result", id: `${this.prefix}-result`, role: "status", tabindex: -1, hidden: true });
        this.further = el("button", { type: "button", id: `${this.prefix}-next`, hidden: true, onclick: () => this.next() }, "Next case");
        this.beyond = el("a", { href: `${this.up}explorer.html`, hidden: true }, "Turn its knobs in the explorer");
        super.build();
        this.first.checked = true;
        this.loss.parentElement.hidden = true;
    }

    lay({ kept }) {
        const more = el("div", { class: "explorer-buttons" }, this.further, this.beyond);
        return [this.result, this.guess, this.feedback, more, this.trains, this.status, this.says, this.said, kept];
    }

    /** The first case that has no answer yet, or the end. */
    open() {
        this.turn(false);
    }

    next() {
        this.turn(true);
    }

    turn(focus) {
        this.guesses.forEach((radio) => (radio.checked = false));
        this.loss.value = "";
        const done = this.answers.entries.length;
        this.further.hidden = this.beyond.hidden = true;
        if (done >= this.cases.length) return this.finish(focus);
        this.result.hidden = true;
        const one = this.cases[done];
        this.asking = done + 1;
        this.toFocus = focus ? this.guesses[0] : null;
        this.set(one.line);
        this.case = one;
    }

    question(prediction) {
        return `Case ${this.asking} of ${this.cases.length}. ${super.question(prediction)}`;
    }

    keep(entry) {
        this.answers.add(entry);
        this.score.add(entry);
    }

    explain() {
        super.explain();
        const last = this.answers.entries.length >= this.cases.length;
        this.further.textContent = last ? "Your result" : "Next case";
        this.further.hidden = this.beyond.hidden = false;
        this.beyond.href = `${this.up}explorer.html#recipe=${encodeURIComponent(JSON.stringify(this.prediction.line))}`;
    }

    standing() {
        return `${this.answers.right()} of ${this.answers.entries.length} right so far.`;
    }

    /** The reader beside theory: who takes what for what, and how sure. */
    finish(focus) {
        this.halt();
        for (const part of [this.guess, this.trains, this.says]) part.hidden = true;
        this.feedback.textContent = this.status.textContent = "";
        const { entries } = this.answers;
        const confusion = (who, of) => table(who, ["what happened", ...VERDICTS.map((name) => `said ${name}`)],
            VERDICTS.map((outcome) => [outcome, ...VERDICTS.map((said) => entries.filter((entry) => entry.outcome === outcome && of(entry) === said).length)]));
        const said = entries.map((entry, i) => ({ ...entry, number: i + 1 }));
        const missed = said.filter((entry) => entry.guess !== entry.outcome).map((entry) => `${entry.number} (${entry.kind})`);
        const best = Math.max(...VERDICTS.map((name) => entries.filter((entry) => entry.outcome === name).length));
        this.result.replaceChildren(
            el("p", {}, el("strong", {}, `You: ${this.answers.right()} of ${entries.length}.`), ` Theory: ${this.answers.right((entry) => entry.theory)}. Always saying the same: ${best} at most.`),
            el("div", { class: "explorer-pair" }, confusion("You", (entry) => entry.guess), confusion("Theory", (entry) => entry.theory)),
            el("p", {}, "Held against how sure you were: of ten answers at 80 %, eight should be right."),
            counts("how sure", this.answers.by((entry) => `${entry.sure} %`)),
            el("p", {}, missed.length ? `To look at again: ${missed.join("; ")}.` : "None to look at again."),
            el("button", { type: "button", id: `${this.prefix}-again`, onclick: () => { this.answers.clear(); this.turn(true); } }, "Once more from the first"));
        this.result.hidden = false;
        if (focus) this.result.focus();
    }
}

if (typeof document === "undefined") {
    work();
} else if (!location.pathname.endsWith("/print.html")) {
    const open = (root, number) => (root.dataset.exercise === undefined ? new Explorer(root, number) : new Exercise(root, number)).start();
    // On its own page it starts at once, at the end of a chapter when a reader wants it.
    const start = () => document.querySelectorAll(".explorer").forEach((root, number) => {
        if (root.dataset.root === "" || root.dataset.exercise !== undefined) return open(root, number);
        const button = el("button", { type: "button", onclick: () => { button.remove(); open(root, number).then(() => root.querySelector("select")?.focus()); } }, "Open the explorer here");
        root.append(button);
    });
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();
}

// What is measured of a page. Put into every page before its own scripts.
"use strict";
window.shifted = 0;
window.moved = ""; // What moved first.
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        window.shifted += entry.value;
        const node = entry.sources?.[0]?.node;
        window.moved ||= node ? `${node.nodeName.toLowerCase()}: ${node.textContent.trim().slice(0, 40)}` : "";
    }
}).observe({ type: "layout-shift", buffered: true });

// A sheet stays where it is while another theme has its turn: the page would fetch it anew.
Object.defineProperty(HTMLLinkElement.prototype, "disabled", {
    set(off) { this.sheet.disabled = off; },
});

// A page shown in parts because the machine is busy says nothing of the page.
const later = window.setTimeout;
window.setTimeout = (what, after, ...more) => (after >= 3000 ? 0 : later(what, after, ...more));

const pause = (milliseconds) => new Promise((done) => later(done, milliseconds));

window.measure = {
    /** When the page is shown and fonts, drawings and the explorer are there. */
    async settled() {
        while (!document.documentElement.matches(".is-ready") || document.querySelector(".explorer.is-opening")) await pause(10);
        await document.fonts.ready;
        await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        measure.shift ??= [window.shifted, window.moved];
    },

    /** All that is measured at one width, every fold opened, in these themes. */
    async screen(themes) {
        await measure.settled();
        await Promise.all([...document.querySelectorAll("main details:not([open])")].map((fold) => new Promise((done) => {
            fold.addEventListener("toggle", done, { once: true });
            fold.open = true;
        })));
        await measure.settled();
        // The explorer fills its tables when its library has answered.
        for (let waits = 0; waits < 20 && silent().length; waits++) await pause(100);
        return {
            shift: measure.shift,
            overflow: document.documentElement.scrollWidth - innerWidth,
            silent: silent(),
            orphans: orphans(),
            figure: await smallest(),
            letters: letters(),
            contrast: contrast(themes),
        };
    },

    /** What reaches beyond the edge of the paper, which does not scroll: what it is, and how it begins. */
    async cut(width) {
        await measure.settled();
        const parts = document.querySelectorAll("main :is(table, pre, img, svg, .katex-html, p, figure)");
        const begins = (part) => part.alt ?? (part.querySelector("th") ?? part).textContent;
        return [...parts].filter((part) => part.checkVisibility() && part.getBoundingClientRect().right > width + 1)
            .map((part) => `${part.tagName.toLowerCase()}: ${begins(part).trim().slice(0, 40)}`);
    },
};

/** What scrolls sideways and does not say so. */
function silent() {
    return [...document.querySelectorAll("main *")].filter((box) => {
        if (box.scrollWidth <= box.clientWidth + 1 || !box.clientWidth) return false;
        if (box.closest(".scrolls, .katex-mathml, .unseen, .prose thead, textarea, select")) return false;
        return ["auto", "scroll", "hidden"].includes(getComputedStyle(box).overflowX);
    }).map((box) => `${box.tagName.toLowerCase()}.${box.className}: ${box.textContent.trim().slice(0, 40)}`);
}

/** Formulas whose comma or full stop stands on the next line. */
function orphans() {
    return [...document.querySelectorAll("main .katex")].filter((formula) => {
        const after = formula.nextSibling;
        const mark = after?.nodeType === Node.TEXT_NODE && after.data.match(/^\u2060?[,.;:)?]/);
        const last = [...formula.querySelectorAll(".base")].at(-1)?.getBoundingClientRect();
        if (!mark || !last?.width) return false;
        const range = document.createRange();
        range.setStart(after, mark[0].length - 1);
        range.setEnd(after, mark[0].length);
        const at = range.getBoundingClientRect();
        return at.top > last.bottom - 2 || at.right < last.left;
    }).map((formula) => formula.querySelector(".katex-mathml").textContent);
}

/** The smallest text in a figure, in pixels of this screen, and the figure. */
async function smallest() {
    let smallest = [Infinity, ""];
    const see = (drawing, scale, name) => {
        for (const text of drawing.querySelectorAll("text")) {
            const size = parseFloat(getComputedStyle(text).fontSize) * scale;
            if (size < smallest[0]) smallest = [size, `${name}: ${text.textContent}`];
        }
    };
    for (const image of document.querySelectorAll("main img")) {
        const address = image.currentSrc || image.src;
        if (!address.endsWith(".svg") || !image.clientWidth) continue;
        const host = document.createElement("div");
        host.style.cssText = "position: absolute; visibility: hidden;";
        const inside = host.attachShadow({ mode: "open" });
        inside.innerHTML = await (await fetch(address)).text();
        document.body.append(host);
        const drawing = inside.querySelector("svg");
        see(drawing, image.clientWidth / drawing.viewBox.baseVal.width, address.split("/").at(-1));
        host.remove();
    }
    for (const drawing of document.querySelectorAll("main svg[viewBox]")) {
        const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
        if (scale) see(drawing, scale, drawing.getAttribute("aria-label"));
    }
    return smallest[1] ? smallest : null;
}

/** Letters in a full line of the long paragraphs without formulas: their median. */
function letters() {
    const long = [...document.querySelectorAll("main > p")].filter((p) => p.textContent.length > 250 && !p.querySelector(".katex, img"));
    const counts = long.map((p) => {
        const range = document.createRange();
        range.selectNodeContents(p);
        const drawn = [...range.getClientRects()].reduce((sum, box) => sum + box.width, 0);
        return (p.textContent.length / drawn) * p.clientWidth;
    });
    return counts.length ? counts.sort((a, b) => a - b)[Math.floor(counts.length / 2)] : null;
}

/** In each theme the lowest contrast of text below 24 px, and of larger or bold text from 18.66 px. */
function contrast(themes) {
    const texts = new Map(); // What holds text, and how that begins.
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.data.trim()) continue;
        // All of a formula is drawn in the ink of its text; some is said to screen readers alone.
        const element = node.parentElement.closest(".katex") ?? node.parentElement;
        if (!texts.has(element)) texts.set(element, node.data.trim().slice(0, 30));
    }
    for (const element of texts.keys()) {
        if (element.closest(":disabled, script, style, noscript, template, option, .katex-mathml")) texts.delete(element);
    }
    return themes.map((theme) => {
        document.getElementById(`mdbook-theme-${theme}`).click();
        if (!document.documentElement.classList.contains(theme)) throw new Error(`no theme ${theme}`);
        const lowest = { small: [Infinity, ""], large: [Infinity, ""] };
        const behind = grounds();
        for (const [element, text] of texts) {
            if (!visible(element)) continue;
            const style = getComputedStyle(element);
            const ground = behind(element);
            const ink = over(color(element instanceof SVGElement ? style.fill : style.color), ground);
            const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
            const ratio = (light + 0.05) / (dark + 0.05);
            const size = parseFloat(style.fontSize);
            const kind = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? "large" : "small";
            if (ratio < lowest[kind][0]) lowest[kind] = [ratio, `${element.tagName.toLowerCase()}.${element.className?.baseVal ?? element.className}: ${text}`];
        }
        return lowest;
    });
}

function visible(element) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth;
}

function color(text) {
    const numbers = text.match(/[\d.e-]+/g)?.map(Number) ?? [0, 0, 0, 0];
    const unit = text.startsWith("color(srgb") ? 255 : 1;
    const [r, g, b, a = 1] = numbers;
    return [r * unit, g * unit, b * unit, a];
}

const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];

/** The color behind an element: what it and its ancestors paint, on white. */
function grounds() {
    const known = new Map([[null, [255, 255, 255, 1]]]);
    const behind = (element) => {
        if (!known.has(element)) known.set(element, over(color(getComputedStyle(element).backgroundColor), behind(element.parentElement)));
        return known.get(element);
    };
    return behind;
}

function luminance([r, g, b]) {
    const linear = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

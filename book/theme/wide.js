// What a page needs beside its text: a cue at tables and formulas that scroll, a faded edge for the eye
// and a stop for the keyboard; the margins for a wide table; prompts that are seen and not copied; the
// way past the table of contents. Without scripts wide things scroll with the browser's bar.
"use strict";
(() => {
    const main = document.querySelector("main");
    const phone = matchMedia("(max-width: 600px)");
    const room = () => parseFloat(getComputedStyle(main).width);

    // Shown as blocks, tables of prose would be none to a screen reader.
    for (const table of main.querySelectorAll(".prose table")) {
        const roles = { table: [table], rowgroup: table.querySelectorAll("thead, tbody"), row: table.rows, cell: table.querySelectorAll("td"), columnheader: table.querySelectorAll("th") };
        for (const [role, parts] of Object.entries(roles)) for (const part of parts) part.setAttribute("role", role);
    }

    const known = new WeakSet(); // Boxes that may be wide.
    const look = (box) => {
        const table = box.firstElementChild;
        box.classList.remove("scrolls"); // It narrows the first column: measured without.
        if (table?.matches("table")) box.classList.toggle("wide", !phone.matches && table.offsetWidth > room() + 1);
        const hidden = box.scrollWidth - box.clientWidth;
        box.classList.toggle("scrolls", hidden > 1);
        box.classList.toggle("more", hidden - box.scrollLeft > 1);
        if (hidden > 1) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
    };
    const all = () => main.querySelectorAll(".table-wrapper, .katex-display, pre > code").forEach((box) => {
        if (!known.has(box)) {
            known.add(box);
            box.addEventListener("scroll", () => look(box), { passive: true });
        }
        look(box);
    });
    all();
    new ResizeObserver(all).observe(main);
    main.addEventListener("toggle", all, true); // It does not bubble.
    document.fonts?.ready.then(all);

    // The first press of Tab finds the way past the contents, which have moved the focus to this page.
    const skip = document.querySelector(".skip");
    if (skip && !location.hash) {
        skip.removeAttribute("tabindex");
        document.body.prepend(skip);
        document.body.tabIndex = -1;
        document.body.focus({ preventScroll: true });
        document.body.blur();
        document.body.removeAttribute("tabindex");
    }

    for (const code of document.querySelectorAll("main code.language-console")) {
        const lines = code.textContent.split("\n").map((line) => {
            if (!line.startsWith("$ ")) return [line];
            const prompt = document.createElement("span");
            prompt.className = "prompt";
            return [prompt, line.slice(2)];
        });
        code.replaceChildren(...lines.flatMap((line, i) => (i ? ["\n", ...line] : line)));
    }
})();

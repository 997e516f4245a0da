// Tables and formulas that are wider than the page: those that scroll say so, to the eye by a faded
// edge, to the keyboard by a stop. Without scripts they scroll with the browser's bar.
"use strict";
(() => {
    const wide = [...document.querySelectorAll("main .table-wrapper, main .katex-display, main pre > code")];
    const look = (box) => {
        const hidden = box.scrollWidth - box.clientWidth;
        box.classList.toggle("scrolls", hidden > 1);
        box.classList.toggle("more", hidden - box.scrollLeft > 1);
        if (hidden > 1) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
    };
    wide.forEach((box) => box.addEventListener("scroll", () => look(box), { passive: true }));
    const all = () => wide.forEach(look);
    new ResizeObserver(all).observe(document.querySelector("main"));
    document.querySelectorAll("main details").forEach((fold) => fold.addEventListener("toggle", all));
    document.fonts?.ready.then(all);
})();

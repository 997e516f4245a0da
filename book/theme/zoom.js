// Figures: a click, or Enter on one, opens it over the page as large as the window allows; on a phone
// as large as it is drawn, to be moved about. Esc, or a click, closes it. Without scripts a figure is a
// link to its drawing.
"use strict";
(() => {
    const links = [...document.querySelectorAll("main a.zoom")];
    if (!links.length || !window.HTMLDialogElement) return;
    // The page for paper gathers chapters from their folders, and mdBook leaves `srcset` as it was.
    for (const link of links) {
        const small = link.querySelector("source");
        const drawing = link.querySelector("img").src;
        if (small) small.srcset = drawing.replace(/\.svg$/, "-small.svg");
    }
    const dialog = document.createElement("dialog");
    dialog.className = "zoomed";
    const image = document.createElement("img");
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    dialog.append(close, image);
    document.body.append(dialog);
    dialog.addEventListener("click", () => dialog.close());
    // mdBook turns pages with the arrow keys: here they move the drawing.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => image.removeAttribute("src"));
    links.forEach((link) => link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        const shown = link.querySelector("img");
        image.src = shown.currentSrc || shown.src;
        image.alt = shown.alt;
        dialog.setAttribute("aria-label", "Enlarged figure");
        dialog.showModal();
    }));
})();

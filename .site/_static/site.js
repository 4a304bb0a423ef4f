// What is wider than a phone scrolls inside its own box, which keys can reach.
function letKeysScroll() {
  for (const formula of document.querySelectorAll("article .in-line")) {
    formula.classList.toggle("wide", formula.firstChild.getBoundingClientRect().width > formula.parentElement.clientWidth);
  }
  for (const box of document.querySelectorAll(".formula, .in-line.wide, .cell_output > .output, .bpl-scroll, .pst-scrollable-table-container")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}

window.addEventListener("load", letKeysScroll);
window.addEventListener("resize", letKeysScroll);

// A panel's page follows the theme of this one, and tells how high it is.
function dress() {
  const theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  for (const frame of document.querySelectorAll("iframe.panel")) frame.contentWindow?.postMessage({ theme }, "*");
}

new MutationObserver(dress).observe(document.documentElement, { attributeFilter: ["data-theme"] });
window.addEventListener("message", (event) => {
  for (const frame of document.querySelectorAll("iframe.panel")) {
    if (frame.contentWindow !== event.source || !event.data?.height) continue;
    frame.style.height = `${event.data.height + 8}px`;
    dress();
  }
});

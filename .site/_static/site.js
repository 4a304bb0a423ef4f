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

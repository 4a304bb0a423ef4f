// A picture opens at its full size, which a phone needs. Pictures stand in the page itself, so no file is asked for.
document.addEventListener("DOMContentLoaded", () => {
  for (const image of document.querySelectorAll(".cell_output img, .jp-OutputArea-output img")) {
    const large = document.createElement("a");
    large.className = "large";
    large.href = "#";
    large.setAttribute("aria-label", `Open large: ${image.alt}`);
    image.replaceWith(large);
    large.append(image);
    large.addEventListener("click", (event) => {
      event.preventDefault();
      const view = window.open("", "_blank");
      view.document.title = image.alt.slice(0, 80);
      const copy = view.document.body.appendChild(view.document.createElement("img"));
      copy.alt = image.alt;
      copy.src = image.src;
    });
  }
});

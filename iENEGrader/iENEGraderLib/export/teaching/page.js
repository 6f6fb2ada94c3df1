// Brings the parts of the page to life; a part that the page does not have is left out.
function dataOf(key) {
  const block = document.getElementById(key);
  return block && JSON.parse(block.textContent);
}

const stackData = dataOf("stack-data");
for (const figure of document.querySelectorAll("figure.stack")) new Stack(figure, stackData[Number(figure.dataset.stack)]);

const surfaceCanvas = document.getElementById("surface-view");
if (surfaceCanvas) {
  try {
    const switches = [...document.querySelectorAll("[data-mesh]")];
    new SurfaceView(surfaceCanvas, dataOf("surface-data"), switches);
  } catch {
    for (const part of document.querySelectorAll(".surfaces > .scene, .surfaces > figcaption")) part.hidden = true;
    document.querySelector(".no-webgl").hidden = false;
  }
}

const annotations = document.getElementById("annotations");
if (annotations) {
  const toggle = () => {
    const shown = annotations.getAttribute("aria-pressed") !== "true";
    annotations.setAttribute("aria-pressed", String(shown));
    document.body.classList.toggle("clean", !shown);
  };
  annotations.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]):not([type=range]), select, textarea");
    if (event.key.toLowerCase() === "a" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) toggle();
  });
}

// Between a node's images and its questions; the address keeps the answers that it may hold.
for (const link of document.querySelectorAll("a.jump")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const target = document.getElementById(link.getAttribute("href").slice(1));
    target.scrollIntoView({ block: "start" });
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  });
}

new Quiz(document.getElementById("quiz-form"), document.getElementById("answers"));

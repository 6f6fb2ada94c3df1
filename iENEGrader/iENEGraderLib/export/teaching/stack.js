// Stacks of sections: one canvas each, a window of grey, outlines above it.
const SECTIONS_PER_PAGE = 5;
const DRAG_PIXELS_PER_SECTION = 6;

class Stack {
  constructor(figure, data) {
    this.data = data;
    this.view = figure.querySelector(".view");
    this.canvas = figure.querySelector("canvas");
    this.slider = figure.querySelector(".section");
    this.place = figure.querySelector(".place");
    this.outlines = figure.querySelector(".outlines");
    this.windowChoice = figure.querySelector(".window");
    this.pictures = new Map();
    this.shown = data.start;
    this.listen(figure);
    this.show(data.start);
  }

  listen(figure) {
    this.slider.addEventListener("input", () => this.show(Number(this.slider.value) - 1));
    this.outlines.addEventListener("change", () => this.draw());
    this.windowChoice?.addEventListener("change", () => this.draw());
    this.view.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.view.addEventListener("keydown", (event) => this.key(event));
    this.view.addEventListener("pointerdown", (event) => this.drag(event));
    for (const each of figure.querySelectorAll("[data-section]"))
      each.addEventListener("click", () => this.show(Number(each.dataset.section) - 1));
  }

  wheel(event) {
    if (event.ctrlKey || event.deltaY === 0) return;
    // At either end the page scrolls on.
    if (this.show(this.shown + Math.sign(event.deltaY))) event.preventDefault();
  }

  key(event) {
    const steps = {
      ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1,
      PageUp: -SECTIONS_PER_PAGE, PageDown: SECTIONS_PER_PAGE, Home: -Infinity, End: Infinity,
    };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.show(this.shown + steps[event.key]);
  }

  drag(event) {
    const begin = { x: event.clientX, section: this.shown };
    const move = (moved) => this.show(begin.section + Math.round((moved.clientX - begin.x) / DRAG_PIXELS_PER_SECTION));
    const end = () => {
      this.view.removeEventListener("pointermove", move);
      for (const kind of ["pointerup", "pointercancel"]) this.view.removeEventListener(kind, end);
    };
    this.view.setPointerCapture(event.pointerId);
    this.view.addEventListener("pointermove", move);
    for (const kind of ["pointerup", "pointercancel"]) this.view.addEventListener(kind, end);
  }

  show(number) {
    const last = this.data.sections.length - 1;
    const wanted = Math.min(Math.max(number, 0), last);
    const changed = wanted !== this.shown;
    this.shown = wanted;
    const words = `section ${wanted + 1} of ${last + 1}, ${this.data.sections[wanted].place}`;
    this.slider.value = String(wanted + 1);
    this.slider.setAttribute("aria-valuetext", words);
    this.view.setAttribute("aria-valuenow", String(wanted + 1));
    this.view.setAttribute("aria-valuetext", words);
    this.place.textContent = words;
    this.draw();
    return changed;
  }

  picture(number) {
    if (!this.pictures.has(number)) {
      const picture = new Image();
      picture.addEventListener("load", () => number === this.shown && this.draw());
      picture.src = this.data.sections[number].picture;
      this.pictures.set(number, picture);
    }
    return this.pictures.get(number);
  }

  draw() {
    const picture = this.picture(this.shown);
    for (const next of [this.shown - 1, this.shown + 1]) if (this.data.sections[next]) this.picture(next);
    if (!picture.complete || !picture.naturalWidth) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.windowed(picture), 0, 0, this.canvas.width, this.canvas.height);
    if (this.outlines.checked) this.drawOutlines(context, this.canvas.width / picture.naturalWidth);
  }

  windowed(picture) {
    const window = this.data.windows[this.windowChoice ? Number(this.windowChoice.value) : 0];
    if (!window) return picture;
    const [low, high] = window;
    const hidden = document.createElement("canvas");
    [hidden.width, hidden.height] = [picture.naturalWidth, picture.naturalHeight];
    const context = hidden.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    const pixels = context.getImageData(0, 0, hidden.width, hidden.height);
    for (let at = 0; at < pixels.data.length; at += 4) {
      const grey = (255 * (pixels.data[at] - low)) / (high - low);
      pixels.data[at] = pixels.data[at + 1] = pixels.data[at + 2] = grey;
    }
    context.putImageData(pixels, 0, 0);
    return hidden;
  }

  drawOutlines(context, scale) {
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.font = "600 10px system-ui, sans-serif";
    for (const [name, colour, path] of this.data.sections[this.shown].outlines) {
      context.strokeStyle = colour;
      context.lineWidth = 1.1;
      context.stroke(new Path2D(path));
      const [x, y] = rightmost(path);
      context.lineWidth = 2.5;
      context.strokeStyle = "#000";
      context.strokeText(name, x + 3, y + 3);
      context.fillStyle = colour;
      context.fillText(name, x + 3, y + 3);
    }
  }
}

function rightmost(path) {
  const points = [...path.matchAll(/([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  return points.reduce((best, point) => (point[0] > best[0] ? point : best));
}

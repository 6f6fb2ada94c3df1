// Surfaces to turn: a small WebGL viewer. Nothing moves by itself.
const VERTEX_SHADER = `
attribute vec3 place; attribute vec3 normal;
uniform mat3 turn; uniform vec3 shape; uniform float depth;
varying vec3 facing;
void main() {
  vec3 seen = turn * place;
  facing = turn * normal;
  gl_Position = vec4(seen.x * shape.x, seen.y * shape.y, -seen.z * depth, 1.0);
}`;
const FRAGMENT_SHADER = `
precision mediump float;
uniform vec4 colour; varying vec3 facing;
void main() {
  float lit = abs(normalize(facing).z);
  gl_FragColor = vec4(colour.rgb * (0.25 + 0.75 * lit), colour.a);
}`;
const TURN_PER_PIXEL = 0.008, TURN_PER_KEY = 0.15, SIZE_STEP = 1.15;
// Columns for right, anterior, superior: where they point on the screen. The head is up in all of them.
const VIEWS = {
  front: [-1, 0, 0, 0, 0, 1, 0, 1, 0],
  right: [0, 0, 1, 1, 0, 0, 0, 1, 0],
  left: [0, 0, -1, -1, 0, 0, 0, 1, 0],
  behind: [1, 0, 0, 0, 0, -1, 0, 1, 0],
};
// A direction gets a second letter when it deviates by more than about 20 degrees.
const SECOND_LETTER = 0.35;

class SurfaceView {
  constructor(canvas, data, switches) {
    this.canvas = canvas;
    this.words = document.getElementById("seen-from");
    this.letters = canvas.parentElement.querySelectorAll(".side");
    this.gl = canvas.getContext("webgl", { antialias: true, preserveDrawingBuffer: true });
    if (!this.gl) throw new Error("no WebGL");
    this.radius = data.radius_mm;
    this.turned = VIEWS.front;
    this.size = 1;
    this.program = this.compiled();
    this.meshes = data.meshes.map((mesh) => this.loaded(mesh, data.mm_per_step));
    this.switches = switches;
    this.listen();
    this.draw();
  }

  compiled() {
    const gl = this.gl, program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX_SHADER], [gl.FRAGMENT_SHADER, FRAGMENT_SHADER]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error("no shader");
    return program;
  }

  loaded(mesh, mmPerStep) {
    const gl = this.gl;
    const places = Float32Array.from(new Int16Array(bytesOf(mesh.points)), (step) => step * mmPerStep);
    const triangles = mesh.bytes === 2 ? new Uint16Array(bytesOf(mesh.triangles)) : new Uint32Array(bytesOf(mesh.triangles));
    if (mesh.bytes === 4 && !gl.getExtension("OES_element_index_uint")) throw new Error("no large surfaces");
    const buffer = (kind, values) => {
      const made = gl.createBuffer();
      gl.bindBuffer(kind, made);
      gl.bufferData(kind, values, gl.STATIC_DRAW);
      return made;
    };
    return {
      colour: [...mesh.colour, mesh.opacity],
      places: buffer(gl.ARRAY_BUFFER, places),
      normals: buffer(gl.ARRAY_BUFFER, normalsOf(places, triangles)),
      triangles: buffer(gl.ELEMENT_ARRAY_BUFFER, triangles),
      count: triangles.length,
      type: mesh.bytes === 2 ? gl.UNSIGNED_SHORT : gl.UNSIGNED_INT,
    };
  }

  listen() {
    for (const each of this.switches) each.addEventListener("change", () => this.draw());
    this.canvas.addEventListener("pointerdown", (event) => this.drag(event));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    for (const button of document.querySelectorAll("[data-view]"))
      button.addEventListener("click", () => this.show(VIEWS[button.dataset.view], 1));
    for (const button of document.querySelectorAll("[data-size]"))
      button.addEventListener("click", () => this.show(this.turned, this.size * SIZE_STEP ** Number(button.dataset.size)));
  }

  show(turned, size) {
    this.turned = turned;
    this.size = size;
    this.draw();
  }

  drag(event) {
    let last = event;
    const move = (moved) => {
      this.turn((moved.clientX - last.clientX) * TURN_PER_PIXEL, (moved.clientY - last.clientY) * TURN_PER_PIXEL);
      last = moved;
    };
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.addEventListener("pointermove", move);
    const end = () => this.canvas.removeEventListener("pointermove", move);
    for (const kind of ["pointerup", "pointercancel"]) this.canvas.addEventListener(kind, end, { once: true });
  }

  key(event) {
    const turns = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const sizes = { "+": SIZE_STEP, "=": SIZE_STEP, "-": 1 / SIZE_STEP };
    if (event.key in turns) this.turn(...turns[event.key].map((step) => step * TURN_PER_KEY));
    else if (event.key in sizes) this.size *= sizes[event.key];
    else return;
    event.preventDefault();
    this.draw();
  }

  turn(across, down) {
    const [ca, sa, cd, sd] = [Math.cos(across), Math.sin(across), Math.cos(down), Math.sin(down)];
    this.turned = product([1, 0, 0, 0, cd, sd, 0, -sd, cd], product([ca, 0, -sa, 0, 1, 0, sa, 0, ca], this.turned));
    this.draw();
  }

  draw() {
    const gl = this.gl, { width, height } = this.canvas;
    const scale = (1.9 * this.size * Math.min(width, height)) / (2 * this.radius);
    gl.viewport(0, 0, width, height);
    gl.clearColor(0.07, 0.07, 0.09, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    gl.useProgram(this.program);
    gl.uniformMatrix3fv(gl.getUniformLocation(this.program, "turn"), false, this.turned);
    gl.uniform3f(gl.getUniformLocation(this.program, "shape"), scale / width, scale / height, 1);
    gl.uniform1f(gl.getUniformLocation(this.program, "depth"), 0.9 / this.radius);
    const shown = this.meshes.filter((_, number) => this.switches[number].checked);
    this.drawMeshes(shown.filter((mesh) => mesh.colour[3] >= 1), true);
    this.drawMeshes(shown.filter((mesh) => mesh.colour[3] < 1), false);
    this.words.textContent = `Seen from ${sideToward(this.turned)}.`;
    const [x, y] = [0, 1].map((row) => [0, 3, 6].map((column) => this.turned[column + row]));
    const edges = [x.map((part) => -part), x, y, y.map((part) => -part)];
    for (const [n, letter] of this.letters.entries()) letter.textContent = lettersOf(edges[n]);
  }

  drawMeshes(meshes, solid) {
    const gl = this.gl;
    gl.depthMask(solid);
    if (solid) gl.disable(gl.BLEND);
    else gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    for (const mesh of meshes) {
      for (const [name, values] of [["place", mesh.places], ["normal", mesh.normals]]) {
        const at = gl.getAttribLocation(this.program, name);
        gl.bindBuffer(gl.ARRAY_BUFFER, values);
        gl.enableVertexAttribArray(at);
        gl.vertexAttribPointer(at, 3, gl.FLOAT, false, 0, 0);
      }
      gl.uniform4fv(gl.getUniformLocation(this.program, "colour"), mesh.colour);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, mesh.triangles);
      gl.drawElements(gl.TRIANGLES, mesh.count, mesh.type, 0);
    }
    gl.depthMask(true);
  }
}

// Which side of the patient faces the viewer: the strongest part of what points at him.
function sideToward(turned) {
  const sides = [["the right", "the left"], ["the front", "behind"], ["above", "below"]];
  const toward = [turned[2], turned[5], turned[8]];
  const axis = toward.reduce((best, part, n) => (Math.abs(part) > Math.abs(toward[best]) ? n : best), 0);
  return sides[axis][toward[axis] > 0 ? 0 : 1];
}

// The side of the patient that a direction points to, the stronger of two first.
function lettersOf(direction) {
  const pairs = ["LR", "PA", "IS"];
  const order = [0, 1, 2].sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a])).slice(0, 2);
  const strong = order.filter((axis, n) => n === 0 || Math.abs(direction[axis]) > SECOND_LETTER);
  return strong.map((axis) => pairs[axis][direction[axis] > 0 ? 1 : 0]).join("");
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

// Mean of the normals of the triangles round each point, weighted by their areas.
function normalsOf(places, triangles) {
  const normals = new Float32Array(places.length);
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [3 * triangles[at], 3 * triangles[at + 1], 3 * triangles[at + 2]];
    const u = [0, 1, 2].map((n) => places[b + n] - places[a + n]);
    const v = [0, 1, 2].map((n) => places[c + n] - places[a + n]);
    const across = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    for (const corner of [a, b, c]) for (const n of [0, 1, 2]) normals[corner + n] += across[n];
  }
  return normals;
}

// Product of two matrices of three columns.
function product(first, second) {
  const made = new Array(9).fill(0);
  for (let column = 0; column < 3; column += 1)
    for (let row = 0; row < 3; row += 1)
      for (let n = 0; n < 3; n += 1) made[3 * column + row] += first[3 * n + row] * second[3 * column + n];
  return made;
}

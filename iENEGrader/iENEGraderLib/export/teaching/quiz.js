// The quiz: the answers stay hidden until they are asked for, then each stands beside what was answered here.
const SHOW = "#reveal";
const WHOSE = { grade: "the reader", category: "the rules say", question: "the teacher" };

class Quiz {
  constructor(form, answers) {
    this.form = form;
    this.answers = answers;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      history.replaceState(null, "", `${SHOW}${this.written()}`);
      this.reveal();
      document.getElementById("answer").closest("section").focus();
    });
    form.addEventListener("reset", () => {
      history.replaceState(null, "", "#quiz");
      this.answers.hidden = true;
      document.body.classList.remove("revealed");
    });
    if (location.hash.startsWith(SHOW)) {
      this.fill(new URLSearchParams(location.hash.slice(SHOW.length)));
      this.reveal();
    }
  }

  // What was answered, for the address of the page.
  written() {
    const given = [...new FormData(this.form)].filter(([, value]) => value !== "");
    return given.map(([name, value]) => `&${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("");
  }

  fill(given) {
    for (const control of this.form.elements) {
      if (!given.has(control.name)) continue;
      if (control.type === "checkbox") control.checked = true;
      else if (control.type === "radio") control.checked = control.value === given.get(control.name);
      else control.value = given.get(control.name);
    }
  }

  reveal() {
    const given = new FormData(this.form);
    const agreed = [0, 0];
    for (const line of this.answers.querySelectorAll("p[data-field]")) {
      const agrees = this.compareChoice(line, given.get(line.dataset.field) ?? "");
      if (agrees === null) continue;
      agreed[0] += agrees ? 1 : 0;
      agreed[1] += 1;
    }
    for (const node of this.answers.querySelectorAll(".node-answers > article")) this.compareNode(node, given);
    const score = document.getElementById("score");
    score.textContent = agreed[1]
      ? `You agree in ${agreed[0]} of ${agreed[1]} answers on grades, N categories and questions.`
      : "You gave no grade and no category to compare.";
    this.answers.hidden = false;
    document.body.classList.add("revealed");
  }

  compareChoice(line, mine) {
    if (mine === "") return mark(line, null, "");
    const words = `you: ${line.dataset.kind === "question" ? this.labelOf(line.dataset.field) : mine}`;
    const whose = WHOSE[line.dataset.kind];
    if (line.dataset.right.split(" ").includes(mine)) return mark(line, true, `${words}, as ${whose}`);
    if ((line.dataset.also ?? "").split(" ").includes(mine)) return mark(line, true, `${words}, also possible`);
    return mark(line, false, `${words}, not as ${whose}`);
  }

  labelOf(field) {
    return [...this.form.elements[field]].find((each) => each.checked).closest("label").textContent.trim();
  }

  compareNode(node, given) {
    const findings = [...node.querySelectorAll("li[data-field]")];
    const begun = findings.some((line) => given.has(line.dataset.field));
    let quiet = 0;
    for (const line of findings) {
      const ticked = given.has(line.dataset.field), right = line.dataset.right === "on";
      const nothing = line.classList.contains("quiet") && !ticked;
      line.hidden = nothing;
      quiet += nothing ? 1 : 0;
      if (ticked) mark(line, right, right ? "you: unequivocal, as the reader" : "you: unequivocal, not as the reader");
      else mark(line, begun ? !right : null, begun && right ? "you did not tick it" : "");
    }
    node.querySelector(".rest").textContent = quiet ? `${quiet} other findings: absent or not assessed.` : "";
  }
}

// Write what was answered beside the reader's answer. The sign tells as well as the colour.
function mark(line, agrees, words) {
  const yours = line.querySelector(".yours");
  yours.className = `yours ${agrees === null || words === "" ? "" : agrees ? "right" : "wrong"}`.trim();
  yours.textContent = words && `${agrees ? "\u2713" : "\u2717"} ${words}`;
  return agrees;
}

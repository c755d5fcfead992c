// answers are spread, links are given anew, and of two marks one is taken
import { post, DONE } from "./posting.js";

async function told(place, path, asked) {
  const answer = await post(path, asked);
  document.querySelector(place).textContent = answer.kind === DONE ? answer.said.said : answer.said.error;
}

document.querySelector("#spread")?.addEventListener("submit", (event) => {
  event.preventDefault();
  told("#spread-said", "/api/spread", { double: Number(event.target.double.value) });
});
for (const button of document.querySelectorAll("[data-renew]")) {
  button.addEventListener("click", () => told("#renew-said", "/api/renew", { name: button.dataset.renew }));
}
for (const button of document.querySelectorAll("[data-choose]")) {
  const { choose: name, row, item, check } = button.dataset;
  button.addEventListener("click", () => told("#choose-said", "/api/choose", { name, row: Number(row), item, check }));
}

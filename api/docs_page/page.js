// Shows openapi.json as a page, and sends requests of it. No library, no foreign host.
"use strict";

const make = (tag, text = "", kind = "") => {
  const element = document.createElement(tag);
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
};

const resolve = (root, schema) => {
  if (!schema || !schema.$ref) return schema || {};
  return schema.$ref.slice(2).split("/").reduce((place, name) => place[name], root);
};

const typeOf = (root, schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const either = schema.anyOf || schema.oneOf;
  if (either) return either.map((one) => typeOf(root, one)).join(" | ");
  if (schema.type === "array") return `[${typeOf(root, schema.items)}]`;
  return schema.format ? `${schema.type} (${schema.format})` : schema.type || "any";
};

const fieldTable = (root, schema, depth = 0) => {
  const whole = resolve(root, schema);
  const table = make("table");
  for (const [name, field] of Object.entries(whole.properties || {})) {
    const row = table.insertRow();
    const needed = (whole.required || []).includes(name);
    row.append(make("td"), make("td"), make("td"));
    row.cells[0].append(make("code", name + (needed ? " *" : "")));
    row.cells[1].append(make("span", typeOf(root, field), "quiet"));
    row.cells[2].append(make("span", field.description || resolve(root, field).description || ""));
    const inner = resolve(root, field.items || field);
    if (depth < 3 && inner.properties) row.cells[2].append(fieldTable(root, field.items || field, depth + 1));
  }
  return table;
};

const exampleOf = (root, body) => {
  if (!body) return "";
  if (body.example !== undefined) return body.example;
  const schema = resolve(root, body.schema);
  const sample = {};
  for (const [name, field] of Object.entries(schema.properties || {})) {
    const known = field.examples || resolve(root, field).examples;
    if (known) sample[name] = known[0];
    else if ((schema.required || []).includes(name)) sample[name] = field.type === "integer" ? 1 : "";
  }
  return sample;
};

const send = async (method, path, inputs, body, output) => {
  const address = new URL(path.replace(/{(\w+)}/g, (_, name) => encodeURIComponent(inputs[`path ${name}`].value)), location.origin);
  for (const [name, input] of Object.entries(inputs)) {
    if (name.startsWith("query ") && input.value) address.searchParams.append(name.slice(6), input.value);
  }
  const headers = {};
  const key = document.getElementById("key").value.trim();
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body) headers["Content-Type"] = body.dataset.type;
  output.textContent = "…";
  try {
    const answer = await fetch(address, { method, headers, body: body ? body.value : undefined });
    const text = await answer.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
    output.textContent = `${answer.status} ${answer.statusText}\n${shown}`;
  } catch (error) {
    output.textContent = `No answer: ${error}`;
  }
};

const trial = (root, method, path, operation) => {
  const form = make("div");
  const inputs = {};
  for (const parameter of operation.parameters || []) {
    if (parameter.in === "header") continue;
    const label = make("label", `${parameter.name} `);
    const input = make("input");
    input.placeholder = parameter.description || "";
    const known = parameter.schema && parameter.schema.examples;
    if (parameter.in === "path" && known) input.value = known[0];
    inputs[`${parameter.in} ${parameter.name}`] = input;
    label.append(input);
    form.append(label, document.createTextNode(" "));
  }
  let body = null;
  const content = operation.requestBody && Object.entries(operation.requestBody.content)[0];
  if (content) {
    body = make("textarea");
    body.dataset.type = content[0];
    const example = exampleOf(root, content[1]);
    body.value = typeof example === "string" ? example : JSON.stringify(example, null, 2);
    form.append(body);
  }
  const output = make("pre");
  const button = make("button", "Send");
  button.addEventListener("click", () => send(method.toUpperCase(), path, inputs, body, output));
  form.append(button, output);
  return form;
};

const answers = (root, operation) => {
  const list = make("table");
  for (const [status, answer] of Object.entries(operation.responses)) {
    const row = list.insertRow();
    row.append(make("td"), make("td"));
    row.cells[0].append(make("code", status));
    row.cells[1].append(make("span", answer.description || ""));
    const content = answer.content && Object.values(answer.content)[0];
    if (content && content.schema) row.cells[1].append(make("span", ` ${typeOf(root, content.schema)}`, "quiet"));
  }
  return list;
};

const show = (root, method, path, operation) => {
  const box = make("details");
  box.dataset.words = `${method} ${path} ${operation.summary || ""} ${operation.description || ""}`.toLowerCase();
  const head = make("summary");
  head.append(make("span", method.toUpperCase(), "method"), make("code", path), make("span", ` ${operation.summary || ""}`, "quiet"));
  box.append(head);
  box.addEventListener("toggle", () => {
    if (!box.open || box.childElementCount > 1) return;
    const inside = make("div");
    inside.append(make("p", operation.description || ""));
    const content = operation.requestBody && Object.values(operation.requestBody.content)[0];
    if (content) inside.append(make("h3", "Body"), fieldTable(root, content.schema));
    inside.append(make("h3", "Answers"), answers(root, operation), make("h3", "Try it"), trial(root, method, path, operation));
    box.append(inside);
  });
  return box;
};

const begin = async () => {
  const root = await (await fetch("/openapi.json")).json();
  document.getElementById("title").textContent = `${root.info.title} ${root.info.version}`;
  document.getElementById("about").textContent = root.info.description;
  const place = document.getElementById("operations");
  place.replaceChildren();
  const groups = new Map();
  for (const [path, methods] of Object.entries(root.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const group = (operation.tags || ["Other"])[0];
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(show(root, method, path, operation));
    }
  }
  for (const [name, boxes] of groups) place.append(make("h2", name), ...boxes);
  const facts = make("details");
  facts.append(make("summary", "Facts by kind: the fields of data"), make("pre", JSON.stringify(root.components.schemas.FactsByKind, null, 2)));
  place.append(make("h2", "Shapes"), facts);
  for (const [name, schema] of Object.entries(root.components.schemas)) {
    if (!schema.properties) continue;
    const box = make("details");
    box.append(make("summary", name), make("p", schema.description || ""), fieldTable(root, schema));
    box.dataset.words = name.toLowerCase();
    place.append(box);
  }
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const box of document.querySelectorAll("details[data-words]")) box.hidden = !box.dataset.words.includes(wanted);
  });
};

begin();

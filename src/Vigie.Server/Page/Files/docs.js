// Draws the OpenAPI description as a page to read.
function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content.filter((part) => part !== undefined && part !== null));
  return made;
}

const api = await (await fetch("openapi/v1.json")).json();
const resolve = (schema) => (schema?.$ref ? { ...api.components.schemas[schema.$ref.split("/").at(-1)], ...schema } : schema);

function typeOf(schema) {
  const known = resolve(schema);
  const options = (known.anyOf ?? known.oneOf)?.filter((option) => option.type !== "null");
  if (options) return options.map(typeOf).join(" or ");
  if (known.enum) return known.enum.filter((value) => value !== null).join(" | ");
  const types = [known.type ?? "object"].flat().filter((type) => type !== "null");
  return types.map((type) => (type === "array" ? `array of ${typeOf(known.items ?? {})}` : type)).join(" or ");
}

function fields(schema) {
  let known = resolve(schema);
  if ([known.type].flat().includes("array")) known = resolve(known.items);
  const list = element("dl", "fields");
  for (const [name, property] of Object.entries(known.properties ?? {})) {
    const required = known.required?.includes(name) ? "" : ", optional";
    list.append(element("dt", "", element("code", "", name), element("small", "", typeOf(property) + required)), element("dd", "", property.description ?? resolve(property).description ?? ""));
  }
  return list.children.length ? list : undefined;
}

function example(content) {
  const value = content?.example ?? Object.values(content?.examples ?? {})[0]?.value;
  return value === undefined ? undefined : element("pre", "code", element("code", "", typeof value === "string" ? value : JSON.stringify(value, null, 2)));
}

function body(title, contents) {
  if (!contents) return [];
  const [type, content] = Object.entries(contents)[0];
  return [element("h3", "", `${title} `, element("code", "", Object.keys(contents).join(", ") || type)), example(content), fields(content.schema)];
}

function operation(path, method, described) {
  const card = element("section", "card", element("h2", "", element("span", `verb ${method}`, method.toUpperCase()), element("code", "", path)));
  card.append(element("p", "lead", [described.summary, described.description].filter(Boolean).join(". ").replace(/\.\. /g, ". ")));
  if (described.parameters?.length) {
    const list = element("dl", "fields");
    for (const parameter of described.parameters)
      list.append(element("dt", "", element("code", "", parameter.name), element("small", "", `${parameter.in}, ${typeOf(parameter.schema)}`)), element("dd", "", parameter.description ?? ""));
    card.append(element("h3", "", "Parameters"), list);
  }
  card.append(...body("Send", described.requestBody?.content).filter(Boolean));
  for (const [status, response] of Object.entries(described.responses))
    if (status.startsWith("2")) card.append(...body("Get", response.content).filter(Boolean));
  const refusals = Object.entries(described.responses).filter(([status]) => !status.startsWith("2"));
  if (refusals.length) card.append(element("h3", "", "Refused with"), element("p", "lead", refusals.map(([status, response]) => `${status} ${response.description}`).join(", "), ", as application/problem+json"));
  return card;
}

document.getElementById("about").textContent = "The API";
const page = document.getElementById("operations");
page.append(element("p", "lead", api.info.description));
for (const [path, methods] of Object.entries(api.paths))
  for (const [method, described] of Object.entries(methods)) page.append(operation(path, method, described));

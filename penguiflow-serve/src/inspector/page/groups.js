// The fields of a form for values that contain others: objects, lists, alternatives, and what may be
// left out.

import { fill, h, newId } from "./dom.js";
import { fits, nameOf, resolved, tagOf, withoutNull } from "./schema.js";

/** Parts under a name, by a `fieldset`; without a name they stand by themselves. */
function group(label, about, ...parts) {
  const help = about && h("p", { class: "help" }, about);
  if (!label) return h("div", { class: "group" }, help, parts);
  return h("fieldset", {}, h("legend", {}, label), help, parts);
}

export function objectField(schema, context, given) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties).map(([key, inner]) => {
    const [beside, value] = [{ label: key }, given?.[key]];
    const one = resolved(inner, context.root);
    const isOptional = !required.has(key) && one?.default === undefined;
    // What may be left out need not also be null.
    const field = isOptional
      ? optionalField(withoutNull(one ?? {}, context.root) ?? inner, { ...context, ...beside }, value, false)
      : context.make(inner, beside, value);
    return [key, field];
  });
  const parts = new Map(fields);
  // What the form has no field for is sent as it was.
  const others = Object.entries(given ?? {}).filter(([key]) => !parts.has(key));
  const value = () => {
    const all = fields.map(([key, field]) => [key, field.value()]).filter(([, value]) => value !== undefined);
    return Object.fromEntries([...others, ...all]);
  };
  const refuse = ([key, ...rest], text) => parts.get(key)?.refuse(rest, text) ?? false;
  const clear = () => parts.forEach((field) => field.clear());
  const elements = fields.map(([, field]) => field.element);
  return { element: group(context.label, schema.description, elements), value, refuse, clear };
}

/** A value that may be left out, or be null. */
export function optionalField(schema, context, given, isNull) {
  const label = context.label ?? "Value";
  const id = newId("given");
  const box = h("input", { type: "checkbox", id });
  const place = h("div", { class: "inner", hidden: true });
  let inner = null;
  const show = () => {
    if (box.checked && !inner) {
      inner = context.make(schema, { label: null, hint: label }, given ?? undefined);
      fill(place, inner.element);
      nameAfter(place, label);
    }
    place.hidden = !box.checked;
  };
  box.checked = given !== undefined && given !== null;
  box.addEventListener("change", () => {
    show();
    if (box.checked) place.querySelector("input, textarea, select, button")?.focus();
  });
  show();
  const head = h("div", { class: "given" }, box, h("label", { for: id }, label, h("span", { class: "hint" }, "optional")));
  const element = h("div", { class: "field optional" }, head, place);
  const value = () => (box.checked ? inner.value() : isNull ? null : undefined);
  const refuse = (path, text) => box.checked && inner.refuse(path, text);
  return { element, value, refuse, clear: () => inner?.clear() };
}

/** The one control inside has the name of what it is for. */
function nameAfter(place, label) {
  const control = place.querySelector("input, textarea, select");
  if (control && !place.querySelector("label, legend")) control.setAttribute("aria-label", label);
}

export function listField(schema, context, given) {
  const items = [];
  const list = h("ol", { class: "items" });
  const most = schema.maxItems ?? Infinity;
  const more = h("button", { type: "button", class: "quiet", onclick: () => add(undefined, true) }, "+ Add");
  const problem = h("p", { class: "problem", role: "alert", hidden: true });

  function add(value, isFocused) {
    const field = context.make(schema.items ?? true, { label: null }, value);
    const drop = h("button", { type: "button", class: "quiet", "aria-label": "Remove this one" }, "Remove");
    const element = h("li", {}, field.element, drop);
    const item = { field, element };
    drop.addEventListener("click", () => {
      items.splice(items.indexOf(item), 1);
      element.remove();
      more.disabled = items.length >= most;
      more.focus();
    });
    items.push(item);
    list.append(element);
    more.disabled = items.length >= most;
    if (isFocused) element.querySelector("input, textarea, select")?.focus();
  }

  const first = given ?? Array.from({ length: schema.minItems ?? 0 });
  first.forEach((value) => add(value, false));
  const show = (text) => {
    problem.hidden = !text;
    problem.textContent = text ?? "";
    return true;
  };
  const value = () => {
    if (items.length < (schema.minItems ?? 0)) {
      const text = `at least ${schema.minItems} of these`;
      show(text);
      throw new Error(context.label ? `${context.label}: ${text}` : text);
    }
    return items.map((item) => item.field.value());
  };
  const refuse = ([place, ...rest], text) =>
    place === undefined ? show(text) : items[Number(place)]?.field.refuse(rest, text) ?? false;
  const clear = () => {
    show(null);
    items.forEach((item) => item.field.clear());
  };
  return { element: group(context.label ?? context.hint, schema.description, list, more, problem), value, refuse, clear };
}

/** A list in which each place has a schema of its own. */
export function tupleField(schema, context, given) {
  const fields = schema.prefixItems.map((inner, place) => context.make(inner, { label: `${place + 1}` }, given?.[place]));
  return {
    element: group(context.label ?? context.hint, schema.description, fields.map((field) => field.element)),
    value: () => fields.map((field) => field.value()),
    refuse: ([place, ...rest], text) => fields[Number(place)]?.refuse(rest, text) ?? false,
    clear: () => fields.forEach((field) => field.clear()),
  };
}

/** An object with names of the user's choice. */
export function mapField(schema, context, given) {
  const inner = typeof schema.additionalProperties === "object" ? schema.additionalProperties : true;
  const entry = {
    type: "object",
    properties: { name: { type: "string", minLength: 1 }, value: inner },
    required: ["name", "value"],
  };
  const entries = Object.entries(given ?? {}).map(([name, value]) => ({ name, value }));
  const list = listField({ items: entry, description: schema.description }, context, entries);
  const value = () => Object.fromEntries(list.value().map(({ name, value }) => [name, value]));
  const refuse = ([name, ...rest], text) => {
    const place = list.value().findIndex((entry) => entry.name === name);
    return place >= 0 && list.refuse([place, "value", ...rest], text);
  };
  return { ...list, value, refuse };
}

/** One of several alternatives. What was typed for one is kept while another is looked at. */
export function unionField(schema, context, given) {
  const all = schema.oneOf ?? schema.anyOf;
  const beside = schema.properties ? { properties: schema.properties, required: schema.required } : null;
  const name = newId("alternative");
  const place = h("div", { class: "inner" });
  const fields = new Map();
  const found = given === undefined ? -1 : all.findIndex((one) => fits(given, one, context.root));
  let chosen = Math.max(0, found);
  const radios = all.map((one, number) => {
    const id = newId("choice");
    const radio = h("input", { type: "radio", name, id, checked: number === chosen, onchange: () => show(number) });
    const about = resolved(one, context.root)?.description;
    return h("span", { class: "choice" }, radio, h("label", { for: id, title: about }, nameOf(one, context.root, number)));
  });

  function show(number) {
    chosen = number;
    if (!fields.has(number)) {
      const value = number === found ? given : undefined;
      fields.set(number, alternative(all[number], beside, context, value));
    }
    fill(place, fields.get(number).element);
    place.hidden = !fields.get(number).element.hasChildNodes();
  }

  show(chosen);
  const choice = h("div", { class: "choices", role: "radiogroup", "aria-label": context.label ?? "Which" }, radios);
  return {
    element: group(context.label ?? context.hint, schema.description, choice, place),
    value: () => fields.get(chosen).value(),
    refuse: (path, text) => fields.get(chosen).refuse(path, text),
    clear: () => fields.get(chosen).clear(),
  };
}

/** The fields of an alternative. What says which one it is has no field. */
function alternative(schema, beside, context, given) {
  const one = resolved(schema, context.root);
  const tag = one && typeof one === "object" ? tagOf(one, context.root) : null;
  if (one?.const !== undefined || one?.enum?.length === 1) return fixed(one.const ?? one.enum[0]);
  if (tag?.inner !== undefined) return wrapped(tag, context, given);
  if (!tag && !beside) return context.make(schema, { label: null }, given);
  const properties = { ...beside?.properties, ...one.properties };
  const required = [...(beside?.required ?? []), ...(one.required ?? [])];
  if (tag?.key) delete properties[tag.key];
  const rest = tag?.key ? required.filter((key) => key !== tag.key) : required;
  const field = context.make({ type: "object", properties, required: rest }, { label: null }, given);
  const value = () => (tag?.key ? { ...field.value(), [tag.key]: tag.name } : field.value());
  return { ...field, value };
}

function fixed(value) {
  return { element: h("div"), value: () => value, refuse: () => false, clear: () => {} };
}

/** `{ Approve: … }`, whose inside alone has fields. */
function wrapped({ name, inner }, context, given) {
  const field = context.make(inner, { label: null }, given?.[name]);
  const refuse = (path, text) => field.refuse(path[0] === name ? path.slice(1) : path, text);
  return { ...field, value: () => ({ [name]: field.value() }), refuse };
}

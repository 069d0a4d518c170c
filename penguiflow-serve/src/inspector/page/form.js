// A form made of a JSON schema. A field is `{ element, value, refuse, clear }`: `value` throws where
// something is missing, and `refuse(path, text)` shows what the server says of a place.

import { h, newId } from "./dom.js";
import { choiceField, jsonField, numberField, textField, truthField } from "./fields.js";
import { listField, mapField, objectField, optionalField, tupleField, unionField } from "./groups.js";
import { alternatives, enumerated, resolved, withoutNull } from "./schema.js";

/** Schemas may refer to themselves: what is deeper is JSON. */
const DEEPEST = 8;

/** A form for a document of this schema; without one, or with `true`, a field for JSON. */
export function schemaForm(schema, current) {
  const context = { root: schema, make, path: [] };
  const top = make(schema ?? true, context, current, 0);
  return {
    element: top.element,
    value: top.value,
    clear: () => top.clear(),
    refuse: (place, text) => top.refuse(steps(place), text),
  };
}

/** The field of a schema. */
function make(schema, context, current, depth) {
  const one = resolved(schema, context.root);
  const label = context.label;
  const deeper = { ...context, depth: depth + 1, make: (inner, beside, value) =>
    make(inner, { ...context, ...beside }, value, depth + 1) };
  if (one === true || one === undefined || one === false || depth > DEEPEST) return jsonField({}, label, current);
  const given = current === undefined ? one.default : current;
  const inner = withoutNull(one, context.root);
  if (inner) return optionalField(inner, deeper, given, true);
  const values = enumerated(one, context.root);
  if (values) return choiceField(one, label, values, given);
  if (one.const !== undefined) return constant(one.const, label);
  if (alternatives(one)) return unionField(one, deeper, given);
  return byType(one, deeper, given);
}

function byType(one, context, given) {
  switch (one.type) {
    case "boolean": return truthField(one, context.label, given);
    case "integer":
    case "number": return numberField(one, context.label, given);
    case "string": return textField(one, context.label, given);
    case "array": return one.prefixItems ? tupleField(one, context, given) : listField(one, context, given);
    case "object": return one.properties ? objectField(one, context, given) : mapField(one, context, given);
    case "null": return constant(null, context.label);
    default: return one.properties ? objectField(one, context, given) : jsonField(one, context.label, given);
  }
}

/** A value that cannot be another one. */
function constant(value, label) {
  const element = h("p", { class: "field constant", id: newId("constant") },
    label && h("span", { class: "label" }, label), h("code", {}, JSON.stringify(value)));
  return { element, value: () => value, refuse: () => false, clear: () => {} };
}

/** The steps of a place such as `lines[2].count`. */
function steps(place) {
  return place.split(/[.[\]]+/).filter((step) => step !== "");
}

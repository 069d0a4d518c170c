// Reads a JSON schema for a form: follows references, and finds which kind of field a schema needs.

/** A schema with its reference followed; what stands beside the reference takes precedence. */
export function resolved(schema, root) {
  let current = schema;
  for (let step = 0; step < 32 && current?.$ref; step += 1) {
    const { $ref, ...beside } = current;
    const target = at(root, $ref);
    if (target === undefined) return beside;
    current = typeof target === "object" ? { ...target, ...beside } : target;
  }
  // A reference that only a description stands beside.
  const only = current?.allOf?.length === 1 && !current.properties && !current.type;
  if (!only) return current;
  const { allOf, ...beside } = current;
  return resolved({ ...allOf[0], ...beside }, root);
}

function at(root, reference) {
  if (!reference.startsWith("#")) return undefined;
  const names = reference.slice(1).split("/").filter(Boolean);
  const plain = (name) => decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
  return names.reduce((value, name) => value?.[plain(name)], root);
}

/** The alternatives of a schema, if it has several. */
export function alternatives(schema) {
  return schema.oneOf ?? schema.anyOf ?? null;
}

function isNull(schema) {
  return schema?.type === "null" || schema?.const === null;
}

/** What a value is if it is not null, if the schema allows null beside one other kind of value. */
export function withoutNull(schema, root) {
  if (Array.isArray(schema.type) && schema.type.includes("null")) {
    const types = schema.type.filter((type) => type !== "null");
    const rest = { ...schema, type: types.length === 1 ? types[0] : types };
    if (rest.enum) rest.enum = rest.enum.filter((value) => value !== null);
    return rest;
  }
  const all = alternatives(schema);
  if (!all?.some((one) => isNull(resolved(one, root)))) return null;
  const { oneOf, anyOf, ...beside } = schema;
  const rest = all.filter((one) => !isNull(resolved(one, root)));
  return rest.length === 1 ? { ...resolved(rest[0], root), ...beside } : { ...beside, oneOf: rest };
}

/** The values of an enumeration, with what is said of each; null if it is none. */
export function enumerated(schema, root) {
  if (schema.enum) return schema.enum.map((value) => ({ value }));
  const all = alternatives(schema)?.map((one) => resolved(one, root));
  if (!all?.every((one) => one && (one.const !== undefined || one.enum) && one.type !== "object")) return null;
  return all.flatMap((one) => (one.enum ?? [one.const]).map((value) => ({ value, about: one.description })));
}

/** The name of an alternative: its tag, its title, or what it is. */
export function nameOf(schema, root, place) {
  const one = resolved(schema, root);
  if (one.const !== undefined) return String(one.const);
  if (one.enum?.length === 1) return String(one.enum[0]);
  const tag = tagOf(one, root);
  if (tag) return tag.name;
  return one.title ?? refName(schema) ?? one.type ?? `alternative ${place + 1}`;
}

function refName(schema) {
  return schema.$ref?.split("/").at(-1);
}

/**
 * How an alternative says which it is: by its one property (`{ Approve: … }`), or by a property with a
 * fixed value (`{ kind: "approve", … }`).
 */
export function tagOf(one, root) {
  const properties = Object.entries(one.properties ?? {});
  if (properties.length === 1 && one.required?.length === 1 && one.additionalProperties === false) {
    const [name, inner] = properties[0];
    if (resolved(inner, root)?.const === undefined) return { name, inner };
  }
  for (const [key, inner] of properties) {
    const fixed = resolved(inner, root)?.const;
    if (typeof fixed === "string" && one.required?.includes(key)) return { name: fixed, key };
  }
  return null;
}

/** Whether a value could be of a schema, as far as its outside shows it. */
export function fits(value, schema, root) {
  const one = resolved(schema, root);
  if (one === true || one === undefined) return true;
  if (one === false) return false;
  if (one.const !== undefined) return value === one.const;
  if (one.enum) return one.enum.includes(value);
  const all = alternatives(one);
  if (all) return all.some((other) => fits(value, other, root));
  const types = [one.type ?? []].flat();
  if (types.length && !types.some((type) => isOf(value, type))) return false;
  if (!one.properties || value === null || typeof value !== "object") return true;
  const has = (key) => key in value && fits(value[key], one.properties[key] ?? true, root);
  return (one.required ?? []).every(has);
}

function isOf(value, type) {
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}

// The fields of a form for single values: texts, numbers, truths, choices, and JSON.

import { h, newId, write } from "./dom.js";

/** What a field says if it cannot be sent. */
export class Unfilled extends Error {}

/** A label, what is said of the value, the control, and below it what is wrong with it. */
function field({ label, about, hint }, control, className = "") {
  const [id, helpId, errorId] = [newId("field"), newId("help"), newId("error")];
  control.id = id;
  const error = h("p", { class: "problem", id: errorId, hidden: true });
  const help = about && h("p", { class: "help", id: helpId }, about);
  control.setAttribute("aria-describedby", about ? `${helpId} ${errorId}` : errorId);
  if (!label) control.setAttribute("aria-label", hint ?? "Value");
  const element = h("div", { class: `field ${className}` },
    label && h("label", { for: id }, label, hint && h("span", { class: "hint" }, hint)), help, control, error);
  const show = (text) => {
    error.hidden = !text;
    write(error, text ?? "");
    control.toggleAttribute("aria-invalid", Boolean(text));
    if (text) control.setAttribute("aria-invalid", "true");
  };
  const fail = (text) => {
    show(text);
    control.focus();
    throw new Unfilled(label ? `${label}: ${text}` : text);
  };
  return { element, show, fail, refuse: (path, text) => path.length === 0 && shown(show, control, text), clear: () => show(null) };
}

function shown(show, control, text) {
  show(text);
  control.focus();
  return true;
}

export function textField(schema, label, given) {
  const isLong = schema.format === undefined && (schema.maxLength === undefined || schema.maxLength > 80);
  const control = h(isLong ? "textarea" : "input", {
    rows: isLong ? "1" : null, type: isLong ? null : "text", maxlength: schema.maxLength, autocomplete: "off",
  });
  control.value = given ?? "";
  const parts = field({ label, about: schema.description, hint: textHint(schema) }, control);
  const value = () => {
    const text = control.value;
    if (text.length < (schema.minLength ?? 0)) {
      parts.fail(text ? `at least ${schema.minLength} characters` : "this is needed");
    }
    if (schema.pattern && !matches(schema.pattern, text)) parts.fail(`it does not match ${schema.pattern}`);
    return text;
  };
  return { ...parts, value };
}

function textHint({ format, minLength, maxLength }) {
  const length = minLength > 0 || maxLength !== undefined ? `${minLength ?? 0} to ${maxLength ?? "any number of"} characters` : null;
  return [format, length].filter(Boolean).join(", ") || null;
}

/** A pattern that this browser cannot read is left to the server. */
function matches(pattern, text) {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}

export function numberField(schema, label, given) {
  const isWhole = schema.type === "integer";
  const control = h("input", { type: "text", inputmode: isWhole ? "numeric" : "decimal", autocomplete: "off" });
  control.value = given ?? "";
  const parts = field({ label, about: schema.description, hint: bounds(schema) }, control, "short");
  const value = () => {
    const text = control.value.trim();
    const number = Number(text);
    if (text === "") parts.fail("a number is needed");
    if (!Number.isFinite(number)) parts.fail("this is not a number");
    if (isWhole && !Number.isInteger(number)) parts.fail("a whole number is needed");
    if (isWhole && !Number.isSafeInteger(number)) parts.fail("too large for this field: use JSON");
    const wrong = outOf(schema, number);
    if (wrong) parts.fail(wrong);
    return number;
  };
  return { ...parts, value };
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, type, format }) {
  const [low, high] = [minimum ?? exclusiveMinimum, maximum ?? exclusiveMaximum];
  const isWide = high === undefined || Math.abs(high) > 1e15;
  if (low !== undefined && !isWide) return `${low} to ${high}`;
  if (low !== undefined) return `from ${low}`;
  if (!isWide) return `up to ${high}`;
  return type === "integer" ? "whole number" : format ?? "number";
}

function outOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }, number) {
  if (minimum !== undefined && number < minimum) return `at least ${minimum}`;
  if (maximum !== undefined && number > maximum) return `at most ${maximum}`;
  if (exclusiveMinimum !== undefined && number <= exclusiveMinimum) return `more than ${exclusiveMinimum}`;
  if (exclusiveMaximum !== undefined && number >= exclusiveMaximum) return `less than ${exclusiveMaximum}`;
  return null;
}

export function truthField(schema, label, given) {
  const control = h("input", { type: "checkbox" });
  control.checked = given === true;
  const parts = field({ label: label ?? "Yes", about: schema.description }, control, "truth");
  return { ...parts, value: () => control.checked };
}

/** One of a few values. Few enough are shown at once. */
export function choiceField(schema, label, values, given) {
  const options = values.map(({ value, about }, place) =>
    h("option", { value: String(place), title: about, selected: value === given }, String(value)));
  const control = h("select", {}, given === undefined && h("option", { value: "" }, "Choose…"), options);
  const parts = field({ label, about: schema.description }, control, "short");
  const value = () => {
    if (control.value === "") parts.fail("choose one");
    return values[Number(control.value)].value;
  };
  return { ...parts, value };
}

export function jsonField(schema, label, given) {
  const control = h("textarea", { rows: "4", spellcheck: "false", class: "code", autocomplete: "off" });
  control.value = given === undefined ? "" : JSON.stringify(given, null, 2);
  const parts = field({ label, about: schema.description, hint: "JSON" }, control);
  const value = () => {
    try {
      return JSON.parse(control.value);
    } catch (error) {
      return parts.fail(control.value.trim() ? `not JSON: ${error.message}` : "a JSON document is needed");
    }
  };
  // Whatever the place in it is, it is in this field.
  const refuse = (path, text) => parts.refuse([], text);
  return { ...parts, value, refuse };
}

import type { DeskCase } from "../../api/desk";

/** The explanation of a case in one line, in whatever form the server gives it. */
export function explanationText(one: DeskCase): string {
  const explanation = one.explanation;
  if (!explanation) return "";
  if (typeof explanation === "string") return explanation;
  const said = explanation.text ?? explanation["summary"] ?? explanation["because"];
  if (typeof said === "string") return said;
  return explanation.clears_when ?? "";
}

/** Inputs and whatever else the rule looked at, as name and value. */
export function explanationInputs(one: DeskCase): [string, string][] {
  const explanation = one.explanation;
  if (!explanation || typeof explanation === "string") return [];
  const inputs = Object.entries(explanation.inputs ?? {});
  if (explanation.threshold !== undefined && explanation.threshold !== null) inputs.push(["threshold", explanation.threshold]);
  return inputs.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => [name.replaceAll("_", " "), plain(value)]);
}

function plain(value: unknown): string {
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

// Writes src/api/generated.ts from openapi.yaml: types of every schema, and every call with its path.
// It is made anew before each type check, so that a page that no longer fits the API does not compile.
import { readFileSync, writeFileSync } from "node:fs";
import { load } from "js-yaml";

const source = "../Sources/HTTPAPI/Resources/openapi.yaml";
const api = load(readFileSync(source, "utf8"));
const lines = ["// Made from openapi.yaml by scripts/api-types.mjs. Do not edit; it is not committed.", ""];
for (const [name, schema] of Object.entries(api.components.schemas)) {
  if (schema.description) lines.push(`/** ${schema.description.trim().split("\n")[0].replaceAll("*/", "")} */`);
  lines.push(`export type ${name} = ${type(schema)};`, "");
}
lines.push("/** Every call of the API: method and path. */", "export type APICall =");
for (const [path, methods] of Object.entries(api.paths)) {
  for (const method of Object.keys(methods).filter((key) => /^(get|post|put|patch|delete)$/.test(key))) {
    lines.push(`  | "${method.toUpperCase()} ${path}"`);
  }
}
lines.push(";", "");
writeFileSync("src/api/generated.ts", lines.join("\n"));

function type(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.allOf) return schema.allOf.map((part) => `(${type(part)})`).join(" & ");
  if (schema.oneOf ?? schema.anyOf) return (schema.oneOf ?? schema.anyOf).map((part) => `(${type(part)})`).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((one) => type({ ...schema, type: one })).join(" | ");
  switch (schema.type) {
    case "object": return object(schema);
    case "array": return `Array<${schema.items ? type(schema.items) : "unknown"}>`;
    case "string": return "string";
    case "integer": case "number": return "number";
    case "boolean": return "boolean";
    case "null": return "null";
    default: return schema.properties ? object(schema) : schema.required ? "unknown" : "unknown";
  }
}

function object(schema) {
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties ?? {}).map(
    ([name, member]) => `${JSON.stringify(name)}${required.has(name) ? "" : "?"}: ${type(member)}`);
  if (members.length === 0) {
    return `{ [name: string]: ${typeof schema.additionalProperties === "object" ? type(schema.additionalProperties) : "unknown"} }`;
  }
  return `{ ${members.join("; ")} }`;
}

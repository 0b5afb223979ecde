// Where the npm registry is not reachable: node_modules made of what apt and pip installed (scripts/setup-web.sh).
// Files are copied, not linked: esbuild and node resolve a link to its real place and then miss its neighbours.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
const architectures = readdirSync("/usr/lib").filter((name) => name.endsWith("-linux-gnu"));
const roots = ["/usr/share/nodejs", "/usr/lib/nodejs", ...architectures.map((name) => `/usr/lib/${name}/nodejs`)];
// Programs are found below; the basemap comes from the Debian package of Natural Earth.
const elsewhere = new Set(["typescript", "oxlint", "world-atlas"]);
const missing = [];
const linked = new Set();

rmSync("node_modules", { recursive: true, force: true });
mkdirSync("node_modules/@types", { recursive: true });
for (const name of Object.keys(wanted)) if (!elsewhere.has(name)) link(name);
standInForCSSTypes();
linkPrograms();
if (missing.length > 0) {
  console.error(`link-debian: missing ${missing.join(", ")}. Run scripts/setup-web.sh.`);
  process.exit(1);
}

function link(name) {
  if (linked.has(name) || name === "csstype") return;
  linked.add(name);
  const root = roots.find((candidate) => existsSync(join(candidate, name)));
  if (!root) return missing.push(name);
  cpSync(join(root, name), join("node_modules", name), { recursive: true, dereference: true });
  if (name === "esbuild") {
    const platform = readdirSync(join(root, "@esbuild"))[0];
    cpSync(join(root, "@esbuild", platform), join("node_modules/@esbuild", platform), { recursive: true });
  }
  const found = JSON.parse(readFileSync(join(root, name, "package.json"), "utf8"));
  for (const dependency of Object.keys(found.dependencies ?? {})) link(dependency);
}

/** csstype is in neither Debian nor PyPI. Styles are classes here, so nothing of it is used. */
function standInForCSSTypes() {
  mkdirSync("node_modules/csstype", { recursive: true });
  writeFileSync("node_modules/csstype/package.json", '{"name":"csstype","version":"0.0.0","types":"index.d.ts"}');
  writeFileSync(
    "node_modules/csstype/index.d.ts",
    "export interface Properties<L = string | number, T = string> { [name: string]: L | T | undefined }\n",
  );
}

/** The commands that npm would have put in node_modules/.bin, so that each `npm run` line is the same. */
function linkPrograms() {
  mkdirSync("node_modules/.bin", { recursive: true });
  const programs = { tsc: "/usr/bin/tsc", esbuild: "/usr/bin/esbuild", oxlint: resolve(".venv/bin/oxlint") };
  for (const [name, program] of Object.entries(programs)) {
    if (existsSync(program)) symlinkSync(program, join("node_modules/.bin", name));
    else missing.push(name);
  }
}

// Bundles each unit test and runs it with node's own runner.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const out = "node_modules/.tests";
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const tests = readdirSync("test").filter((name) => /\.test\.tsx?$/.test(name));
await build({
  entryPoints: tests.map((name) => `test/${name}`),
  bundle: true,
  platform: "node",
  format: "esm",
  outExtension: { ".js": ".mjs" },
  external: ["node:*"],
  sourcemap: "inline",
  jsx: "automatic",
  outdir: out,
});
const files = readdirSync(out).map((name) => `${out}/${name}`);
process.exit(spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" }).status ?? 1);

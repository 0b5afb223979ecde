// Builds dist/: index.html, hashed assets with source maps and compressed copies, and the licences.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const out = "dist";
rmSync(out, { recursive: true, force: true });
mkdirSync(`${out}/assets`, { recursive: true });

const fonts = copyHashed("build/fonts", /\.woff2$/);
const map = copyHashed("build", /^(basemap)\.json$/);
writeFontFaces(fonts);
const result = await build({
  entryPoints: { app: "src/main.tsx", theme: "src/theme.ts", tracking: "src/tracking/live.ts" },
  bundle: true,
  minify: true,
  sourcemap: true,
  metafile: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"', __BASEMAP__: JSON.stringify(map["basemap.json"] ?? "") },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  outdir: `${out}/assets`,
  external: ["/assets/*"],
});
writePage(result.metafile);
writeTrackingMap();
writeLicences();
compress();
report();

/** Copies what a directory has to names with a hash of their content; answers the new address of each. */
function copyHashed(directory, pattern) {
  const addresses = {};
  if (!existsSync(directory)) return addresses;
  for (const name of readdirSync(directory).filter((name) => pattern.test(name))) {
    const hash = createHash("sha256").update(readFileSync(join(directory, name))).digest("hex").slice(0, 8);
    const hashed = `${basename(name, extname(name))}-${hash}${extname(name)}`;
    copyFileSync(join(directory, name), join(out, "assets", hashed));
    addresses[name] = `/assets/${hashed}`;
  }
  return addresses;
}

/** Without the font packages the list is empty and the page uses the system's fonts. */
function writeFontFaces(addresses) {
  const faces = [
    ["Inter", 400, "inter-regular.woff2"],
    ["Inter", 500, "inter-medium.woff2"],
    ["Inter", 600, "inter-semibold.woff2"],
    ["JetBrains Mono", 400, "jetbrains-mono-regular.woff2"],
  ];
  const rules = faces
    .filter(([, , file]) => addresses[file])
    .map(([family, weight, file]) =>
      `@font-face { font-family: "${family}"; font-weight: ${weight}; font-display: swap; src: url("${addresses[file]}") format("woff2"); }`);
  mkdirSync("build", { recursive: true });
  writeFileSync("build/fonts.css", rules.join("\n") + "\n");
}

function writePage(metafile) {
  const address = (entry, kind) => {
    const found = Object.keys(metafile.outputs).find((name) => basename(name).startsWith(`${entry}-`) && name.endsWith(kind));
    return `/assets/${basename(found)}`;
  };
  const page = readFileSync("src/index.html", "utf8")
    .replace("{{style}}", address("app", ".css"))
    .replace("{{theme}}", address("theme", ".js"))
    .replace("{{script}}", address("app", ".js"))
    .replace("{{preload}}", fonts["inter-regular.woff2"]
      ? `<link rel="preload" href="${fonts["inter-regular.woff2"]}" as="font" type="font/woff2" crossorigin>` : "");
  writeFileSync(`${out}/index.html`, page);
  // Named without a hash for the server, which writes the tracking page.
  writeFileSync(`${out}/manifest.json`, JSON.stringify({ tracking: address("tracking", ".js") }) + "\n");
}

/** The outline under the map of the tracking page: SVG path data, read by the server. */
function writeTrackingMap() {
  if (existsSync("build/tracking-map.json")) copyFileSync("build/tracking-map.json", `${out}/tracking-map.json`);
}

function writeLicences() {
  const parts = ["Third-party software in these files.\n"];
  for (const name of ["react", "react-dom", "scheduler", "loose-envify", "js-tokens", "object-assign"]) {
    const directory = `node_modules/${name}`;
    if (!existsSync(directory)) continue;
    const licence = ["LICENSE", "LICENSE.md", "license"].map((file) => join(directory, file)).find(existsSync);
    const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    const text = licence ? readFileSync(licence, "utf8") : `${manifest.license ?? "MIT"} licence, ${name} and its contributors`;
    parts.push(`${name} ${manifest.version}\n\n${text}`);
  }
  if (Object.keys(fonts).length > 0) {
    parts.push("Inter, Copyright The Inter Project Authors; JetBrains Mono, Copyright The JetBrains Mono Project Authors.\n"
      + "SIL Open Font License 1.1, https://openfontlicense.org");
  }
  parts.push("Map outlines: made with Natural Earth, public domain, https://www.naturalearthdata.com");
  writeFileSync(`${out}/LICENSES.txt`, parts.join("\n\n----\n\n") + "\n");
}

function compress() {
  for (const name of readdirSync(`${out}/assets`)) {
    if (!/\.(js|css|json)$/.test(name)) continue;
    const bytes = readFileSync(join(out, "assets", name));
    writeFileSync(join(out, "assets", `${name}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(out, "assets", `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  }
}

function report() {
  for (const name of readdirSync(`${out}/assets`).filter((name) => /\.(js|css|json|woff2)$/.test(name))) {
    const bytes = readFileSync(join(out, "assets", name));
    console.log(`${name.padEnd(40)} ${String(bytes.length).padStart(8)} B, gzip ${String(gzipSync(bytes, { level: 9 }).length).padStart(7)} B`);
  }
}

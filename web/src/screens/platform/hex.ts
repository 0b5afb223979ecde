const PER_LINE = 16;
const LINES = 40;

export function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Offset, bytes, and what of them can be read. */
export function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length && lines.length < LINES; at += PER_LINE) {
    const part = Array.from(bytes.slice(at, at + PER_LINE));
    const hex = part.map((byte) => byte.toString(16).padStart(2, "0"));
    const columns = `${hex.slice(0, 8).join(" ").padEnd(23)}  ${hex.slice(8).join(" ").padEnd(23)}`;
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${columns}  |${text}|`);
  }
  if (bytes.length > LINES * PER_LINE) lines.push(`... ${bytes.length - LINES * PER_LINE} more`);
  return lines;
}

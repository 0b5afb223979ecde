import type { XY } from "../map/projection";

/** A line without an axis that stands beside its number. */
export function Sparkline({ values, width = 120, height = 34 }: { values: number[]; width?: number; height?: number }) {
  const top = Math.max(...values, 1e-9);
  const step = width / Math.max(values.length - 1, 1);
  const points = values.map((value, i) => `${(i * step).toFixed(1)} ${(height - 2 - (value / top) * (height - 6)).toFixed(1)}`);
  if (points.length < 2) return null;
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path className="a" d={`M${points.join("L")}L${width} ${height}L0 ${height}Z`} />
      <path className="l" d={`M${points.join("L")}`} />
    </svg>
  );
}

/** An arc of a share of the circle, from 12 o'clock. */
export function arc([x, y]: XY, radius: number, share: number): string {
  if (share >= 0.999) return `M${x} ${y - radius}A${radius} ${radius} 0 1 1 ${x - 0.01} ${y - radius}`;
  const angle = share * 2 * Math.PI;
  const [ex, ey] = [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
  return `M${x.toFixed(1)} ${(y - radius).toFixed(1)}A${radius.toFixed(1)} ${radius.toFixed(1)} 0 ${share > 0.5 ? 1 : 0} 1 ${ex.toFixed(1)} ${ey.toFixed(1)}`;
}

/** A bar whose length is a share. The width is an attribute: the policy allows no inline style. */
export function Meter({ share, className = "" }: { share: number; className?: string }) {
  return (
    <svg className={`meterline ${className}`} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className="bg" width="100" height="6" /><rect className="fg" width={Math.max(0, Math.min(1, share)) * 100} height="6" />
    </svg>
  );
}

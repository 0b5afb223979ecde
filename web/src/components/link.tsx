import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { navigate } from "../route";

/** A link inside the dashboard: no page is loaded, and a middle click still opens a tab. */
export function Link({ to, children, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={follow} {...rest}>{children}</a>;
}

export const deliveryPath = (id: string): string => `/deliveries/${encodeURIComponent(id)}`;

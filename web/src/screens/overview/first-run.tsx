import { useState } from "react";
import { call, Problem } from "../../api/client";
import { Icon } from "../../components/icon";
import { useLive } from "../../live/use-live";
import { number } from "../../text/format";
import { t } from "../../text/text";

const DELIVERIES = 500;

/** No data yet: made-up deliveries with one click, or how to send the first event. */
export function FirstRun() {
  const view = useLive();
  const [state, setState] = useState<"idle" | "busy" | "off">("idle");
  const [problem, setProblem] = useState("");
  const simulate = async (): Promise<void> => {
    setState("busy");
    try {
      await call("POST /v1/simulations", { body: { deliveries: DELIVERIES } });
    } catch (error) {
      const off = error instanceof Problem && (error.status === 404 || error.status === 403);
      setState(off ? "off" : "idle");
      setProblem(error instanceof Problem ? error.detail : String(error));
    }
  };
  return (
    <>
      <div className="empty"><h2>{t("first.title")}</h2><p className="mid">{t("first.lead")}</p></div>
      <div className="ways">
        <section className="panel way lead">
          <h3>{t("first.simulate", { n: DELIVERIES })}</h3>
          <p className="mid">{t("first.simulate.lead")}</p>
          <dl className="facts what">
            <dt className="num">5</dt><dd>{t("first.carriers")}</dd>
            <dt className="num">14</dt><dd>{t("first.days")}</dd>
            <dt className="num">13</dt><dd>{t("first.events")}</dd>
            <dt className="num">0</dt><dd>{t("first.messages")}</dd>
          </dl>
          <button type="button" className="btn primary" onClick={() => void simulate()} disabled={state !== "idle"}>
            <Icon name="bolt" />{state === "busy" ? t("first.busy") : t("first.simulate", { n: DELIVERIES })}
          </button>
          {state === "off" && <p className="small dim">{t("first.off")} <span className="mono">waybill simulate --deliveries 500</span></p>}
          {state === "idle" && problem && <p className="small red" role="alert">{problem}</p>}
        </section>
        <section className="panel way">
          <h3>{t("first.send")}</h3>
          <pre className="bytes" tabIndex={0} aria-label={t("first.send")}>{`curl ${location.origin}/v1/events \\\n  -H 'content-type: application/json' \\\n  -d '{"type":"created",\n       "delivery_id":"D-1001",\n       "occurred_at":"${new Date().toISOString().slice(0, 19)}Z"}'`}</pre>
          <p className="small dim">{t("first.fills")}</p>
        </section>
      </div>
      <section className="panel">
        <header><h2>{t("first.ready")}</h2></header>
        <ul className="ready">
          <li><Icon name="check" /><span className="med">{t("first.in")}</span><span className="mid">POST /v1/events</span></li>
          <li><Icon name="check" /><span className="med">{t("first.tracker")}</span><span className="mid">{t("first.tracker.lag", { n: number(view.stats?.lag?.seconds ?? 0, 1) })}</span></li>
          <li><Icon name="check" /><span className="med">{t("first.stream")}</span><span className="mid">{view.link.kind === "live" ? t("first.stream.on") : t("live.connecting")}</span></li>
        </ul>
      </section>
    </>
  );
}

import { Late } from "../../components/states";

/** The boxes of the loaded page, so that nothing moves when it comes. */
export function OverviewSkeleton() {
  return (
    <Late>
      <section className="panel kpis" aria-hidden="true">{[1, 2, 3, 4, 5].map((i) => <div key={i}><span className="sk w2" /><span className="sk big" /><span className="sk w3" /></div>)}</section>
      <section className="panel flow sk-box" aria-hidden="true"><span className="sk w1" /></section>
      <section className="panel mapp sk-box tall" aria-hidden="true"><span className="sk w2" /></section>
      <section className="panel changed sk-box tall" aria-hidden="true"><span className="sk w2" /></section>
    </Late>
  );
}

import { useMemo } from "react";
import { Page } from "../../components/page";
import { Failed } from "../../components/states";
import { useLive, useLiveSource, useNow } from "../../live/use-live";
import { overview } from "../../model/overview";
import { day, startOfDay, viewerZone } from "../../text/format";
import { t } from "../../text/text";
import { CarrierTable } from "./carriers";
import { Changed } from "./changed";
import { FirstRun } from "./first-run";
import { Flow } from "./flow";
import { HourChart } from "./hours";
import { Figures } from "./figures";
import { MapPanel } from "./map-panel";
import { OverviewSkeleton } from "./skeleton";
import { Trouble } from "./trouble";

/** What is so, what changed, and where somebody should look. */
export function OverviewScreen() {
  const view = useLive();
  const { replica } = useLiveSource();
  const now = useNow(5_000);
  const today = startOfDay(now);
  const numbers = useMemo(() => overview(replica.rows.values(), Date.now(), today), [view.version, today, replica]);
  const meta = `${day(now)}, ${viewerZone()}`;
  if (view.phase === "failed" && view.problem) return <Page name="overview" title={t("nav.overview")}><Failed problem={view.problem} /></Page>;
  if (view.phase === "loading") return <Page name="overview" title={t("nav.overview")} meta={meta}><OverviewSkeleton /></Page>;
  if (view.total === 0) return <Page name="overview" title={t("nav.overview")} mainClass="first"><FirstRun /></Page>;
  return (
    <Page name="overview" title={t("nav.overview")} meta={meta}>
      <Figures numbers={numbers} view={view} now={now} />
      <Flow numbers={numbers} now={now} />
      <MapPanel version={view.version} now={now} today={today} />
      <Changed numbers={numbers} now={now} />
      <HourChart hours={numbers.hours} now={now} />
      <CarrierTable lines={numbers.carriers} />
      <Trouble lines={numbers.trouble} />
    </Page>
  );
}

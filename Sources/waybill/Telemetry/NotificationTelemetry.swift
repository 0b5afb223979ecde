import WaybillCore
import WaybillEngine

extension Telemetry {
    /// What notifications have to tell: counts, and what an operator must know of. No address, no secret.
    func note(notification observation: Observation) {
        switch observation {
        case .notified(let batch):
            tally("waybill_notification_updates_total", [:], by: Double(batch.updates))
            tally("waybill_notification_decisions_total", ["result": "owed"], by: Double(batch.rows - batch.suppressed))
            tally("waybill_notification_decisions_total", ["result": "suppressed"], by: Double(batch.suppressed))
        case .attempted(let channel, let result):
            tally("waybill_notification_attempts_total", ["channel": channel.rawValue, "result": result])
        case .settled(let state, let reason):
            tally("waybill_notifications_total", ["result": state.rawValue, "reason": reason?.rawValue ?? "none"])
        case .notifierReset:
            logger.warning("the feed was numbered anew; notifications go on from its end")
        case .endpointFailing(let lane, let notice):
            tally("waybill_webhook_endpoint_notices_total", ["notice": "\(notice)"])
            logger.warning("an endpoint keeps failing", metadata: ["endpoint": "\(lane)", "for": "\(notice)"])
        case .endpointDisabled(let merchant, let endpoint, let why):
            tally("waybill_webhook_endpoints_disabled_total", [:])
            logger.warning(
                "an endpoint was switched off",
                metadata: ["merchant": "\(merchant)", "endpoint": "\(endpoint)", "why": "\(why)"])
        default: break
        }
    }
}

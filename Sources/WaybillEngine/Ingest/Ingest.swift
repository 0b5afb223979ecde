import WaybillCore

/// The way in: validate, append, acknowledge. Nothing is accepted before it is durable.
package struct Ingest: Sendable {
    private let log: any EventLog
    private let personal: any PersonalStore
    private let time: any TimeSource
    private let ids: EventIDs
    private let observer: any Observer

    package init(
        log: any EventLog, personal: any PersonalStore, time: any TimeSource, ids: EventIDs, observer: any Observer
    ) {
        self.log = log
        self.personal = personal
        self.time = time
        self.ids = ids
        self.observer = observer
    }

    /// Validates every event of the request, appends the good ones as one batch, and returns once they are durable.
    ///
    /// A request in which nothing is acceptable appends nothing and is no error: the receipt says why.
    package func accept(_ request: EventRequest, merchant: MerchantID, idempotencyKey: String? = nil)
        async throws(IngestError) -> IngestReceipt
    {
        var reading = EventReading(
            merchant: merchant, idempotencyKey: idempotencyKey, traceparent: request.traceparent, ids: ids,
            receivedAt: time.now())
        try request.read(&reading)
        for proof in reading.proofs {
            try await stored { () async throws(StorageError) in
                try await personal.saveProof(proof.id, merchant, proof.data, at: reading.receivedAt)
            }
        }
        try await append(reading.records, bytes: reading.bytes)
        for rejection in reading.receipt.rejected {
            observer.observe(.refused(rejection.rejection.code, count: 1))
        }
        return reading.receipt
    }

    /// Appends one event that this program made, such as an action of a person.
    package func publish(_ event: Event, traceparent: TraceParent? = nil) async throws(IngestError) {
        if let rejection = EventDecoder.rejectFuture(event, receivedAt: time.now()) { throw .rejected(rejection) }
        let value = EventEncoder.bytes(of: event)
        guard value.count <= Limits.eventBytes else {
            throw .rejected(EventRejection(.tooLarge, "An event may have \(Limits.eventBytes) bytes at most."))
        }
        try await append(
            [NewRecord(key: event.key, value: value, event: event, traceparent: traceparent)], bytes: value.count)
    }

    /// An id for an event of this program: derived from the key where there is one, so that a retry is a duplicate.
    package func makeID(merchant: MerchantID, idempotencyKey: String?) -> EventID {
        idempotencyKey.map { EventIDs.derived(merchant: merchant, idempotencyKey: $0, index: 0) } ?? ids.next()
    }

    /// Appends the bytes of a dead letter once more, unchanged.
    package func retry(_ letter: DeadLetter) async throws(IngestError) {
        guard let key = DeliveryKey(letter.record.key) else {
            throw .rejected(EventRejection(.keyMismatch, "The record's key is not <merchant>/<delivery id>."))
        }
        try await append([NewRecord(key: key, value: letter.record.value)], bytes: letter.record.value.count)
    }

    private func append(_ records: [NewRecord], bytes: Int) async throws(IngestError) {
        guard !records.isEmpty else { return }
        try await stored { () async throws(StorageError) in try await log.append(records) }
        observer.observe(.accepted(events: records.count, bytes: bytes))
    }

    private func stored(_ body: () async throws(StorageError) -> Void) async throws(IngestError) {
        do throws(StorageError) {
            try await body()
        } catch {
            observer.observe(.storageRefused(error))
            throw .storage(error)
        }
    }
}

package enum IngestError: Error, Sendable {
    case storage(StorageError)
    /// The request as a whole cannot be read, or holds too many events.
    case unreadable(String)
    case tooManyEvents
    /// An event names another merchant than the request.
    case foreignMerchant
    case rejected(EventRejection)
}

/// What became of the events of one request, in their order.
package struct IngestReceipt: Sendable {
    package struct Rejected: Sendable {
        package var index: Int
        package var rejection: EventRejection
    }

    /// Ids of the accepted events.
    package var ids: [EventID] = []
    package var rejected: [Rejected] = []
}

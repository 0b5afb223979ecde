import WaybillCore

/// Makes the event of a planned step.
struct Telling {
    let world: Surroundings
    let consignment: Consignment

    func event(of step: Step) -> Event {
        let source = step.source
        var event = Event(
            id: id(of: step.memento), type: step.type, merchant: world.merchant, deliveryID: consignment.id,
            occurredAt: step.occurredAt.advanced(bySeconds: world.sources.clockError(of: source)))
        event.source = world.sources.name(of: source)
        event.location = world.gazetteer.location(step.place)
        event.reason = step.reason
        if let reason = step.reason { event.detail = Wording.detail(reason, in: destination.country) }
        if source.role == .logistics || source.role == .courier {
            event.rawCode = Carrier.all[Int(consignment.carrier)].codes[step.type]
        }
        add(step.content, to: &event)
        return event
    }

    private var destination: City { world.geography.city(consignment.destination) }

    private func add(_ content: Step.Content, to event: inout Event) {
        switch content {
        case .nothing: break
        case .order: event.details = order()
        case .weight(let grams, let clearsReference):
            event.details = [.metadata(metadata(grams: Int(grams)))]
            if clearsReference { event.details.insert(.orderReference(nil), at: 0) }
        case .eta(let eta): event.eta = eta
        case .promise(let window): event.details = [.promised(window)]
        case .destination(let city, let postcode):
            event.details = [.destination(world.gazetteer.destination(city, postcode: postcode))]
        case .until(let instant): event.until = instant
        case .handover(let place, let proven):
            event.place = place
            if proven { event.proofID = "proof-" + Self.hex(consignment.identity.bits(3), digits: 12) }
        case .takesBack(let memento, let why): event.correction = Correction(corrects: id(of: memento), why: why)
        case .note(let number):
            event.actor = "support-\(1 + number)"
            event.detail = Wording.notes[Int(number)]
        }
    }

    private func order() -> [DetailChange] {
        let bits = consignment.identity
        let carrier = Carrier.all[Int(consignment.carrier)]
        return [
            .recipientID("R-" + Self.hex(bits.bits(0), digits: 10)),
            .destination(world.gazetteer.destination(consignment.destination, postcode: consignment.postcode)),
            .origin(world.gazetteer.warehouse(consignment.origin)),
            .carrier(carrier.name),
            .trackingNumber(carrier.prefix + String(1_000_000_000 + bits.bits(1) % 9_000_000_000)),
            .orderReference("PO-" + String(100_000 + bits.bits(2) % 900_000)),
            .promised(consignment.promised),
            .metadata(metadata(grams: 100 + Int(bits.bits(4) % 4_900))),
        ]
    }

    private func metadata(grams: Int) -> JSONFragment {
        JSONFragment(trusted: "{\"service\":\"\(consignment.service.rawValue)\",\"weight_g\":\(grams)}")
    }

    // MARK: Ids

    /// Laid out as a UUIDv7 (RFC 9562): the milliseconds of the true time, then bits of the delivery's own stream.
    private func id(of memento: Step.Memento) -> EventID {
        let milliseconds = UInt64(bitPattern: memento.occurredAt.microseconds / 1000)
        let bits = consignment.identity.bits(UInt64(memento.ordinal) + 1000)
        let high = milliseconds << 16 | 0x7000 | (bits >> 52)
        let low = 0x8000_0000_0000_0000 | (bits & 0x3fff_ffff_ffff_ffff)
        return EventID(trusted: Self.uuid(high, low))
    }

    private static func uuid(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var at = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[at] = UInt8(ascii: "-")
                    at += 1
                }
                let word = digit < 16 ? high : low
                text[at] = hexDigit(word >> UInt64(60 - digit % 16 * 4))
                at += 1
            }
            return at
        }
    }

    /// The lowest digits of a number, in hexadecimal.
    private static func hex(_ number: UInt64, digits: Int) -> String {
        String(unsafeUninitializedCapacity: digits) { text in
            for digit in 0..<digits { text[digit] = hexDigit(number >> UInt64((digits - 1 - digit) * 4)) }
            return digits
        }
    }

    private static func hexDigit(_ number: UInt64) -> UInt8 {
        let nibble = UInt8(truncatingIfNeeded: number & 15)
        return nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}

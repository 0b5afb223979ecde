import Simulation
import Testing
import WaybillCore

@Suite struct CodecTests {
    @Test(arguments: [false, true])
    func everyEventPassesTheCodecAndEverySpoiledOneIsRefusedWithItsCode(isChaos: Bool) throws {
        let decoder = EventDecoder()
        var refused = Set<EventRejection.Code>()
        let scenario = Scenario(deliveries: 2_000, seed: 4, shares: isChaos ? .chaos : .usual)
        for publication in scenario {
            var json = JSONWriter()
            publication.write(to: &json)
            guard let spoilage = publication.spoilage, !spoilage.isFoundLater else {
                let event = try decoder.decode(json.bytes).event
                #expect(EventDecoder.rejectFuture(event, receivedAt: publication.instant) == nil)
                #expect(EventEncoder.bytes(of: event) == json.bytes)
                #expect(event.extra.isEmpty)
                continue
            }
            let code = rejection(of: json.bytes, by: decoder, at: scenario.end)
            #expect(code == spoilage.code)
            if let code { refused.insert(code) }
        }
        #expect(refused.count == (isChaos ? 6 : 0))
    }

    @Test func idsAreUUIDsOfVersion7() {
        for publication in Scenario(deliveries: 20, seed: 1) {
            let text = Array(publication.event.id.text)
            #expect(text.count == 36)
            #expect(text[14] == "7")
            #expect("89ab".contains(text[19]))
        }
    }

    @Test func deliveryIDsNameTheSeed() {
        let ids = Set(Scenario(deliveries: 5, seed: 255).map(\.consignment.id.text))
        #expect(ids.sorted().first == "WB-ff-000001")
        #expect(ids.count <= 5)
    }

    private func rejection(
        of bytes: [UInt8], by decoder: EventDecoder, at instant: Timestamp
    ) -> EventRejection.Code? {
        do {
            return EventDecoder.rejectFuture(try decoder.decode(bytes).event, receivedAt: instant)?.code
        } catch {
            return error.code
        }
    }
}

import WaybillCore

/// Days and hours at one place. No work is done on Sundays.
struct LocalCalendar: Sendable {
    let secondsFromUTC: Int64

    init(of country: Country) { secondsFromUTC = Int64(country.hoursFromUTC) * 3600 }

    /// The same day at this hour, local time.
    func time(_ hour: Double, onDayOf instant: Timestamp) -> Timestamp {
        Timestamp(seconds: day(of: instant) * 86_400 + Int64(hour * 3600) - secondsFromUTC)
    }

    /// `instant` itself if it lies within these hours of a working day, else the next opening.
    func next(between opening: Double, and closing: Double, from instant: Timestamp) -> Timestamp {
        var candidate = instant
        while isSunday(candidate) || candidate >= time(closing, onDayOf: candidate) {
            candidate = time(24, onDayOf: candidate)
        }
        return max(candidate, time(opening, onDayOf: candidate))
    }

    /// From 8 to 20 o'clock on the working day whose tours a parcel still joins: those leave the depot until 10.
    func deliveryWindow(afterArrival instant: Timestamp) -> Window {
        let day = next(between: 0, and: 10, from: instant)
        return Window(earliest: time(8, onDayOf: day), latest: time(20, onDayOf: day))
    }

    private func day(of instant: Timestamp) -> Int64 {
        let seconds = instant.microseconds / 1_000_000 + secondsFromUTC
        return seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    /// 1970-01-01 was a Thursday.
    private func isSunday(_ instant: Timestamp) -> Bool { (day(of: instant) % 7 + 11) % 7 == 0 }
}

import Foundation
import Glibc

/// One line of JSON for each figure, for `scripts/soak.sh` to render into `docs/reliability.md`.
enum SoakReport {
    /// Does nothing unless `WAYBILL_SOAK_REPORT` names a file.
    static func add(_ test: String, _ figures: [(name: String, value: String)]) {
        guard let path = Scale.environment["WAYBILL_SOAK_REPORT"], let file = fopen(path, "a") else { return }
        defer { fclose(file) }
        for figure in figures {
            let row: JSON = ["figure": .string(figure.name), "test": .string(test), "value": .string(figure.value)]
            fputs(row.text + "\n", file)
        }
    }
}

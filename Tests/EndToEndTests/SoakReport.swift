import Foundation
import Glibc

/// One line of JSON for each figure, for `scripts/soak.sh` to render into `docs/reliability.md`.
enum SoakReport {
    /// Does nothing unless `WAYBILL_SOAK_REPORT` names a file.
    static func add(_ test: String, _ figures: [(name: String, value: String)]) {
        guard let path = Scale.environment["WAYBILL_SOAK_REPORT"] else { return }
        let row: JSON = [
            "test": .string(test),
            "figures": .array(figures.map { ["name": .string($0.name), "value": .string($0.value)] }),
        ]
        guard let file = fopen(path, "a") else { return }
        fputs(row.text + "\n", file)
        fclose(file)
    }
}

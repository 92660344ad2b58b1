import Denoising
import Diffusion
import EdgeFormat
import Testing

/// What an ONNX file says of a noise predictor.
@Suite struct SettingsTests {
    @Test func whatIsWrittenIsRead() throws {
        for kind in DiffusionSettings.ScheduleKind.allCases {
            let settings = DiffusionSettings(scheduleKind: kind, steps: 400, classes: 7, guidance: 2.3)
            #expect(try DiffusionSettings(metadata: settings.metadata) == settings)
            #expect(try settings.schedule().count == 400)
        }
    }

    @Test func otherModelsHaveNone() throws {
        #expect(try DiffusionSettings(metadata: ["swiftlet.output.labels": "0,1"]) == nil)
        #expect(try DiffusionSettings(metadata: [:]) == nil)
    }

    @Test(arguments: [
        ("schedule", "scaled"), ("steps", "0"), ("steps", "1001"), ("steps", "many"), ("classes", "-1"),
        ("guidance", "nan"), ("guidance", "101"), ("guidance", ""),
    ]) func whatIsNoSettingIsRefused(key: String, text: String) {
        var metadata = DiffusionSettings(classes: 10).metadata
        metadata["swiftlet.diffusion.\(key)"] = text
        let error = #expect(throws: EdgeError.self) { try DiffusionSettings(metadata: metadata) }
        #expect(error?.kind == .data && error?.line.contains("swiftlet.diffusion.\(key)") == true)
        metadata["swiftlet.diffusion.\(key)"] = nil
        #expect(throws: EdgeError.self) { try DiffusionSettings(metadata: metadata) }
    }

    @Test func aScheduleOfNoStepsIsRefused() {
        #expect(throws: EdgeError.self) { try DiffusionSettings(steps: 0, classes: 10).schedule() }
    }
}

public import EdgeFormat
import Foundation
public import Imaging
public import ModelGraph

/// How a picture becomes a model's input in reals: what the flags of `quantize` and the metadata of an ONNX file say
/// (docs/recipes.md). The pixels come from the same integer code that the device runs.
public struct Preprocessing: Equatable, Sendable {
    public var crop: InputCrop = .automatic
    public var width: Int
    public var height: Int
    public var color: InputColor
    /// Per channel in the model's order, on pixel values divided by 255.
    public var mean: [Float]
    public var deviation: [Float]
    /// One name a class, or none.
    public var labels: [String] = []

    /// The settings that a file's metadata names, over those that the model's input implies.
    /// - Returns: nil when the model's first input is no picture 1·H·W·1 or 1·H·W·3, and no grey one 1·H·W.
    public init?(graph: Graph) throws(EdgeError) {
        guard graph.inputs.count == 1, let input = graph.inputs.first else { return nil }
        var shape = graph.values[input].type.shape
        if shape.count == 3 { shape.append(1) }
        guard shape.count == 4, shape[0] == 1, shape[3] == 1 || shape[3] == 3 else { return nil }
        (height, width) = (shape[1], shape[2])
        color = shape[3] == 1 ? .grey : .rgb
        mean = [Float](repeating: 0, count: shape[3])
        deviation = [Float](repeating: 1, count: shape[3])
        // What a quantized file does not say: bytes as they are, less 128.
        if let quantization = graph.values[input].type.quantization, let scale = quantization.scales.first {
            mean = mean.map { _ in Float(128 + quantization.zeroPoint) / 255 }
            deviation = deviation.map { _ in 1 / (255 * scale) }
        }
        try read(graph.metadata)
    }

    private mutating func read(_ metadata: [String: String]) throws(EdgeError) {
        let prefix = "swiftlet.input."
        if let text = metadata[prefix + "crop"] { try setCrop(text, at: prefix + "crop") }
        if let text = metadata[prefix + "resize"] { try setResize(text, at: prefix + "resize") }
        if let text = metadata[prefix + "color"] { try setColor(text, at: prefix + "color") }
        if let text = metadata[prefix + "mean"] { mean = try channels(text, at: prefix + "mean") }
        if let text = metadata[prefix + "std"] { try setDeviation(text, at: prefix + "std") }
        if let text = metadata["swiftlet.output.labels"] {
            labels = text.split(separator: text.contains("\n") ? "\n" : ",").map(String.init)
        }
    }

    /// What the flags say that a compiled model was made with, those of its input; others are left alone.
    public mutating func read(flags: String) throws(EdgeError) {
        let words = flags.split(separator: " ").map(String.init)
        for (flag, text) in zip(words, words.dropFirst()) {
            switch flag {
            case "--input-crop": try setCrop(text, at: flag)
            case "--input-color": try setColor(text, at: flag)
            case "--input-mean": try setMean(text, at: flag)
            case "--input-std": try setDeviation(text, at: flag)
            default: break
            }
        }
    }

    /// `fraction:0.875` or `none`.
    public mutating func setCrop(_ text: String, at place: String) throws(EdgeError) {
        if text == "none" {
            crop = .whole
        } else if text.hasPrefix("fraction:"), let share = Double(text.dropFirst(9)), share > 0, share <= 1 {
            crop = .square(millionths: UInt32((share * 1_000_000).rounded()))
        } else {
            throw EdgeError(.usage, at: place, "'\(text)' is neither 'none' nor 'fraction:X' with X in 0 … 1")
        }
    }

    /// `WxH`: it must be the model's own input size.
    public func setResize(_ text: String, at place: String) throws(EdgeError) {
        guard text == "\(width)x\(height)" else {
            throw EdgeError(.usage, at: place, "'\(text)' is not the model's input size \(width)x\(height)")
        }
    }

    /// `rgb`, `bgr` or `grey`.
    public mutating func setColor(_ text: String, at place: String) throws(EdgeError) {
        let colors: [String: InputColor] = ["rgb": .rgb, "bgr": .bgr, "grey": .grey]
        guard let chosen = colors[text], chosen.channels == color.channels else {
            throw EdgeError(.usage, at: place, "'\(text)' does not fit a model with \(color.channels) input channels")
        }
        color = chosen
    }

    /// Numbers separated by commas, one a channel or one for all.
    public mutating func setMean(_ text: String, at place: String) throws(EdgeError) {
        mean = try channels(text, at: place)
    }

    /// Numbers separated by commas, one a channel or one for all; none is 0.
    public mutating func setDeviation(_ text: String, at place: String) throws(EdgeError) {
        deviation = try channels(text, at: place)
        guard deviation.allSatisfy({ $0 != 0 }) else { throw EdgeError(.usage, at: place, "a deviation is 0") }
    }

    /// The flags of `quantize` that repeat these settings.
    public var flags: String {
        let crop =
            switch crop {
            case .automatic: ""
            case .whole: "--input-crop none "
            case .square(let millionths): "--input-crop fraction:\(Double(millionths) / 1_000_000) "
            }
        let color = color == .grey ? "grey" : color == .rgb ? "rgb" : "bgr"
        let numbers = [mean, deviation].map { $0.map { "\($0)" }.joined(separator: ",") }
        return crop + "--input-color \(color) --input-mean \(numbers[0]) --input-std \(numbers[1])"
    }

    private func channels(_ text: String, at place: String) throws(EdgeError) -> [Float] {
        let numbers = text.split(separator: ",").map { Float($0.trimmingCharacters(in: .whitespaces)) }
        let values = numbers.compactMap { $0 }.filter(\.isFinite)
        guard values.count == numbers.count, values.count == 1 || values.count == color.channels else {
            throw EdgeError(.usage, at: place, "'\(text)' is not one number, nor \(color.channels) separated by commas")
        }
        return values.count == color.channels ? values : [Float](repeating: values[0], count: color.channels)
    }

    /// The pipeline with tables for an input of this quantization: normalise and quantize at once.
    public func pipeline(for input: Quantization) -> InputPipeline {
        pipeline(.integers(floatTables.map { table in table.map { input.quantize($0) } }))
    }

    /// The pipeline with tables for an input of floats: normalise.
    public func floatPipeline() -> InputPipeline { pipeline(.floats(floatTables)) }

    private func pipeline(_ tables: InputTables) -> InputPipeline {
        InputPipeline(crop: crop, width: width, height: height, color: color, tables: tables)
    }

    /// What each value of a byte stands for, for each channel of the model's order.
    private var floatTables: [[Float]] {
        (0..<color.channels).map { channel in (0...255).map { normalized($0, channel) } }
    }

    /// A processor whose `resize` gives the pixels that `input` takes.
    public func processor() -> InputProcessor {
        InputProcessor(pipeline: pipeline(for: Quantization(scale: 1, zeroPoint: 0)))
    }

    /// The model's float input of a resized picture, channels in the model's order.
    public func input(_ resized: Picture) -> [Float] {
        let count = color.channels
        return resized.bytes.indices.map { index in
            let channel = index % count
            let source = color == .bgr ? index - channel + 2 - channel : index
            return normalized(resized.bytes[source], channel)
        }
    }

    private func normalized(_ pixel: UInt8, _ channel: Int) -> Float {
        (Float(pixel) / 255 - mean[channel]) / deviation[channel]
    }
}

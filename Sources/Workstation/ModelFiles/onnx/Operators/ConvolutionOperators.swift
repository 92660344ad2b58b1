import EdgeFormat
import ModelGraph

// Convolutions of one or two dimensions. One of one dimension is that of a picture of one row.
extension ONNXImporter {
    static let convolutionRules: [String: Rule] = [
        "Conv": Rule(of: windowAttributes) { importer, node throws(EdgeError) in
            let (x, weights) = (try importer.input(node), try importer.input(node, 1))
            // Moved now, so that constants keep the file's order.
            if importer.fileShape(weights).count == 4 { _ = try importer.pictured(weights) }
            return try importer.convolution(node, x, weights, bias: try importer.optionalInput(node, 2))
        },
        "ConvInteger": Rule(of: windowAttributes, decidesType: true) { importer, node throws(EdgeError) in
            let x = try importer.centred(try importer.input(node), try importer.optionalInput(node, 2))
            let weights = try importer.centred(
                try importer.input(node, 1), try importer.optionalInput(node, 3), axis: 0)
            return try importer.convolution(node, x, weights, bias: nil)
        },
        "ConvTranspose": Rule(of: windowAttributes.union(["output_padding", "output_shape"])) {
            importer, node throws(EdgeError) in try importer.transposedConvolution(node)
        },
    ]

    static let windowAttributes: Set<String> = ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]

    /// A value less its zero point, in 32 bits.
    /// - Parameter axis: along which a list of zero points runs.
    mutating func centred(_ x: Computed, _ zeroPoint: Computed?, axis: Int = 0) throws(EdgeError) -> Computed {
        let wide = try convert(x, to: .int32)
        guard let zeroPoint else { return wide }
        var zero = try convert(zeroPoint, to: .int32)
        if fileShape(zero).count == 1, fileShape(zero) != [1] {
            let rank = fileShape(x).count
            zero = inserting(zero, (0..<rank).filter { $0 != axis })
        }
        return try compute(.subtraction, wide, zero)
    }

    mutating func convolution(
        _ node: ONNXNode, _ x: Computed, _ weights: Computed, bias: Computed?
    ) throws(EdgeError) -> Computed {
        let geometry = try Geometry(self, node, x, weights)
        var window = geometry.window
        window.padding = try node.padding(window, geometry.picture, rank: geometry.rank)
        let operation = Convolution(
            strides: window.strides, padding: window.padding, dilations: window.dilations,
            groups: try node.int("group", default: 1))
        var inputs = [try pictured(x), try pictured(weights)]
        keepScales(of: weights, axis: 0, in: inputs[1])
        if let bias { inputs.append(try inFileOrder(bias)) }
        return try emitPicture(operation, inputs, rank: geometry.rank)
    }

    /// What a convolution's inputs say of it.
    private struct Geometry {
        /// Dimensions of the picture, without samples and channels.
        var rank: Int
        /// N·H·W·C.
        var picture: [Int]
        var window: Window

        init(_ importer: ONNXImporter, _ node: ONNXNode, _ x: Computed, _ weights: Computed) throws(EdgeError) {
            let (shape, kernel) = (importer.fileShape(x), importer.fileShape(weights))
            rank = shape.count - 2
            guard rank == 1 || rank == 2, kernel.count == shape.count else {
                throw EdgeError(
                    .data, at: "",
                    "only convolutions of one or two dimensions are supported, not of \(Shape.text(shape)) with "
                        + Shape.text(kernel))
            }
            picture = rank == 1 ? [shape[0], 1, shape[2], shape[1]] : [shape[0], shape[2], shape[3], shape[1]]
            let size = rank == 1 ? Extent(1, kernel[2]) : Extent(kernel[2], kernel[3])
            guard try node.extent("kernel_shape", rank: rank, default: size) == size else {
                throw EdgeError(.data, at: "", "kernel_shape differs from the weights' \(Shape.text(kernel))")
            }
            window = Window(
                size: size, strides: try node.extent("strides", rank: rank, default: .one),
                dilations: try node.extent("dilations", rank: rank, default: .one), padding: .none)
        }
    }

    /// Moved weights stay multiples of the scales that their source had, one or one an output channel.
    /// - Parameter axis: the output channels', in the file.
    mutating func keepScales(of weights: Computed, axis: Int, in id: Graph.ValueID) {
        guard result.values[weights.id].constant != nil, let source = result.values[weights.id].type.quantization else {
            return
        }
        guard let channels = source.axis else {
            result.values[id].type.quantization = source
            return
        }
        let isOutput = weights.layout.axes[axis] == [channels] || source.scales.count == 1
        result.values[id].type.quantization = isOutput ? Quantization(scales: source.scales, axis: 0) : nil
    }

    /// N·C·H·W or N·C·L as a picture N·H·W·C, in the latter case of one row.
    mutating func pictured(_ x: Computed) throws(EdgeError) -> Graph.ValueID {
        try arranged(x.layout.axes.count == 3 ? inserting(x, [2]) : x, .channelsLast(rank: 4))
    }

    /// Adds an operation that gives a picture.
    /// - Parameter rank: dimensions of the picture in the file, without samples and channels.
    mutating func emitPicture(
        _ operation: any Operation, _ inputs: [Graph.ValueID], rank: Int
    ) throws(EdgeError) -> Computed {
        let id = try emit(operation, inputs, name: label)
        let picture = Computed(id: id, layout: Layout(order: .channelsLast(rank: 4), shape(id)))
        return rank == 1 ? dropping(picture, [2]) : picture
    }

    /// Every input element spread over the outputs that the kernel reaches from it: the same as a convolution of the
    /// input with zeros between its elements, by the kernel turned around (Dumoulin & Visin 2016, section 4).
    private mutating func transposedConvolution(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let (x, weights) = (try input(node), try input(node, 1))
        let geometry = try Geometry(self, node, x, weights)
        let groups = try node.int("group", default: 1)
        let kernel = fileShape(weights)
        guard groups >= 1, kernel[0] % groups == 0, kernel[0] == geometry.picture[3] else {
            throw EdgeError(
                .data, at: "", "weights \(Shape.text(kernel)) in \(groups) groups for \(geometry.picture[3]) channels")
        }
        let pads = try transposedPads(node, geometry)
        let spread = try spreadOut(try pictured(x), geometry.window, pads)
        let turned = try turnedAround(weights, groups: groups)
        var inputs = [spread, turned]
        if let bias = try optionalInput(node, 2) { inputs.append(try inFileOrder(bias)) }
        let operation = Convolution(dilations: geometry.window.dilations, groups: groups)
        return try emitPicture(operation, inputs, rank: geometry.rank)
    }

    /// The zeros around the spread input: what the kernel reaches, less what the padding cuts off.
    private func transposedPads(_ node: ONNXNode, _ geometry: Geometry) throws(EdgeError) -> Padding {
        let (window, rank) = (geometry.window, geometry.rank)
        _ = try Window(size: window.size, strides: window.strides, dilations: window.dilations, padding: Padding(0))
            .places(height: Shape.windowLimit * 4, width: Shape.windowLimit * 4)
        let extra = try node.extent("output_padding", rank: rank, default: Extent(0, 0))
        let reach = Extent(
            window.dilations.height * (window.size.height - 1), window.dilations.width * (window.size.width - 1))
        let wanted = try node.ints("output_shape").map { Array($0.suffix(rank)) }
        let automatic = try node.string("auto_pad", default: "NOTSET")
        var cut = try node.ints("pads") ?? [Int](repeating: 0, count: 2 * rank)
        guard cut.count == 2 * rank, wanted.map({ $0.count == rank }) ?? true else {
            throw EdgeError(.data, at: "", "pads or output_shape do not have \(rank) dimensions")
        }
        // So small that no sum below overflows.
        for amount in cut + [extra.height, extra.width] where amount.magnitude > UInt(Shape.windowLimit) {
            throw EdgeError(.data, at: "", "padding \(amount) is outside ±\(Shape.windowLimit)")
        }
        if let wanted { _ = try Shape.elementCount(wanted) }
        for axis in 0..<rank {
            let isWidth = rank == 1 || axis == 1
            let size = geometry.picture[isWidth ? 2 : 1]
            let stride = isWidth ? window.strides.width : window.strides.height
            let full =
                stride * (size - 1) + (isWidth ? extra.width : extra.height) + (isWidth ? reach.width : reach.height)
                + 1
            let target = wanted?[axis] ?? (automatic.hasPrefix("SAME") ? size * stride : nil)
            guard let target else { continue }
            let total = full - target
            // The larger half is cut off behind, but for SAME_LOWER.
            let first = automatic == "SAME_LOWER" ? total - total / 2 : total / 2
            (cut[axis], cut[axis + rank]) = (first, total - first)
        }
        let two = rank == 1 ? [0, cut[0], 0, cut[1]] : cut
        return Padding(
            top: reach.height - two[0], left: reach.width - two[1],
            bottom: reach.height - two[2] + extra.height, right: reach.width - two[3] + extra.width)
    }

    /// Zeros between the pixels of a picture N·H·W·C, as many as the strides leave, and around it.
    private mutating func spreadOut(
        _ id: Graph.ValueID, _ window: Window, _ pads: Padding
    ) throws(EdgeError) -> Graph.ValueID {
        let shape = shape(id)
        try charge(bytes: 8 * (shape[1] * window.strides.height + abs(pads.top) + abs(pads.bottom)))
        try charge(bytes: 8 * (shape[2] * window.strides.width + abs(pads.left) + abs(pads.right)))
        let operation = try Rearrangement.spread(shape, strides: window.strides, pads: pads)
        return try emit(operation, [id], name: label + ".spread")
    }

    /// Weights I·(O/groups)·… of a transposed convolution as O·KH·KW·(I/groups), the kernel turned around.
    private mutating func turnedAround(_ weights: Computed, groups: Int) throws(EdgeError) -> Graph.ValueID {
        let square = weights.layout.axes.count == 3 ? inserting(weights, [2]) : weights
        let shape = fileShape(square)
        let split = try reshaped(square, [groups, shape[0] / groups, shape[1], shape[2], shape[3]])
        let turned = try rearrange(split) { sizes, order throws(EdgeError) in
            Rearrangement.selection(
                "turn", sizes,
                places: order.indices.map { axis in
                    order[axis] >= 3 ? Array((0..<sizes[axis]).reversed()) : Array(0..<sizes[axis])
                })
        }
        // groups · O/groups · KH · KW · I/groups
        let ordered = transposed(turned, [0, 2, 3, 4, 1])
        let whole = try reshaped(
            Computed(id: try inFileOrder(ordered), layout: Layout(same: fileShape(ordered))),
            [groups * shape[1], shape[2], shape[3], shape[0] / groups])
        return try inFileOrder(whole)
    }
}

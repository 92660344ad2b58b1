/// The channels of 2 … 8 pictures of the same N, H, W side by side. An input may lie where its channels belong.
func checkConcatenation(_ context: OperationContext) throws(EdgeError) {
    let count = context.record.inputs.count
    guard (2...8).contains(count) else { throw context.fail("has \(count) inputs; 2 … 8 can be") }
    try context.checkOperands(inputs: count, activations: Array(0..<count))
    try context.checkActivations(Array(0..<count))
    let output = context.output
    var channels = 0
    for index in 0..<count {
        let input = context.input(index)
        guard input.isPicture, output.isPicture, input.pictures == output.pictures, input.height == output.height,
            input.width == output.width
        else { throw context.fail("needs pictures of the same size") }
        try context.checkSameValues(input)
        channels += input.channels
    }
    guard channels == output.channels else {
        throw context.fail("has an output of \(output.channels) channels; its inputs have \(channels)")
    }
}

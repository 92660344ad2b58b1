/// The same values with another scale, zero point or number of bits; any shape.
func checkRescale(_ context: OperationContext) throws(EdgeError) {
    try context.checkOperands(inputs: 1)
    try context.checkActivations()
    guard context.input(0).shape == context.output.shape else { throw context.fail("changes the shape") }
}

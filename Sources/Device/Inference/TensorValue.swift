public import EdgeFormat

/// A Swift type of a tensor's elements. Half floats have none that every processor knows: take them as reals.
public protocol TensorValue: BitwiseCopyable, Sendable {
    static var element: ModelElement { get }
}

extension Bool: TensorValue { public static var element: ModelElement { .bool } }
extension Int8: TensorValue { public static var element: ModelElement { .int8 } }
extension UInt8: TensorValue { public static var element: ModelElement { .uint8 } }
extension Int16: TensorValue { public static var element: ModelElement { .int16 } }
extension UInt16: TensorValue { public static var element: ModelElement { .uint16 } }
extension Int32: TensorValue { public static var element: ModelElement { .int32 } }
extension Int64: TensorValue { public static var element: ModelElement { .int64 } }
extension Float: TensorValue { public static var element: ModelElement { .float32 } }

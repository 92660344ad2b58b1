// What both halves of the C face share: handles are the protobuf messages themselves under another name.
#ifndef CONNX_MODEL_H
#define CONNX_MODEL_H

#include "include/CONNX.h"

// The headers of protobuf are not ours to mend.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>
#pragma clang diagnostic pop

#include <memory>

struct connx_model {
    onnx::ModelProto proto;
};

template <typename Handle, typename Message> const Handle *handle(const Message &message) {
    return reinterpret_cast<const Handle *>(&message);
}

inline const onnx::NodeProto &proto(const connx_node *node) { return *reinterpret_cast<const onnx::NodeProto *>(node); }
inline onnx::NodeProto &proto(connx_node *node) { return *reinterpret_cast<onnx::NodeProto *>(node); }
inline const onnx::AttributeProto &proto(const connx_attribute *attribute) {
    return *reinterpret_cast<const onnx::AttributeProto *>(attribute);
}
inline const onnx::TensorProto &proto(const connx_tensor *tensor) {
    return *reinterpret_cast<const onnx::TensorProto *>(tensor);
}
inline const onnx::ValueInfoProto &proto(const connx_value *value) {
    return *reinterpret_cast<const onnx::ValueInfoProto *>(value);
}

/// Calls `body`; any exception becomes `failure`.
template <typename Result, typename Body> Result guarded(Result failure, Body body) noexcept {
    try {
        return body();
    } catch (...) {
        return failure;
    }
}

/// protobuf writes to stderr by itself unless it is told not to; the caller says what is wrong.
inline void silence_protobuf() {
    static const bool once = [] {
        google::protobuf::SetLogHandler(nullptr);
        return true;
    }();
    (void)once;
}

#endif

// ONNX files through libonnx's protobuf classes, with a C face: Swift cannot call C++, and no C++ exception may leave it.
//
// A model is parsed or made as a whole; everything else is a handle into it that lives as long as the model. Nothing
// here judges a model: indices are checked, meanings are not.
#ifndef CONNX_H
#define CONNX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct connx_model connx_model;
typedef struct connx_node connx_node;
typedef struct connx_attribute connx_attribute;
typedef struct connx_tensor connx_tensor;
typedef struct connx_value connx_value;

/// Bytes that belong to the model; text is UTF-8 if the file's writer kept to the rules.
struct connx_bytes {
    const char *_Nullable start;
    size_t count;
};

// --- Reading ---

/// Parses a file held in memory; null where it is no ONNX file or memory runs out. Prints nothing.
connx_model *_Nullable connx_parse(const void *_Nonnull bytes, size_t count);
void connx_free(connx_model *_Nonnull model);

int64_t connx_ir_version(const connx_model *_Nonnull model);
size_t connx_opset_count(const connx_model *_Nonnull model);
struct connx_bytes connx_opset_domain(const connx_model *_Nonnull model, size_t index);
int64_t connx_opset_version(const connx_model *_Nonnull model, size_t index);
size_t connx_metadata_count(const connx_model *_Nonnull model);
struct connx_bytes connx_metadata_key(const connx_model *_Nonnull model, size_t index);
struct connx_bytes connx_metadata_value(const connx_model *_Nonnull model, size_t index);
struct connx_bytes connx_graph_name(const connx_model *_Nonnull model);

size_t connx_node_count(const connx_model *_Nonnull model);
const connx_node *_Nonnull connx_node_at(const connx_model *_Nonnull model, size_t index);
size_t connx_initializer_count(const connx_model *_Nonnull model);
const connx_tensor *_Nonnull connx_initializer_at(const connx_model *_Nonnull model, size_t index);
size_t connx_sparse_initializer_count(const connx_model *_Nonnull model);
size_t connx_input_count(const connx_model *_Nonnull model);
const connx_value *_Nonnull connx_input_at(const connx_model *_Nonnull model, size_t index);
size_t connx_output_count(const connx_model *_Nonnull model);
const connx_value *_Nonnull connx_output_at(const connx_model *_Nonnull model, size_t index);

struct connx_bytes connx_node_name(const connx_node *_Nonnull node);
struct connx_bytes connx_node_type(const connx_node *_Nonnull node);
struct connx_bytes connx_node_domain(const connx_node *_Nonnull node);
size_t connx_node_input_count(const connx_node *_Nonnull node);
struct connx_bytes connx_node_input(const connx_node *_Nonnull node, size_t index);
size_t connx_node_output_count(const connx_node *_Nonnull node);
struct connx_bytes connx_node_output(const connx_node *_Nonnull node, size_t index);
size_t connx_node_attribute_count(const connx_node *_Nonnull node);
const connx_attribute *_Nonnull connx_node_attribute(const connx_node *_Nonnull node, size_t index);

/// The numbers of AttributeProto.AttributeType.
enum connx_attribute_type {
    CONNX_FLOAT = 1,
    CONNX_INT = 2,
    CONNX_STRING = 3,
    CONNX_TENSOR = 4,
    CONNX_FLOATS = 6,
    CONNX_INTS = 7,
    CONNX_STRINGS = 8,
};
struct connx_bytes connx_attribute_name(const connx_attribute *_Nonnull attribute);
int32_t connx_attribute_type(const connx_attribute *_Nonnull attribute);
float connx_attribute_float(const connx_attribute *_Nonnull attribute);
int64_t connx_attribute_int(const connx_attribute *_Nonnull attribute);
struct connx_bytes connx_attribute_string(const connx_attribute *_Nonnull attribute);
const connx_tensor *_Nonnull connx_attribute_tensor(const connx_attribute *_Nonnull attribute);
const float *_Nullable connx_attribute_floats(const connx_attribute *_Nonnull attribute, size_t *_Nonnull count);
size_t connx_attribute_string_count(const connx_attribute *_Nonnull attribute);
struct connx_bytes connx_attribute_string_at(const connx_attribute *_Nonnull attribute, size_t index);
const int64_t *_Nullable connx_attribute_ints(const connx_attribute *_Nonnull attribute, size_t *_Nonnull count);

/// The numbers of TensorProto.DataType.
enum connx_data_type {
    CONNX_DATA_FLOAT = 1,
    CONNX_DATA_UINT8 = 2,
    CONNX_DATA_INT8 = 3,
    CONNX_DATA_UINT16 = 4,
    CONNX_DATA_INT16 = 5,
    CONNX_DATA_INT32 = 6,
    CONNX_DATA_INT64 = 7,
    CONNX_DATA_BOOL = 9,
    CONNX_DATA_FLOAT16 = 10,
    CONNX_DATA_DOUBLE = 11,
};
struct connx_bytes connx_tensor_name(const connx_tensor *_Nonnull tensor);
int32_t connx_tensor_type(const connx_tensor *_Nonnull tensor);
const int64_t *_Nullable connx_tensor_dimensions(const connx_tensor *_Nonnull tensor, size_t *_Nonnull count);
/// Whether the elements are said to be in another file. Nothing here opens it.
int32_t connx_tensor_is_external(const connx_tensor *_Nonnull tensor);
/// What is said of that file under a key, `location`, `offset` or `length`; a null start where nothing is.
struct connx_bytes connx_tensor_external_entry(const connx_tensor *_Nonnull tensor, const char *_Nonnull key);
/// The elements stand in exactly one of these, little-endian in `raw`.
struct connx_bytes connx_tensor_raw(const connx_tensor *_Nonnull tensor);
const float *_Nullable connx_tensor_floats(const connx_tensor *_Nonnull tensor, size_t *_Nonnull count);
const int32_t *_Nullable connx_tensor_int32s(const connx_tensor *_Nonnull tensor, size_t *_Nonnull count);
const int64_t *_Nullable connx_tensor_int64s(const connx_tensor *_Nonnull tensor, size_t *_Nonnull count);
const double *_Nullable connx_tensor_doubles(const connx_tensor *_Nonnull tensor, size_t *_Nonnull count);

struct connx_bytes connx_value_name(const connx_value *_Nonnull value);
/// TensorProto.DataType, 0 where the value is no tensor.
int32_t connx_value_type(const connx_value *_Nonnull value);
/// Whether the shape is known at all.
int32_t connx_value_has_shape(const connx_value *_Nonnull value);
size_t connx_value_rank(const connx_value *_Nonnull value);
/// A dimension, or INT64_MIN where it has a name or nothing instead of a number.
int64_t connx_value_dimension(const connx_value *_Nonnull value, size_t axis);

// --- Writing: appends to a new model. Null or 0 means that memory ran out. ---

/// An empty model; null when memory runs out.
connx_model *_Nullable connx_create(int64_t ir_version, int64_t opset, const char *_Nonnull producer,
                                    const char *_Nonnull producer_version, const char *_Nonnull graph_name);
int32_t connx_add_metadata(connx_model *_Nonnull model, const char *_Nonnull key, const char *_Nonnull value);
int32_t connx_add_input(connx_model *_Nonnull model, const char *_Nonnull name, int32_t type,
                        const int64_t *_Nullable dimensions, size_t rank);
int32_t connx_add_output(connx_model *_Nonnull model, const char *_Nonnull name, int32_t type,
                         const int64_t *_Nullable dimensions, size_t rank);
/// `raw` holds the elements, little-endian.
int32_t connx_add_initializer(connx_model *_Nonnull model, const char *_Nonnull name, int32_t type,
                              const int64_t *_Nullable dimensions, size_t rank, const void *_Nullable raw,
                              size_t count);
connx_node *_Nullable connx_add_node(connx_model *_Nonnull model, const char *_Nonnull type,
                                     const char *_Nonnull name);
int32_t connx_add_node_input(connx_node *_Nonnull node, const char *_Nonnull name);
int32_t connx_add_node_output(connx_node *_Nonnull node, const char *_Nonnull name);
int32_t connx_add_int(connx_node *_Nonnull node, const char *_Nonnull name, int64_t value);
int32_t connx_add_ints(connx_node *_Nonnull node, const char *_Nonnull name, const int64_t *_Nullable values,
                       size_t count);
int32_t connx_add_float(connx_node *_Nonnull node, const char *_Nonnull name, float value);
int32_t connx_add_string(connx_node *_Nonnull node, const char *_Nonnull name, const char *_Nonnull value);

/// The size of the file; 0 when it is above 2 GiB, protobuf's limit.
size_t connx_size(const connx_model *_Nonnull model);
/// Writes `connx_size` bytes, the same for the same calls. Returns 0 on failure.
int32_t connx_serialize(const connx_model *_Nonnull model, void *_Nonnull bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif

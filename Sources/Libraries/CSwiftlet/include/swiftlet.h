/* swiftlet.h - run .edge models from C, C++ and whatever can call C. C99; docs/embedding.md has an example.
 *
 *     open a model -> open a session -> set the inputs -> run -> get the outputs -> close both
 *
 * Errors. A function that can fail returns a status, and its sentence is kept by the handle that it was about
 * (swiftlet_model_error, swiftlet_session_error) until the next call with that handle. No argument crashes: NULL where
 * something is needed, a wrong index and a wrong size are SWIFTLET_INVALID. A pointer that is no handle of this library,
 * or one that was closed, cannot be told from a good one.
 *
 * Threads. There is no global state. A model never changes once it is open: any number of threads may make sessions of
 * one model at the same time. A session is one thread's at a time; different sessions are independent, also those of one
 * model. A session wakes helper threads of its own when it is opened with more than one thread.
 *
 * Memory. Text and pointers that a function gives belong to its handle, and are valid until the handle is closed (error
 * texts: until its next call). Numbers are copied in and out. swiftlet_run allocates nothing.
 */
#ifndef SWIFTLET_H
#define SWIFTLET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of this header; swiftlet_version() is that of the library, and both should be the same. */
#define SWIFTLET_VERSION "0.1.0"

/** What a call came to. The numbers are the exit statuses of edge-run. */
typedef enum swiftlet_status {
    SWIFTLET_OK = 0,
    SWIFTLET_INVALID = 2, /**< an argument is wrong: NULL, an index, a size, a type, an option */
    SWIFTLET_DATA = 3,    /**< the file is damaged, no model, or of a version that this library does not know */
    SWIFTLET_SYSTEM = 4   /**< the system refused: no such file, no permission, no memory */
} swiftlet_status;

/** The type of a tensor's elements; the numbers are those of the .edge format. */
typedef enum swiftlet_element {
    SWIFTLET_BOOL = 1, /**< a byte, 0 or 1 */
    SWIFTLET_INT8 = 2,
    SWIFTLET_UINT8 = 3,
    SWIFTLET_INT16 = 4,
    SWIFTLET_UINT16 = 5,
    SWIFTLET_INT32 = 6,
    SWIFTLET_INT64 = 8,
    SWIFTLET_FLOAT16 = 10, /**< IEEE 754 binary16 */
    SWIFTLET_FLOAT32 = 12
} swiftlet_element;

/** A checked model, ready to make sessions of. */
typedef struct swiftlet_model swiftlet_model;
/** A model with memory and threads to run it: one of its graphs. */
typedef struct swiftlet_session swiftlet_session;

#define SWIFTLET_MAXIMUM_RANK 6

/** An input or output of a session. */
typedef struct swiftlet_tensor {
    /** UTF-8; the session's own memory. */
    const char *name;
    /** How the elements are stored: what swiftlet_set_elements takes and swiftlet_get_elements gives. */
    swiftlet_element element;
    /** Whether floats can be set and got: of float types, and of integers that stand for (q - zero_point) * scale. */
    int32_t takes_floats;
    /** 0 where elements are themselves. */
    float scale;
    int32_t zero_point;
    /** 0 ... 6 axes; those beyond the rank have size 1. Their order is the session's. */
    size_t rank;
    size_t shape[SWIFTLET_MAXIMUM_RANK];
    /** The product of the shape. */
    size_t count;
    /** Bytes of all elements. */
    size_t size;
} swiftlet_tensor;

/** The order of axes in which a session takes inputs, gives outputs and tells shapes. */
typedef enum swiftlet_order {
    /** As in the model that was compiled, such as N*C*H*W of an ONNX network. */
    SWIFTLET_SOURCE_ORDER = 0,
    /** As they are stored: pictures N*H*W*C, the way cameras give them. Nothing needs to be moved. */
    SWIFTLET_STORED_ORDER = 1
} swiftlet_order;

/** How to open a session. All zeros, or NULL in place of the options, is right for most. */
typedef struct swiftlet_options {
    /** The name of one of the model's graphs; NULL is the first. */
    const char *graph;
    /** A kernel set by name, such as "scalar" or "neon"; NULL is the best one that this processor runs. */
    const char *kernels;
    /** Threads that share the work, the caller's included, at most 64; 0 is 1. */
    int32_t threads;
    swiftlet_order order;
} swiftlet_options;

/** The version of the library, such as "0.1.0". */
const char *swiftlet_version(void);

/** The newest version of the .edge format that the library reads, 1000 * major + minor. */
int32_t swiftlet_format_version(void);

/** Bytes an element; 0 where there is no such type. */
size_t swiftlet_element_size(swiftlet_element element);

/**
 * Opens and checks a model. The file is mapped, not read: it must not be changed or cut while the model is open (replace
 * it by renaming another one over it).
 *
 * @param model  receives a handle, also where opening failed: ask it for the error, then close it.
 * @return SWIFTLET_INVALID, SWIFTLET_DATA or SWIFTLET_SYSTEM.
 */
swiftlet_status swiftlet_open(const char *path, swiftlet_model **model);

/** The same of a model in memory, which is copied: `bytes` may go afterwards. */
swiftlet_status swiftlet_open_bytes(const void *bytes, size_t size, swiftlet_model **model);

/** Gives a model back. Sessions of it keep what they need. NULL is nothing. */
void swiftlet_close(swiftlet_model *model);

/** Why the model could not be opened, a line of UTF-8; "" where it was. */
const char *swiftlet_model_error(const swiftlet_model *model);

/** The number of the model's graphs (most have one); 0 of NULL and of a model that could not be opened. */
size_t swiftlet_graph_count(const swiftlet_model *model);

/** The name of a graph, NULL where there is none of that number. */
const char *swiftlet_graph_name(const swiftlet_model *model, size_t index);

/**
 * Makes a model ready to run: reserves all memory, packs weights, starts threads.
 *
 * @param options  NULL: the first graph, one thread, the best kernels, the source model's order of axes.
 * @param session  receives a handle, also where this failed: ask it for the error, then close it.
 * @return SWIFTLET_INVALID, SWIFTLET_DATA or SWIFTLET_SYSTEM.
 */
swiftlet_status swiftlet_session_open(
    const swiftlet_model *model, const swiftlet_options *options, swiftlet_session **session);

/** Ends a session, with its threads. NULL is nothing. */
void swiftlet_session_close(swiftlet_session *session);

/** What was wrong with the last call that took this session, a line of UTF-8; "" where nothing was. */
const char *swiftlet_session_error(const swiftlet_session *session);

/** The number of inputs; 0 of NULL and of a session that could not be opened. */
size_t swiftlet_input_count(const swiftlet_session *session);
size_t swiftlet_output_count(const swiftlet_session *session);

/** Tells name, type and shape of an input. */
swiftlet_status swiftlet_input(swiftlet_session *session, size_t index, swiftlet_tensor *tensor);
swiftlet_status swiftlet_output(swiftlet_session *session, size_t index, swiftlet_tensor *tensor);

/**
 * Sets an input to reals, row-major in the session's order of axes. Integers that stand for reals get the nearest one
 * (half to even, cut to the type's range; a NaN is 0). Other integers take elements alone.
 *
 * @param count  the number of floats, which must be the tensor's.
 */
swiftlet_status swiftlet_set_floats(swiftlet_session *session, size_t input, const float *values, size_t count);

/**
 * Sets an input to elements of its own type, row-major in the session's order of axes.
 *
 * @param size  the number of bytes, which must be the tensor's.
 */
swiftlet_status swiftlet_set_elements(swiftlet_session *session, size_t input, const void *elements, size_t size);

/**
 * Runs the graph. Every input must have been set since the last run, whose results may lie in the same memory.
 *
 * @return SWIFTLET_INVALID where an input was not set.
 */
swiftlet_status swiftlet_run(swiftlet_session *session);

/**
 * Forgets all earlier runs, where a model remembers something from one run to the next (a recurrent layer on a stream).
 * Does nothing to other models.
 */
swiftlet_status swiftlet_reset(swiftlet_session *session);

/** Gets an output as reals; as swiftlet_set_floats. SWIFTLET_INVALID before the first run. */
swiftlet_status swiftlet_get_floats(swiftlet_session *session, size_t output, float *values, size_t count);

/** Gets an output's elements; as swiftlet_set_elements. SWIFTLET_INVALID before the first run. */
swiftlet_status swiftlet_get_elements(swiftlet_session *session, size_t output, void *elements, size_t size);

/**
 * How much of an output's first axis counts. It is the size of that axis, but of operations whose number of results is
 * known after a run alone, such as non-maximum suppression, where the rest of the output means nothing.
 */
swiftlet_status swiftlet_output_rows(swiftlet_session *session, size_t output, size_t *rows);

#ifdef __cplusplus
}
#endif

#endif

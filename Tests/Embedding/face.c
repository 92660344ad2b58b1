// face MODEL: what swiftlet.h promises, on Tests/Fixtures/tiny.edge: one int8 input and one int8 output.
#include "swiftlet.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int passed, failed;

#define CHECK(condition) check(condition, #condition, __LINE__)
static void check(int holds, const char *condition, int line) {
    if (holds) {
        passed++;
    } else {
        failed++;
        printf("failed: line %d: %s\n", line, condition);
    }
}

// Whether a call came to `wanted` and the session says why with these words.
#define REFUSED(session, status, wanted, words) refused(session, status, wanted, words, __LINE__)
static void refused(const swiftlet_session *session, swiftlet_status status, swiftlet_status wanted, const char *words, int line) {
    const char *text = swiftlet_session_error(session);
    int holds = status == wanted && text && strstr(text, words) && !strchr(text, '\n');
    if (!holds) printf("status %d: %s\n", (int)status, text ? text : "NULL");
    check(holds, words, line);
}

enum { MOST = 4096 };
static const char *program, *path;
static swiftlet_tensor input, output;

static swiftlet_session *open_session(const swiftlet_model *model, int32_t threads) {
    swiftlet_options options = {.threads = threads};
    swiftlet_session *session = NULL;
    CHECK(swiftlet_session_open(model, &options, &session) == SWIFTLET_OK);
    CHECK(strcmp(swiftlet_session_error(session), "") == 0);
    return session;
}

static void fill(float *values, unsigned seed) {
    for (size_t index = 0; index < input.count; index++) {
        seed = seed * 1664525 + 1013904223;
        values[index] = (float)(seed >> 16) / 65536 * 3 - 1.5F; // also beyond what the input can stand for
    }
}

static void results_of(swiftlet_session *session, unsigned seed, int8_t *results) {
    float values[MOST];
    fill(values, seed);
    CHECK(swiftlet_set_floats(session, 0, values, input.count) == SWIFTLET_OK);
    CHECK(swiftlet_run(session) == SWIFTLET_OK);
    CHECK(swiftlet_get_elements(session, 0, results, output.size) == SWIFTLET_OK);
}

static void tells_versions(void) {
    CHECK(strcmp(swiftlet_version(), SWIFTLET_VERSION) == 0);
    CHECK(swiftlet_format_version() >= 1002 && swiftlet_format_version() < 2000);
    CHECK(swiftlet_element_size(SWIFTLET_BOOL) == 1 && swiftlet_element_size(SWIFTLET_FLOAT16) == 2);
    CHECK(swiftlet_element_size(SWIFTLET_FLOAT32) == 4 && swiftlet_element_size(SWIFTLET_INT64) == 8);
    CHECK(swiftlet_element_size((swiftlet_element)99) == 0);
}

static void tells_tensors(swiftlet_model *model, swiftlet_session *session) {
    CHECK(swiftlet_graph_count(model) == 1 && swiftlet_graph_name(model, 0) && !swiftlet_graph_name(model, 1));
    CHECK(swiftlet_input_count(session) == 1 && swiftlet_output_count(session) == 1);
    CHECK(swiftlet_input(session, 0, &input) == SWIFTLET_OK && swiftlet_output(session, 0, &output) == SWIFTLET_OK);
    CHECK(strcmp(input.name, "input") == 0 && strlen(output.name) > 0);
    CHECK(input.element == SWIFTLET_INT8 && input.takes_floats && input.scale > 0);
    CHECK(input.rank == 4 && input.shape[4] == 1 && input.shape[5] == 1);
    CHECK(input.shape[0] * input.shape[1] * input.shape[2] * input.shape[3] == input.count);
    CHECK(input.size == input.count * swiftlet_element_size(input.element) && input.count <= MOST);
    CHECK(output.rank == 2 && output.count <= MOST);
}

// Floats go through the scale, half to even, and come back through it.
static void converts(swiftlet_session *session) {
    float values[MOST], reals[MOST];
    int8_t elements[MOST], by_floats[MOST], by_elements[MOST];
    fill(values, 1);
    values[0] = NAN;
    values[1] = 1e30F;
    values[2] = -INFINITY;
    for (size_t index = 0; index < input.count; index++) {
        float steps = values[index] / input.scale;
        if (isnan(steps)) steps = 0;
        float rounded = rintf(fmaxf(-1000, fminf(1000, steps))) + (float)input.zero_point;
        elements[index] = (int8_t)fmaxf(-128, fminf(127, rounded));
    }
    CHECK(swiftlet_set_floats(session, 0, values, input.count) == SWIFTLET_OK && swiftlet_run(session) == SWIFTLET_OK);
    CHECK(swiftlet_get_elements(session, 0, by_floats, output.size) == SWIFTLET_OK);
    CHECK(swiftlet_get_floats(session, 0, reals, output.count) == SWIFTLET_OK);
    int same = 1;
    for (size_t index = 0; index < output.count; index++)
        same = same && reals[index] == (float)(by_floats[index] - output.zero_point) * output.scale;
    CHECK(same);
    CHECK(swiftlet_set_elements(session, 0, elements, input.size) == SWIFTLET_OK && swiftlet_run(session) == SWIFTLET_OK);
    CHECK(swiftlet_get_elements(session, 0, by_elements, output.size) == SWIFTLET_OK);
    CHECK(memcmp(by_floats, by_elements, output.size) == 0);
    size_t rows = 0;
    CHECK(swiftlet_output_rows(session, 0, &rows) == SWIFTLET_OK && rows == output.shape[0]);
}

static void refuses_null(swiftlet_model *model, swiftlet_session *session) {
    swiftlet_model *no_model = NULL;
    swiftlet_session *no_session = NULL;
    float value = 0;
    CHECK(swiftlet_open(path, NULL) == SWIFTLET_INVALID && swiftlet_open_bytes("", 0, NULL) == SWIFTLET_INVALID);
    CHECK(swiftlet_open(NULL, &no_model) == SWIFTLET_INVALID && strstr(swiftlet_model_error(no_model), "NULL"));
    swiftlet_close(no_model);
    CHECK(swiftlet_open_bytes(NULL, 9, &no_model) == SWIFTLET_INVALID && strstr(swiftlet_model_error(no_model), "NULL"));
    CHECK(swiftlet_graph_count(no_model) == 0 && !swiftlet_graph_name(no_model, 0));
    swiftlet_status status = swiftlet_session_open(no_model, NULL, &no_session);
    REFUSED(no_session, status, SWIFTLET_INVALID, "NULL");
    swiftlet_close(no_model);
    swiftlet_close(NULL);
    swiftlet_session_close(NULL);
    CHECK(!swiftlet_model_error(NULL) && !swiftlet_session_error(NULL));
    CHECK(swiftlet_graph_count(NULL) == 0 && !swiftlet_graph_name(NULL, 0));
    CHECK(swiftlet_input_count(NULL) == 0 && swiftlet_output_count(NULL) == 0);
    CHECK(swiftlet_session_open(model, NULL, NULL) == SWIFTLET_INVALID);
    swiftlet_session_close(no_session);
    status = swiftlet_session_open(NULL, NULL, &no_session);
    REFUSED(no_session, status, SWIFTLET_INVALID, "NULL");
    // What could not be opened says why at every call.
    CHECK(swiftlet_input_count(no_session) == 0);
    REFUSED(no_session, swiftlet_run(no_session), SWIFTLET_INVALID, "NULL");
    REFUSED(no_session, swiftlet_set_floats(no_session, 0, &value, 1), SWIFTLET_INVALID, "NULL");
    swiftlet_session_close(no_session);
    CHECK(swiftlet_input(NULL, 0, &input) == SWIFTLET_INVALID && swiftlet_output(NULL, 0, &output) == SWIFTLET_INVALID);
    CHECK(swiftlet_set_floats(NULL, 0, &value, 1) == SWIFTLET_INVALID && swiftlet_run(NULL) == SWIFTLET_INVALID);
    CHECK(swiftlet_set_elements(NULL, 0, &value, 1) == SWIFTLET_INVALID);
    CHECK(swiftlet_get_floats(NULL, 0, &value, 1) == SWIFTLET_INVALID);
    CHECK(swiftlet_get_elements(NULL, 0, &value, 1) == SWIFTLET_INVALID);
    CHECK(swiftlet_output_rows(NULL, 0, NULL) == SWIFTLET_INVALID);
    REFUSED(session, swiftlet_input(session, 0, NULL), SWIFTLET_INVALID, "NULL");
    REFUSED(session, swiftlet_output(session, 0, NULL), SWIFTLET_INVALID, "NULL");
    REFUSED(session, swiftlet_set_floats(session, 0, NULL, input.count), SWIFTLET_INVALID, "NULL");
    REFUSED(session, swiftlet_set_elements(session, 0, NULL, input.size), SWIFTLET_INVALID, "NULL");
    REFUSED(session, swiftlet_get_floats(session, 0, NULL, output.count), SWIFTLET_INVALID, "NULL");
    REFUSED(session, swiftlet_get_elements(session, 0, NULL, output.size), SWIFTLET_INVALID, "NULL");
    REFUSED(session, swiftlet_output_rows(session, 0, NULL), SWIFTLET_INVALID, "NULL");
}

static void refuses_wrong_numbers(swiftlet_session *session) {
    float values[MOST + 1] = {0};
    size_t rows;
    swiftlet_tensor tensor;
    CHECK(swiftlet_set_floats(session, 0, values, input.count) == SWIFTLET_OK && swiftlet_run(session) == SWIFTLET_OK);
    REFUSED(session, swiftlet_input(session, 1, &tensor), SWIFTLET_INVALID, "no input number 1");
    REFUSED(session, swiftlet_output(session, SIZE_MAX, &tensor), SWIFTLET_INVALID, "no output number");
    REFUSED(session, swiftlet_get_floats(session, 1, values, output.count), SWIFTLET_INVALID, "no output number 1");
    REFUSED(session, swiftlet_get_elements(session, SIZE_MAX, values, output.size), SWIFTLET_INVALID, "no output number");
    REFUSED(session, swiftlet_output_rows(session, 1, &rows), SWIFTLET_INVALID, "no output number 1");
    REFUSED(session, swiftlet_get_floats(session, 0, values, output.count + 1), SWIFTLET_INVALID, "values, not");
    REFUSED(session, swiftlet_get_floats(session, 0, values, SIZE_MAX), SWIFTLET_INVALID, "");
    REFUSED(session, swiftlet_get_elements(session, 0, values, 0), SWIFTLET_INVALID, "bytes, not 0");
    REFUSED(session, swiftlet_set_floats(session, 1, values, input.count), SWIFTLET_INVALID, "no input number 1");
    REFUSED(session, swiftlet_set_floats(session, SIZE_MAX / 2, values, input.count), SWIFTLET_INVALID, "no input");
    REFUSED(session, swiftlet_set_floats(session, 0, values, input.count - 1), SWIFTLET_INVALID, "values, not");
    REFUSED(session, swiftlet_set_elements(session, 0, values, input.size + 1), SWIFTLET_INVALID, "bytes, not");
    REFUSED(session, swiftlet_set_elements(session, 0, values, SIZE_MAX), SWIFTLET_INVALID, "");
    // None of these was a set: the results are still there. A good call ends the error.
    CHECK(swiftlet_get_floats(session, 0, values, output.count) == SWIFTLET_OK);
    CHECK(strcmp(swiftlet_session_error(session), "") == 0);
}

static void refuses_wrong_order_of_calls(const swiftlet_model *model) {
    float values[MOST] = {0};
    swiftlet_session *session = open_session(model, 1);
    REFUSED(session, swiftlet_run(session), SWIFTLET_INVALID, "'input' was not set");
    REFUSED(session, swiftlet_get_floats(session, 0, values, output.count), SWIFTLET_INVALID, "no results");
    CHECK(swiftlet_set_floats(session, 0, values, input.count) == SWIFTLET_OK && swiftlet_run(session) == SWIFTLET_OK);
    REFUSED(session, swiftlet_run(session), SWIFTLET_INVALID, "'input' was not set");
    CHECK(swiftlet_get_floats(session, 0, values, output.count) == SWIFTLET_OK);
    CHECK(swiftlet_set_floats(session, 0, values, input.count) == SWIFTLET_OK);
    REFUSED(session, swiftlet_get_floats(session, 0, values, output.count), SWIFTLET_INVALID, "no results");
    swiftlet_session_close(session);
}

static void refuses_options(const swiftlet_model *model) {
    static const struct {
        swiftlet_options options;
        const char *words;
    } wrong[] = {
        {{.graph = "other"}, "no graph 'other'"},
        {{.kernels = "mmx"}, "no such set"},
        {{.threads = -1}, "threads -1"},
        {{.threads = 65}, "threads 65"},
        {{.threads = INT32_MIN}, "threads"},
        {{.order = (swiftlet_order)7}, "order 7"},
    };
    for (size_t index = 0; index < sizeof wrong / sizeof wrong[0]; index++) {
        swiftlet_session *session = NULL;
        swiftlet_status status = swiftlet_session_open(model, &wrong[index].options, &session);
        REFUSED(session, status, SWIFTLET_INVALID, wrong[index].words);
        swiftlet_session_close(session);
    }
}

static void refuse_file(swiftlet_status wanted, const char *name, const char *words) {
    swiftlet_model *model = NULL;
    CHECK(swiftlet_open(name, &model) == wanted && strstr(swiftlet_model_error(model), words));
    swiftlet_session *session = NULL;
    swiftlet_status status = swiftlet_session_open(model, NULL, &session);
    REFUSED(session, status, wanted, words);
    swiftlet_session_close(session);
    swiftlet_close(model);
}

// Any change of a byte, and any cut, is refused; the memory need not be aligned.
static void refuses_damage(void) {
    refuse_file(SWIFTLET_SYSTEM, "no/such.edge", "No such file");
    refuse_file(SWIFTLET_SYSTEM, "/", "directory");
    refuse_file(SWIFTLET_DATA, program, "is not an .edge file");
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes + 1, 1, sizeof bytes - 1, file) : 0;
    if (file) fclose(file);
    swiftlet_model *model = NULL;
    CHECK(size > 1000 && swiftlet_open_bytes(bytes + 1, size, &model) == SWIFTLET_OK);
    swiftlet_close(model);
    int refusals = 0, damages = 0;
    for (size_t place = 0; place < size; place += 13, damages += 2) {
        bytes[1 + place] ^= 0x20;
        refusals += swiftlet_open_bytes(bytes + 1, size, &model) == SWIFTLET_DATA && *swiftlet_model_error(model);
        swiftlet_close(model);
        bytes[1 + place] ^= 0x20;
        refusals += swiftlet_open_bytes(bytes + 1, place, &model) == SWIFTLET_DATA && *swiftlet_model_error(model);
        swiftlet_close(model);
    }
    CHECK(refusals == damages);
}

static void keeps_what_sessions_need(void) {
    swiftlet_model *model = NULL;
    CHECK(swiftlet_open(path, &model) == SWIFTLET_OK);
    swiftlet_session *session = open_session(model, 2);
    swiftlet_close(model);
    int8_t first[MOST], second[MOST];
    results_of(session, 5, first);
    results_of(session, 5, second);
    CHECK(memcmp(first, second, output.size) == 0);
    swiftlet_session_close(session);
}

enum { WORKERS = 4, ROUNDS = 200 };
struct worker {
    const swiftlet_model *model;
    unsigned seed;
    int8_t expected[MOST];
    int differences;
};

// Not CHECK, whose counts belong to the first thread.
static void *work(void *argument) {
    struct worker *worker = argument;
    float values[MOST];
    int8_t results[MOST];
    swiftlet_options options = {.threads = 1 + (int32_t)(worker->seed % 2)};
    swiftlet_session *session = NULL;
    worker->differences += swiftlet_session_open(worker->model, &options, &session) != SWIFTLET_OK;
    fill(values, worker->seed);
    for (int round = 0; round < ROUNDS; round++) {
        worker->differences += swiftlet_set_floats(session, 0, values, input.count) != SWIFTLET_OK;
        worker->differences += swiftlet_run(session) != SWIFTLET_OK;
        worker->differences += swiftlet_get_elements(session, 0, results, output.size) != SWIFTLET_OK;
        worker->differences += memcmp(results, worker->expected, output.size) != 0;
        // Errors of one session are not another's.
        worker->differences += swiftlet_run(session) != SWIFTLET_INVALID;
        worker->differences += !strstr(swiftlet_session_error(session), "was not set");
    }
    swiftlet_session_close(session);
    return NULL;
}

static void works_on_many_threads(const swiftlet_model *model, swiftlet_session *session) {
    static struct worker workers[WORKERS];
    pthread_t threads[WORKERS];
    for (unsigned index = 0; index < WORKERS; index++) {
        workers[index].model = model;
        workers[index].seed = index;
        results_of(session, index, workers[index].expected);
    }
    for (int index = 0; index < WORKERS; index++) CHECK(!pthread_create(&threads[index], NULL, work, &workers[index]));
    for (int index = 0; index < WORKERS; index++) {
        CHECK(!pthread_join(threads[index], NULL));
        CHECK(workers[index].differences == 0);
    }
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    program = arguments[0];
    path = arguments[1];
    swiftlet_model *model = NULL;
    CHECK(swiftlet_open(path, &model) == SWIFTLET_OK && strcmp(swiftlet_model_error(model), "") == 0);
    swiftlet_session *session = open_session(model, 1);
    tells_versions();
    tells_tensors(model, session);
    converts(session);
    refuses_null(model, session);
    refuses_wrong_numbers(session);
    refuses_wrong_order_of_calls(model);
    refuses_options(model);
    refuses_damage();
    keeps_what_sessions_need();
    works_on_many_threads(model, session);
    swiftlet_session_close(session);
    swiftlet_close(model);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}

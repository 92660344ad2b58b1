// infer MODEL < floats > floats: runs a model once, on the floats of the standard input.
#include "swiftlet.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *why) {
    fprintf(stderr, "infer: %s\n", why);
    return 1;
}

int main(int count, char **arguments) {
    swiftlet_model *model;
    if (swiftlet_open(count > 1 ? arguments[1] : NULL, &model) != SWIFTLET_OK) return fail(swiftlet_model_error(model));
    swiftlet_session *session;
    if (swiftlet_session_open(model, NULL, &session) != SWIFTLET_OK) return fail(swiftlet_session_error(session));

    swiftlet_tensor input, output;
    if (swiftlet_input(session, 0, &input) != SWIFTLET_OK) return fail(swiftlet_session_error(session));
    if (swiftlet_output(session, 0, &output) != SWIFTLET_OK) return fail(swiftlet_session_error(session));
    float *values = malloc(input.count * sizeof *values), *results = malloc(output.count * sizeof *results);
    if (!values || !results) return fail("no memory");
    if (fread(values, sizeof *values, input.count, stdin) != input.count) return fail("too few floats");

    if (swiftlet_set_floats(session, 0, values, input.count) != SWIFTLET_OK || swiftlet_run(session) != SWIFTLET_OK ||
        swiftlet_get_floats(session, 0, results, output.count) != SWIFTLET_OK)
        return fail(swiftlet_session_error(session));
    if (fwrite(results, sizeof *results, output.count, stdout) != output.count) return fail("cannot write");

    free(values);
    free(results);
    swiftlet_session_close(session);
    swiftlet_close(model);
    return 0;
}

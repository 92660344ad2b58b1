// infer MODEL < floats > floats: the example in C, with handles that close themselves.
#include "swiftlet.h"

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

struct Close {
    void operator()(swiftlet_model *model) const { swiftlet_close(model); }
    void operator()(swiftlet_session *session) const { swiftlet_session_close(session); }
};
using Model = std::unique_ptr<swiftlet_model, Close>;
using Session = std::unique_ptr<swiftlet_session, Close>;

static Model open(const char *path) {
    swiftlet_model *handle = nullptr;
    swiftlet_status status = swiftlet_open(path, &handle);
    Model model(handle);
    if (status != SWIFTLET_OK) throw std::runtime_error(swiftlet_model_error(handle));
    return model;
}

static Session makeSession(const Model &model, const swiftlet_options &options) {
    swiftlet_session *handle = nullptr;
    swiftlet_status status = swiftlet_session_open(model.get(), &options, &handle);
    Session session(handle);
    if (status != SWIFTLET_OK) throw std::runtime_error(swiftlet_session_error(handle));
    return session;
}

static void check(const Session &session, swiftlet_status status) {
    if (status != SWIFTLET_OK) throw std::runtime_error(swiftlet_session_error(session.get()));
}

int main(int count, char **arguments) try {
    swiftlet_options options = {};
    options.threads = 2;
    Session session = makeSession(open(count > 1 ? arguments[1] : nullptr), options);
    swiftlet_tensor input, output;
    check(session, swiftlet_input(session.get(), 0, &input));
    check(session, swiftlet_output(session.get(), 0, &output));
    std::vector<float> values(input.count), results(output.count);
    if (std::fread(values.data(), sizeof(float), values.size(), stdin) != values.size())
        throw std::runtime_error("too few floats");
    check(session, swiftlet_set_floats(session.get(), 0, values.data(), values.size()));
    check(session, swiftlet_run(session.get()));
    check(session, swiftlet_get_floats(session.get(), 0, results.data(), results.size()));
    return std::fwrite(results.data(), sizeof(float), results.size(), stdout) == results.size() ? 0 : 1;
} catch (const std::exception &error) {
    std::fprintf(stderr, "infer: %s\n", error.what());
    return 1;
}

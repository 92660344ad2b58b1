#include "failure.h"

void failure_jump(j_common_ptr common, int32_t status) {
    failure *failure = (void *)common->err;
    failure->status = status;
    longjmp(failure->back, 1);
}

static _Noreturn void stop(j_common_ptr common) {
    failure *failure = (void *)common->err;
    int code = common->err->msg_code;
    common->err->format_message(common, failure->message);
    failure_jump(common, code == JWRN_JPEG_EOF || code == JERR_INPUT_EOF || code == JERR_INPUT_EMPTY ? CJPEG_ENDS_EARLY
                                                                                                     : CJPEG_BROKEN);
}

// libjpeg carries on after damage with made-up pixels and a warning. All its warnings mean damaged data but one: an
// unknown transform code in an Adobe marker, which many good files have. Messages of level 0 and up are traces.
static void weigh(j_common_ptr common, int level) {
    if (level < 0 && common->err->msg_code != JWRN_ADOBE_XFORM) stop(common);
}

static void print_nothing(j_common_ptr common) { (void)common; }

struct jpeg_error_mgr *failure_manager(failure *failure, char *message) {
    jpeg_std_error(&failure->manager);
    failure->manager.error_exit = stop;
    failure->manager.emit_message = weigh;
    failure->manager.output_message = print_nothing;
    failure->message = message;
    failure->status = CJPEG_OK;
    message[0] = 0;
    return &failure->manager;
}

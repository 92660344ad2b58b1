#define _GNU_SOURCE
#include "CSystem.h"
#include <errno.h>
#include <string.h>

int32_t system_errno(void) { return errno; }

const char *system_error_text(int32_t code) {
    const char *text = strerrordesc_np(code);
    return text ? text : "unknown error";
}

// A thread's own, so that tests that run side by side do not see each other's faults. Programs for boards have no such
// tests, and a static library with thread-local variables has no place in a shared one.
#ifdef EDGE_DEVICE
static struct {
#else
static _Thread_local struct {
#endif
    int32_t call, countdown, code, forever;
} fault;

int32_t system_fault(int32_t call) {
    if (fault.code == 0 || fault.call != call) return 0;
    if (fault.countdown > 1) {
        fault.countdown--;
        return 0;
    }
    int32_t code = fault.code;
    if (!fault.forever) fault.code = 0;
    return code;
}

void system_fault_set(int32_t call, int32_t nth, int32_t code, int32_t forever) {
    fault.call = call;
    fault.countdown = nth;
    fault.code = code;
    fault.forever = forever;
}

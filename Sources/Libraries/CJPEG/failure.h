// libjpeg's errors and warnings as a jump back to the function that called it.
#ifndef CJPEG_FAILURE_H
#define CJPEG_FAILURE_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

#include "CJPEG.h"

typedef struct {
    struct jpeg_error_mgr manager;  // first: libjpeg hands it back as the whole
    jmp_buf back;
    char *message;
    int32_t status;
} failure;

/// The error manager that jumps to `failure->back`, with `status` and `message` set, on any error or warning of damage.
struct jpeg_error_mgr *failure_manager(failure *failure, char *message);

/// Jumps back with this status.
_Noreturn void failure_jump(j_common_ptr common, int32_t status);

#endif

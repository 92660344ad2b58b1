#define _GNU_SOURCE
#include "CSystem.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int32_t argument_count;
static char **arguments;

// glibc hands main's arguments to constructors; Embedded Swift has no CommandLine.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int32_t system_argument_count(void) { return argument_count; }

const char *system_argument(int32_t index) { return arguments[index]; }

const char *system_environment(const char *name) { return getenv(name); }

#ifndef SWIFTLET_COMMIT
#define SWIFTLET_COMMIT ""
#endif
const char *system_built_commit(void) { return SWIFTLET_COMMIT; }

void system_exit(int32_t status) { exit(status); }

int32_t system_process_identifier(void) { return getpid(); }

int32_t system_is_terminal(int32_t descriptor) { return isatty(descriptor); }

int32_t system_terminal_width(int32_t descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int64_t system_peak_memory(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * 1024 : 0;
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t system_monotonic_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }

int64_t system_realtime_nanoseconds(void) { return nanoseconds(CLOCK_REALTIME); }

int32_t system_parse_decimal(const char *text, double *value) {
    // strtod also takes blanks, "nan", "inf" and hexadecimal; a number of ours has only these.
    size_t length = 0;
    for (; text[length]; length++) {
        char byte = text[length];
        int allowed = (byte >= '0' && byte <= '9') || byte == '.' || byte == 'e' || byte == 'E' || byte == '+' || byte == '-';
        if (!allowed) return 0;
    }
    char *end;
    *value = strtod(text, &end);
    // Beyond the range of a double strtod answers infinity.
    return length > 0 && end == text + length && *value - *value == 0;
}

int32_t system_format_decimal(double value, int32_t digits, char *buffer, size_t capacity) {
    return snprintf(buffer, capacity, "%.*f", digits, value);
}

// On the boards these stand for functions that libraries link in and that never run there, or do nothing that anyone
// would miss; the linker's settings in firmware-configs do that, and without it a program would be 0.2 MB larger.
//
// system_nothing: sscanf reads a variable JPEGMEM that is no setting of ours; gmtime would be for a time in a PNG file; of
// libjpeg what is for palettes and for pictures of other scales or with plain upsampling (CJPEG's decode.c asks for none);
// its jpeg_idct_islow is what processors without vectors would run.
int32_t system_nothing(void) { return 0; }

// Stands for gettext: the system's messages stay in English.
const char *system_untranslated(const char *domain, const char *message, int32_t category) {
    (void)domain;
    (void)category;
    return message;
}

// The system's calls as Swift can use them in full and in Embedded mode, where neither Glibc nor Foundation can be
// imported: variadic functions, errno, macros and types that differ between C libraries stay behind these wrappers.
// A call returns -1 and sets errno as the system's own does, unless its comment says otherwise.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stddef.h>
#include <stdint.h>

// Errors

int32_t system_errno(void);
/// The text of an errno value, never translated.
const char *_Nonnull system_error_text(int32_t code);
/// Counts a call of the kind `call` on this thread and returns the errno that a test asked for at this one, or 0.
int32_t system_fault(int32_t call);
/// From the `nth` call (1 is the next one) of the kind `call` on this thread on, or at that one only, pretend `code`.
void system_fault_set(int32_t call, int32_t nth, int32_t code, int32_t forever);

// Descriptors

enum {
    SYSTEM_READ = 1,
    SYSTEM_WRITE = 2,
    SYSTEM_CREATE = 4,
    SYSTEM_EXCLUSIVE = 8,
    SYSTEM_TRUNCATE = 16,
    SYSTEM_NONBLOCKING = 32,
};
/// `flags` are the SYSTEM_ ones above; every descriptor is close-on-exec.
int32_t system_open(const char *_Nonnull path, uint32_t flags, uint32_t permissions);
int32_t system_close(int32_t descriptor);
ptrdiff_t system_read(int32_t descriptor, void *_Nonnull bytes, size_t count);
ptrdiff_t system_write(int32_t descriptor, const void *_Nonnull bytes, size_t count);
int32_t system_ioctl(int32_t descriptor, unsigned long request, void *_Nullable argument);
/// 1 when something can be read or has failed, 0 after the time; a negative time waits for ever.
int32_t system_poll(int32_t descriptor, int32_t milliseconds);
/// Null and errno on failure. `writable` mappings are shared with the device or file, others private.
void *_Nullable system_map(int32_t descriptor, size_t length, int64_t offset, int32_t writable);
/// Zeroed memory at a multiple of 64, given back by `system_reserve_end`; null and errno on failure.
void *_Nullable system_reserve(size_t length);
void system_reserve_end(void *_Nonnull memory);
int32_t system_unmap(void *_Nonnull address, size_t length);
int32_t system_sync(int32_t descriptor);

// Files

enum { SYSTEM_REGULAR = 0, SYSTEM_DIRECTORY = 1, SYSTEM_CHARACTER_DEVICE = 2, SYSTEM_OTHER = 3 };
/// The kind, as above, and the size in bytes of an open file or of a path.
int32_t system_status(int32_t descriptor, int64_t *_Nonnull size);
int32_t system_kind(const char *_Nonnull path);
int32_t system_rename(const char *_Nonnull from, const char *_Nonnull to);
int32_t system_remove(const char *_Nonnull path);
int32_t system_make_directory(const char *_Nonnull path);
/// The path without symbolic links, to be released by `system_release`; null and errno on failure.
char *_Nullable system_resolve(const char *_Nonnull path);
void system_release(void *_Nullable memory);
/// A directory stream; null and errno on failure.
void *_Nullable system_directory_open(const char *_Nonnull path);
/// The next name, valid until the next call: 1 and `name`, 0 at the end, -1 and errno.
int32_t system_directory_next(void *_Nonnull directory, const char *_Nullable *_Nonnull name);
void system_directory_close(void *_Nonnull directory);

// Threads

typedef struct {
    unsigned long handle;
} system_thread;
/// 0 or an errno value. Signals that end a program are left to the first thread.
int32_t system_thread_start(system_thread *_Nonnull thread, void *_Nullable (*_Nonnull body)(void *_Nullable),
                            void *_Nullable argument);
/// 0 or an errno value.
int32_t system_thread_join(system_thread thread);
/// Processors that this process may run on, at least 1.
int32_t system_processor_count(void);
void system_futex_wait(void *_Nonnull word, uint32_t expected);
void system_futex_wake(void *_Nonnull word, int32_t count);

// Process

int32_t system_argument_count(void);
const char *_Nonnull system_argument(int32_t index);
const char *_Nullable system_environment(const char *_Nonnull name);
/// The commit that the program was built from, empty where the build did not know it.
const char *_Nonnull system_built_commit(void);
_Noreturn void system_exit(int32_t status);
int32_t system_process_identifier(void);
int32_t system_is_terminal(int32_t descriptor);
/// Columns of a terminal, 0 for anything else.
int32_t system_terminal_width(int32_t descriptor);
int64_t system_peak_memory(void);
int64_t system_monotonic_nanoseconds(void);
int64_t system_realtime_nanoseconds(void);
/// A Swift trap writes its address and its callers' to stderr before the program ends by the signal.
void system_report_traps(void);

/// Runs `body` in a forked child: its exit status, 0 ... 255, or 128 and the number of the signal that ended it; -1 and errno
/// where there is no child. Only for programs with one thread.
int32_t system_in_child(int32_t (*_Nonnull body)(void *_Nullable), void *_Nullable argument);

// Interruption

/// From the first SIGINT, SIGTERM or SIGHUP on `system_interrupted` is 1 and the pending files are gone; the second one,
/// or five seconds, end the program with 130. SIGPIPE is ignored from here on: writing says EPIPE.
void system_interrupts_install(void);
int32_t system_interrupted(void);
/// Names a file to remove at an interruption: a slot to give back, or -1 and errno.
int32_t system_pending_add(const char *_Nonnull path);
void system_pending_remove(int32_t slot);

// Text

/// Reads all of `text` as a decimal number: 1, or 0 where it is none (also "nan", "inf" and hexadecimal).
int32_t system_parse_decimal(const char *_Nonnull text, double *_Nonnull value);
/// Writes `value` with `digits` decimals, at most `capacity` - 1 bytes and a zero; returns the bytes needed without it.
int32_t system_format_decimal(double value, int32_t digits, char *_Nonnull buffer, size_t capacity);

/// Does nothing; process.c says for whom.
int32_t system_nothing(void);

/// `message`; process.c says for whom.
const char *_Nonnull system_untranslated(const char *_Nullable domain, const char *_Nonnull message, int32_t category);

#endif
